// SPDX-License-Identifier: LGPL-2.1-or-later
// Secrets out of files and standard input.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey {

struct KeyfileOptions {
    std::uint64_t offset = 0;                // bytes left out at the start
    std::optional<std::uint64_t> size = {};  // exactly so many bytes; nothing or 0 = all there are
    // A file, pipe or socket may have fewer: all of it is read, and not more than `size` bytes are returned.  A device never.
    bool may_be_short = false;
    std::uint64_t limit = 8 * 1024 * 1024;  // most bytes, where no size is asked for
    bool stop_at_newline = false;           // ends there too; the newline is taken and not returned
    // Context::cancelled(): ends reading, waiting and leaving out soon after it has become true, with Interrupted.
    const std::atomic<bool>* cancelled = nullptr;
};

// The bytes of a file, a device or a named pipe.  InvalidArgument, with the peer's words in lower case: "failed to
// open key file", "cannot read keyfile from a terminal", "cannot seek to requested keyfile offset", "maximum
// keyfile size exceeded", "cannot read requested amount of data".  NothingToRead: "nothing to read on input" (an empty
// pipe; an empty regular file is an empty secret).  Io when reading fails.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> read_keyfile(std::string_view path,
                                                             const KeyfileOptions& options = {});

// From an open descriptor, and not a byte more than belongs to the secret: what follows a newline or
// the size asked for is there for the next call.  No input at all is NothingToRead.
// Without `cancelled`, Interrupted if a signal handler ran while it waited for input.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> read_keyfile(int fd,
                                                             const KeyfileOptions& options = {});

// Whether what is at `path` gives endless random bytes: decided by the number of the device behind all links, nodes and
// descriptors, not by its name; nothing is read of it.  False where nothing is there.  read_keyfile() looks at what it
// has opened in the same way, and marks the secret (SecretBuffer::is_random).
[[nodiscard]] LATCHKEY_API bool gives_random_bytes(std::string_view path);

}  // namespace latchkey
