// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/signatures.h"

#include <set>
#include <string>

namespace latchkey::cli {

Result<bool> tell_signatures(Ui& ui, const Device& device) {
    LK_ASSIGN(const auto signatures, find_signatures(device));
    // LUKS2 is found twice, once for each copy.
    std::set<std::string> told;
    for (const Signature& found : signatures) {
        if (!told.insert(found.kind + found.name).second) continue;
        if (found.kind == "partition")
            ui.say("WARNING: Device %s already contains a '%s' partition signature.",
                   device.name().c_str(), found.name.c_str());
        else
            ui.say("WARNING: Device %s already contains a '%s' superblock signature.",
                   device.name().c_str(), found.name.c_str());
    }
    return !signatures.empty();
}

}  // namespace latchkey::cli
