// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the public plan available under the name that the layers use.
#pragma once

#include "latchkey/mapping_info.h"
#include "latchkey/mapping_plan.h"

namespace latchkey::model {

using latchkey::MappingPlan;
using latchkey::PlanSegment;

// Returns a plan to recreate an active mapping, as far as its table tells: one segment, no header, no flags.
[[nodiscard]] MappingPlan plan_of(const MappingInfo& info);

}  // namespace latchkey::model
