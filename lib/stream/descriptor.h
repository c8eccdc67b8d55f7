// SPDX-License-Identifier: LGPL-2.1-or-later
// Pipes, sockets and files as streams of bytes.
#pragma once

#include <atomic>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::stream {

// Reads until `into` is full or the end; returns how much came.  Interrupted soon after `cancelled` becomes true, also
// while nothing comes.
[[nodiscard]] Result<std::size_t> read_some(int fd, MutableByteView into,
                                            const std::atomic<bool>& cancelled);
// Interrupted soon after `cancelled` becomes true, also while nobody reads from a pipe, or if nobody will any more.
[[nodiscard]] Result<void> write_all(int fd, ByteView bytes, const std::atomic<bool>& cancelled);

}  // namespace latchkey::stream
