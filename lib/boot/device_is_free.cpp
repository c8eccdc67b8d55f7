// SPDX-License-Identifier: LGPL-2.1-or-later
// One device in two requests: the first may be opened, unless one of them makes the device anew.
#include "boot/state.h"

namespace latchkey::boot {

Result<void> check_device_is_free(
    const State& state, std::size_t one,
    const std::function<std::string(std::size_t request)>& identity_of) {
    const OpenRequest& request = state.at(one).request;
    const std::string identity = identity_of(one);
    if (identity.empty()) return {};
    for (std::size_t other = 0; other < state.size(); ++other) {
        const Progress& its = state.at(other);
        if (other == one || its.request.nobody_opens) continue;
        const bool failed = its.end && (its.end->outcome == Outcome::Failed ||
                                        its.end->outcome == Outcome::Skipped);
        const bool harm = request.overwrites() || its.request.overwrites();
        if ((failed && !harm) || identity_of(other) != identity) continue;
        if (harm)
            return fail(Errc::Refused,
                        "device %s is that of line %u (%s) too, and one of them would overwrite it",
                        request.source.c_str(), its.request.line, its.request.name.c_str());
        if (other < one || its.end)
            return fail(Errc::Busy, "device %s is that of line %u (%s), which is opened before",
                        request.source.c_str(), its.request.line, its.request.name.c_str());
    }
    return {};
}

}  // namespace latchkey::boot
