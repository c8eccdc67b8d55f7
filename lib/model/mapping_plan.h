// SPDX-License-Identifier: LGPL-2.1-or-later
// The public plan, by the name that the layers use.
#pragma once

#include "latchkey/mapping_plan.h"

namespace latchkey::model {

using latchkey::CryptSegment;
using latchkey::MappingPlan;

}  // namespace latchkey::model
