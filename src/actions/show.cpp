// SPDX-License-Identifier: GPL-2.0-or-later
// "show": one volume in ten lines.
#include "actions/volumes.h"
#include "cli/action.h"
#include "cli/options.h"
#include "text/format.h"
#include "ui/size_text.h"

namespace latchkey::cli {
namespace {

std::string or_none(const std::string& value) {
    return value.empty() ? std::string(translate(N_("none"))) : value;
}

std::string joined_warnings(const KnownVolume& volume) {
    std::string all;
    for (const std::string& warning : volume.warnings) all += (all.empty() ? "" : "; ") + warning;
    return or_none(all);
}

// Returns "0 pbkdf2, 1 argon2id".
std::string kdfs_text(const KnownVolume& volume) {
    std::string all;
    for (const KeyslotInfo& slot : volume.keyslots)
        if (!slot.kdf_type.empty())
            all += (all.empty() ? "" : ", ") + std::to_string(slot.number) + " " + slot.kdf_type;
    return or_none(all);
}

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(const KnownVolume volume, known_volume(ui, std::string(args.operands[0])));
    ui.say("Device:      %s", volume.device.c_str());
    ui.say("Size:        %s", volume.size_bytes ? size_text(*volume.size_bytes).c_str() : "-");
    ui.say("Type:        %s", or_none(volume.type).c_str());
    ui.say("Label:       %s", or_none(volume.label).c_str());
    ui.say("UUID:        %s", or_none(volume.uuid).c_str());
    ui.say("State:       %s%s%s", volume.open ? volume.name.c_str() : "", volume.open ? ": " : "",
           state_text(volume).c_str());
    ui.say("Cipher:      %s", or_none(volume.cipher).c_str());
    ui.say("Keyslots:    %s", or_none(keyslots_text(volume)).c_str());
    ui.say("Derivation:  %s", kdfs_text(volume).c_str());
    ui.say("Warnings:    %s", joined_warnings(volume).c_str());
    ui.result(volume_fact(volume));
    return {};
}

}  // namespace

extern constexpr Action kShow{
    .name = "show",
    .operands = N_("<device>"),
    .summary = N_("show a volume in ten lines"),
    .run = &run,
    .examples = {{{N_("show the volume on a device"), "show /dev/sdb1"},
                  {N_("show an open volume by its name"), "show home"}}},
};

}  // namespace latchkey::cli
