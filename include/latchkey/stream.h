// SPDX-License-Identifier: LGPL-2.1-or-later
// Plaintext as a stream: out of a device to a pipe, from a pipe into a device, from device to device.  A device here is
// anything with bytes: an image in clear text, or what open_crypt_device() gives for a volume.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::stream {

// Where on the device; a length of nothing is to its end.
struct Range {
    std::uint64_t offset = 0;                  // bytes
    std::optional<std::uint64_t> length = {};  // bytes
};

struct Options {
    Range range = {};
    unsigned threads = 0;  // 0 = one for each processor, at most 16
};

// All progress goes to context.progress; cancelling the context ends with Interrupted.

// Writes the device's bytes to a descriptor, in order.  Returns how many.  DeviceTooSmall for a range beyond the end;
// Io names what failed; Interrupted if the reader went away.
[[nodiscard]] LATCHKEY_API Result<std::uint64_t> read(Context& context, const Device& source,
                                                      int fd, const Options& options = {});
// How many bytes the descriptor will give from where it stands: of files and block devices.  Of what tells no length
// beforehand, as a pipe, nothing.
[[nodiscard]] LATCHKEY_API std::optional<std::uint64_t> bytes_to_come(int fd);
// Writes what the descriptor gives, to its end or for range.length bytes, and flushes.  Before anything is written:
// DeviceTooSmall if bytes_to_come() says that there is not room for it, NothingToRead if it is less than range.length.
// Of a pipe only its end tells: NoSpace if more comes than there is room for, and what fits is written by then;
// NothingToRead as above.  `overwritten`: at most so many bytes from range.offset on are not what they were, also if
// this fails.
[[nodiscard]] LATCHKEY_API Result<std::uint64_t> write(Context& context, int fd, Device& target,
                                                       const Options& options = {},
                                                       std::uint64_t* overwritten = nullptr);

struct CopyOptions {
    // The target was made just now, and is all zeros: runs of zeros are not written, so that it stays sparse, and nothing
    // of an earlier copy is in it, whatever the journal says.
    bool target_is_zero = false;
    // A small file that says how far the copy came, on stable storage; the copy goes on from there when the file is
    // found.  It is removed at the end, and kept by a copy that fails.  InvalidArgument if it is of another copy.  "" = none.
    std::string journal = {};
    // What tells one copy from another in the journal, besides the sizes: UUIDs, or paths.
    std::string identity = {};
    // The inode of the target where that is a regular file: a name may be another file's by now.  0 = none.
    std::uint64_t target_file = 0;
    unsigned threads = 0;
};
struct Copied {
    std::uint64_t bytes = 0;       // that were looked at in this run
    std::uint64_t written = 0;     // bytes; the rest were zeros that needed no writing
    std::uint64_t resumed_at = 0;  // bytes
};
// All of `from` to the beginning of `to`, and flushes.  DeviceTooSmall if it does not fit.
[[nodiscard]] LATCHKEY_API Result<Copied> copy(Context& context, const Device& from, Device& to,
                                               const CopyOptions& options = {});

}  // namespace latchkey::stream
