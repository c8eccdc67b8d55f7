// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/mapping_info.h"

#include "base/i18n.h"
#include "latchkey/condition.h"

namespace latchkey {

Result<void> MappingInfo::check_served() const {
    if (!server_ended) return {};
    return fail(Errc::NoDevice,
                "the process that served %s has ended: nothing can be read or written",
                name.c_str())
        .because(Condition::ServerEnded, name)
        .with_hint(translate(N_("'close' removes what is left of it")));
}

Result<void> MappingInfo::check_suspended() const {
    if (suspended) return {};
    return fail(Errc::InvalidArgument, "volume %s is not suspended", name.c_str())
        .because(Condition::MappingNotSuspended, name);
}

Result<void> MappingInfo::check_not_suspended() const {
    if (!suspended) return {};
    return fail(Errc::InvalidArgument, "volume %s is already suspended", name.c_str())
        .because(Condition::MappingSuspended, name);
}

}  // namespace latchkey
