// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds the open mappings of a device.
#include <algorithm>

#include "activate/dm_uuid.h"
#include "activate/helpers.h"
#include "activate/kernel_backend.h"
#include "activate/overlay.h"

namespace latchkey::activate {

// While a volume is reencrypted, only the helpers of its mapping lie on the device.
Result<std::vector<std::string>> KernelBackend::mappings_over(const Device& data) {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    };
    LK_ASSIGN(const BlockFacts facts, kernel_.devices->facts(*data.io()));
    for (const BlockFacts& above : kernel_.devices->mappings_above(facts.major, facts.minor)) {
        const DmUuid uuid = parse_dm_uuid(above.dm_uuid);
        if (uuid.type == "LUKS2") {
            add(above.dm_name);
            continue;
        }
        if (uuid.type != kHelperType) continue;
        // The mapping over a helper is the one that it was made for.
        for (const BlockFacts& top : kernel_.devices->mappings_above(above.major, above.minor))
            if (parse_dm_uuid(top.dm_uuid).type == "LUKS2" &&
                above.dm_name == overlay_name(top.dm_name))
                add(top.dm_name);
    }
    return names;
}

}  // namespace latchkey::activate
