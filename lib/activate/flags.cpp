// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/flags.h"

namespace latchkey::activate {

bool ActivationFlags::*flag_in_table(std::string_view name) {
    for (std::size_t i = 0; i < model::kFlagNames.size(); ++i)
        if (model::kFlagNames[i].table == name) return kFlagMembers[i];
    return nullptr;
}

MappingPlan with_options(const MappingPlan& plan, const ActivateOptions& options) {
    MappingPlan wanted = plan;
    if (options.ignore_persistent_flags) wanted.flags.clear();
    for (std::size_t i = 0; i < model::kFlagNames.size(); ++i)
        if (options.flags.*kFlagMembers[i]) wanted.flags.emplace_back(model::kFlagNames[i].header);
    if (!options.key_in_keyring)
        for (PlanKey& key : wanted.keys) key.keyring_description.clear();
    if (options.size_sectors.value_or(0) != 0 && wanted.is_single())
        wanted.segments.front().length = options.size_sectors;
    return wanted;
}

}  // namespace latchkey::activate
