// SPDX-License-Identifier: LGPL-2.1-or-later
// Plaintext as a stream: from a device to a pipe, from a pipe to a device, from device to device.  A device is
// anything with bytes: an image in clear text, or the result of open_crypt_device().
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::stream {

// The range on the device; without a length it ends at the device's end.
struct Range {
    std::uint64_t offset = 0;                  // bytes
    std::optional<std::uint64_t> length = {};  // bytes
};

struct Options {
    Range range = {};
    unsigned threads = 0;  // 0 = one for each processor, at most 16
};

// All progress goes to context.progress.  Cancelling the context gives Interrupted.

// Writes the device's bytes to a descriptor, in order, and returns their number.  DeviceTooSmall for a range beyond
// the end; Io names what failed; Interrupted if the reader closed the pipe.
[[nodiscard]] LATCHKEY_API Result<std::uint64_t> read(Context& context, const Device& source,
                                                      int fd, const Options& options = {});
// Returns how many bytes the descriptor has from its position, for files and block devices.  Nothing for sources
// without a known length, such as a pipe.
[[nodiscard]] LATCHKEY_API std::optional<std::uint64_t> bytes_to_come(int fd);
// Writes the descriptor's bytes, to its end or for range.length bytes, and flushes.  Before the first write:
// DeviceTooSmall if bytes_to_come() exceeds the room, NothingToRead if it is less than range.length.  The length of a
// pipe is known only at its end: NoSpace if it has more bytes than there is room, after what fits was written;
// NothingToRead as above.  `overwritten`: upper limit of the bytes after range.offset that may have changed, also
// after a failure.
[[nodiscard]] LATCHKEY_API Result<std::uint64_t> write(Context& context, int fd, Device& target,
                                                       const Options& options = {},
                                                       std::uint64_t* overwritten = nullptr);

struct CopyOptions {
    // The target is new and all zeros.  Runs of zeros are not written, so that it stays sparse.  A journal is
    // ignored, because the target contains nothing of an earlier copy.
    bool target_is_zero = false;
    // A small file on stable storage that records the progress; a copy that finds it continues from there.  It is
    // removed at the end, and kept if the copy fails.  InvalidArgument if it belongs to another copy.  "" = none.
    std::string journal = {};
    // Identifies the copy in the journal, besides the sizes: UUIDs, or paths.
    std::string identity = {};
    // The inode of the target if it is a regular file, because its name may belong to another file later.  0 = none.
    std::uint64_t target_file = 0;
    unsigned threads = 0;
};
struct Copied {
    std::uint64_t bytes = 0;       // bytes examined in this run
    std::uint64_t written = 0;     // bytes; the others were zeros and needed no write
    std::uint64_t resumed_at = 0;  // bytes
};
// Copies all of `from` to the beginning of `to`, and flushes.  DeviceTooSmall if it does not fit.
[[nodiscard]] LATCHKEY_API Result<Copied> copy(Context& context, const Device& from, Device& to,
                                               const CopyOptions& options = {});

}  // namespace latchkey::stream
