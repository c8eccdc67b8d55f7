// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/requirements.h"

#include "luks2/metadata_json.h"

namespace latchkey::luks2 {

Requirements requirements_of(const Config& config) {
    return model::requirements_of(config.requirements);
}

Result<void> check_requirements(const Config& config, Requirements allowed) {
    const Requirements unmet = requirements_of(config) - allowed;
    // An unknown requirement comes first: such a header may mean anything.
    for (const std::string& name : config.requirements)
        if (unmet.has(Requirement::Unknown) && classify_requirement(name) == Requirement::Unknown)
            return fail(Errc::UnmetRequirement, "unknown LUKS2 requirement %s",
                        quote(name).c_str());
    for (const std::string& name : config.requirements)
        if (unmet.has(classify_requirement(name)))
            return fail(Errc::NotSupported, "not while the header has the requirement %s",
                        quote(name).c_str());
    return {};
}

}  // namespace latchkey::luks2
