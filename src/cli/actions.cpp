// SPDX-License-Identifier: GPL-2.0-or-later
// The only list of the actions of latchkey and cryptsetup, in the order of --help.
#include "cli/actions.h"

namespace latchkey::cli {

extern const Action kList;
extern const Action kShow;
extern const Action kOpen;
extern const Action kClose;
extern const Action kResize;
extern const Action kStatus;
extern const Action kTable;
extern const Action kLegacy;
extern const Action kCrypttab;
extern const Action kRead;
extern const Action kWrite;
extern const Action kCopy;
extern const Action kBenchmark;
extern const Action kReencrypt;
extern const Action kRepair;
extern const Action kErase;
extern const Action kConvert;
extern const Action kConfig;
extern const Action kLuksFormat;
extern const Action kLuksAddKey;
extern const Action kLuksRemoveKey;
extern const Action kLuksChangeKey;
extern const Action kLuksConvertKey;
extern const Action kLuksKillSlot;
extern const Action kLuksUuid;
extern const Action kIsLuks;
extern const Action kLuksDump;
extern const Action kLuksSuspend;
extern const Action kLuksResume;
extern const Action kLuksHeaderBackup;
extern const Action kLuksHeaderRestore;
extern const Action kToken;

namespace {

constexpr const Action* kActions[] = {
    &kList,
    &kShow,
    &kOpen,
    &kClose,
    &kResize,
    &kStatus,
    &kTable,
    &kLegacy,
    &kCrypttab,
    &kRead,
    &kWrite,
    &kCopy,
    &kBenchmark,
    &kRepair,
    &kReencrypt,
    &kErase,
    &kConvert,
    &kConfig,
    &kLuksFormat,
    &kLuksAddKey,
    &kLuksRemoveKey,
    &kLuksChangeKey,
    &kLuksConvertKey,
    &kLuksKillSlot,
    &kLuksUuid,
    &kIsLuks,
    &kLuksDump,
    &kLuksSuspend,
    &kLuksResume,
    &kLuksHeaderBackup,
    &kLuksHeaderRestore,
    &kToken,
};

}  // namespace

ActionTable all_actions() {
    return kActions;
}

}  // namespace latchkey::cli
