// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads and writes pipes, sockets and files as streams of bytes.
#pragma once

#include <atomic>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::stream {

// Reads until `into` is full or the stream ends; returns the number of bytes.  Interrupted soon after `cancelled`
// becomes true, even while no data arrives.
[[nodiscard]] Result<std::size_t> read_some(int fd, MutableByteView into,
                                            const std::atomic<bool>& cancelled);
// Interrupted soon after `cancelled` becomes true, even while a pipe has no active reader; also if the reader is gone.
[[nodiscard]] Result<void> write_all(int fd, ByteView bytes, const std::atomic<bool>& cancelled);

}  // namespace latchkey::stream
