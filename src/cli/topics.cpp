// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/topics.h"

#include "text/i18n.h"

namespace latchkey::cli {
namespace {

using Names = const std::string_view[];

// In the order in which a newcomer needs them.
constexpr Names kVolumes = {"list",   "show",   "luksFormat",  "open",       "close",
                            "status", "resize", "luksSuspend", "luksResume", "table"};
constexpr Names kKeys = {"luksAddKey",   "luksChangeKey",  "luksRemoveKey",
                         "luksKillSlot", "luksConvertKey", "token"};
constexpr Names kHeaders = {"luksDump",          "isLuks", "luksUUID", "config", "luksHeaderBackup",
                            "luksHeaderRestore", "repair", "convert",  "erase"};
constexpr Names kData = {"read", "write", "copy", "reencrypt"};
constexpr Names kSystem = {"crypttab", "benchmark", "legacy"};

constexpr Topic kTopics[] = {
    {"volumes", N_("Volumes"), kVolumes},
    {"keys", N_("Keyslots"), kKeys},
    {"headers", N_("Headers"), kHeaders},
    {"data", N_("Data without a mapping, and data in place"), kData},
    {"system", N_("This system"), kSystem},
    {"secrets", N_("Passphrases and keys"), {}},
    {"tokens", N_("Tokens"), {}},
    {"encryption", N_("Encryption"), {}},
    {"layout", N_("Places and sizes"), {}},
    {"mappings", N_("Open volumes"), {}},
    {"foreign", N_("Volumes of other and older programs"), {}},
    {"limits", N_("Limits for headers of others"), {}},
    {"output", N_("Output, questions, rehearsals"), {}},
};

constexpr Task kTasks[] = {
    {N_("See the volumes of this machine"), "latchkey list"},
    {N_("Make a volume; what is on the device is lost"), "latchkey luksFormat /dev/sdX1"},
    {N_("Or make one in a new file, and use the file in place of /dev/sdX1"),
     "truncate -s 1G disk.img && latchkey luksFormat disk.img"},
    {N_("Open it as /dev/mapper/home"), "latchkey open /dev/sdX1 home"},
    {N_("The first time, put a file system on it; then mount it and use it"),
     "mkfs.ext4 /dev/mapper/home && mount /dev/mapper/home /mnt"},
    {N_("Unmount it, and close it"), "umount /mnt && latchkey close home"},
    {N_("Add a passphrase"), "latchkey luksAddKey --name Ann /dev/sdX1"},
    {N_("Change a passphrase"), "latchkey luksChangeKey /dev/sdX1"},
    {N_("Remove a passphrase"), "latchkey luksKillSlot /dev/sdX1 Ann"},
    {N_("Save the header to another disk"),
     "latchkey luksHeaderBackup --header-backup-file header.img /dev/sdX1"},
};

}  // namespace

std::span<const Topic> all_topics() {
    return kTopics;
}

std::span<const Task> daily_tasks() {
    return kTasks;
}

}  // namespace latchkey::cli
