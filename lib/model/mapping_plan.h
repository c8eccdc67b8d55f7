// SPDX-License-Identifier: LGPL-2.1-or-later
// The public plan, by the name that the layers use.
#pragma once

#include "latchkey/mapping_info.h"
#include "latchkey/mapping_plan.h"

namespace latchkey::model {

using latchkey::MappingPlan;
using latchkey::PlanSegment;

// What an active mapping would be made from anew, as far as its table says it: one segment, no header, no flags.
[[nodiscard]] MappingPlan plan_of(const MappingInfo& info);

}  // namespace latchkey::model
