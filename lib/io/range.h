// SPDX-License-Identifier: LGPL-2.1-or-later
// The only check that keeps every read and write inside its device.
#pragma once

#include <cinttypes>
#include <string>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::io {

// Returns whether [offset, offset + length) lies inside a device of `size` bytes; correct up to 2^64 - 1.
constexpr bool fits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
    return length <= size && offset <= size - length;
}

inline Result<void> check_range(const std::string& name, std::uint64_t offset, std::uint64_t length,
                                std::uint64_t size) {
    if (fits(offset, length, size)) return {};
    return fail(Errc::DeviceTooSmall,
                "device %s is too small: %" PRIu64 " bytes at offset %" PRIu64
                " end behind its size of %" PRIu64 " bytes",
                name.c_str(), length, offset, size);
}

}  // namespace latchkey::io
