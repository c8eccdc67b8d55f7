// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs of active devices: each is handed to the back end that has, or could have, the name.
#include "latchkey/mapping.h"

#include "model/crypt_table.h"

namespace latchkey::mapping {

Result<std::string> planned_table(const MappingPlan& plan, const Device& data,
                                  const ActivateOptions& options) {
    MappingPlan wanted = plan;
    if (!options.key_in_keyring) wanted.keyring_description.clear();
    if (options.size_sectors.value_or(0) != 0 && wanted.segments.size() == 1)
        wanted.segments.front().length = options.size_sectors;
    return model::crypt_table(wanted, data.name(), data.size());
}

}  // namespace latchkey::mapping
