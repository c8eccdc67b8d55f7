// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads and writes that continue after short transfers and signals.
#pragma once

#include <sys/types.h>

#include <cerrno>

#include "base/bytes.h"

namespace latchkey::io {

static_assert(sizeof(off_t) == 8, "offsets of large devices need 64 bits");

// How far a transfer got.  error == 0 with fewer bytes than requested: the end was reached.
struct Transferred {
    std::size_t bytes = 0;
    int error = 0;  // errno
};

// `step(data, length, offset)` is pread or pwrite with the descriptor bound; tests pass another function.  A result of
// 0 ends the transfer in both directions, because a write of 0 bytes would be repeated for ever.
template <typename Byte, typename Step>
Transferred transfer_all(Step step, std::span<Byte> bytes, std::uint64_t offset) {
    Transferred result;
    while (result.bytes < bytes.size()) {
        const ssize_t count = step(bytes.data() + result.bytes, bytes.size() - result.bytes,
                                   static_cast<off_t>(offset + result.bytes));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) result.error = errno;
        if (count <= 0) break;
        result.bytes += static_cast<std::size_t>(count);
    }
    return result;
}

}  // namespace latchkey::io
