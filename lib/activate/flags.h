// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of ActivationFlags: each flag has one name in headers and one in tables (model/crypt_table.h).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/mapping_info.h"
#include "model/crypt_table.h"

namespace latchkey::activate {

// The order of model::kFlagNames.
inline constexpr std::array<bool ActivationFlags::*, model::kFlagNames.size()> kFlagMembers = {
    &ActivationFlags::allow_discards,         &ActivationFlags::same_cpu_crypt,
    &ActivationFlags::submit_from_crypt_cpus, &ActivationFlags::no_read_workqueue,
    &ActivationFlags::no_write_workqueue,     &ActivationFlags::high_priority};

// Returns the flag with that name in tables; nullptr if there is none.
[[nodiscard]] bool ActivationFlags::*flag_in_table(std::string_view name);

// Returns the plan with the caller's options: the caller's flags added to the header's (unless those are to be
// ignored), the caller's size, and the key's place.
[[nodiscard]] MappingPlan with_options(const MappingPlan& plan, const ActivateOptions& options);

}  // namespace latchkey::activate
