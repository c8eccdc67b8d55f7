// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/shift_room.h"

#include <cinttypes>

namespace latchkey::model {

Result<std::uint64_t> bytes_after_shift(std::uint64_t device_bytes, std::uint64_t shift_bytes) {
    constexpr std::uint64_t kPage = 4096;
    if (shift_bytes == 0 || shift_bytes % kPage != 0)
        return fail(Errc::InvalidArgument,
                    "data cannot move by %" PRIu64 " bytes, which is not a multiple of %" PRIu64,
                    shift_bytes, kPage);
    // While the header is written, a copy of it lies behind the data, and behind that wait their first bytes.  All of
    // this must be apart from the place of the header.
    if (shift_bytes > device_bytes / 3)
        return fail(Errc::DeviceTooSmall,
                    "a device of %" PRIu64 " bytes cannot be reduced by %" PRIu64 ", by %" PRIu64
                    " at most",
                    device_bytes, 2 * shift_bytes, device_bytes / 3 / kPage * kPage * 2);
    return device_bytes - 2 * shift_bytes;
}

}  // namespace latchkey::model
