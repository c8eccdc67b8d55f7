// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream/range.h"

#include <cinttypes>

namespace latchkey::stream {

Result<std::uint64_t> length_within(const Device& device, const Range& range) {
    const std::uint64_t size = device.size();
    if (range.offset > size)
        return fail(Errc::DeviceTooSmall,
                    "offset %" PRIu64 " is beyond the end of %s, which has %" PRIu64 " bytes",
                    range.offset, device.name().c_str(), size);
    const std::uint64_t left = size - range.offset;
    if (range.length && *range.length > left)
        return fail(Errc::DeviceTooSmall,
                    "%s has %" PRIu64 " bytes behind offset %" PRIu64 ", not %" PRIu64,
                    device.name().c_str(), left, range.offset, *range.length);
    return range.length.value_or(left);
}

}  // namespace latchkey::stream
