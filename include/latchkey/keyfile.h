// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads secrets from files and standard input.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey {

struct KeyfileOptions {
    std::uint64_t offset = 0;                // bytes to skip at the start
    std::optional<std::uint64_t> size = {};  // exactly this many bytes; nothing or 0 = all
    // Accepts fewer than `size` bytes from a file, pipe or socket.  All of it is read, and at most `size` bytes are
    // returned.  A device must always have `size` bytes.
    bool may_be_short = false;
    std::uint64_t limit = 8 * 1024 * 1024;  // maximum in bytes if `size` is not set
    bool stop_at_newline = false;  // also ends at a newline, which is consumed but not returned
    // Context::cancelled(): ends reading, waiting and skipping with Interrupted soon after it becomes true.
    const std::atomic<bool>* cancelled = nullptr;
};

// Reads a file, a device or a named pipe.  InvalidArgument, with the peer's words in lower case: "failed to open key
// file", "cannot read keyfile from a terminal", "cannot seek to requested keyfile offset", "maximum keyfile size
// exceeded", "cannot read requested amount of data".  NothingToRead: "nothing to read on input" (an empty pipe; an
// empty regular file is an empty secret).  Io if reading fails.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> read_keyfile(std::string_view path,
                                                             const KeyfileOptions& options = {});

// Reads from an open descriptor, and never a byte beyond the secret: what follows a newline or the requested size is
// left for the next call.  NothingToRead if there is no input at all.  Without `cancelled`, Interrupted if a signal
// handler ran while the call waited for input.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> read_keyfile(int fd,
                                                             const KeyfileOptions& options = {});

// Returns whether `path` gives endless random bytes.  This is decided by the device number behind all links, nodes
// and descriptors, not by the name; nothing is read.  False if nothing is there.  read_keyfile() checks the file that
// it opened in the same way and marks the secret (SecretBuffer::is_random).
[[nodiscard]] LATCHKEY_API bool gives_random_bytes(std::string_view path);

}  // namespace latchkey
