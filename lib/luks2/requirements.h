// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks config.requirements.mandatory of a LUKS2 header.
#pragma once

#include "latchkey/error.h"
#include "luks2/metadata.h"
#include "model/requirements.h"

namespace latchkey::luks2 {

using model::classify_requirement;
using model::is_online_reencrypt_name;
using model::Requirement;
using model::Requirements;

[[nodiscard]] Requirements requirements_of(const Config& config);

// Checks the requirements for an operation that handles `allowed`.  UnmetRequirement names the first unknown one;
// NotSupported names one that is known, but not allowed here.
[[nodiscard]] Result<void> check_requirements(const Config& config, Requirements allowed = {});

}  // namespace latchkey::luks2
