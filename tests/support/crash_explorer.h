// SPDX-License-Identifier: GPL-2.0-or-later
// Which bytes may be on the disk when the power fails, and whether all of them will do.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/block_device.h"
#include "support/recording_device.h"

namespace latchkey::test {

// Bounds of the search.  What is sampled is sampled by `seed`, the same in every run.
struct CrashBounds {
    std::size_t all_subsets_up_to = 8;  // writes between two flushes; of more, a sample is taken:
    std::size_t sampled_subsets = 64;   // every prefix, and so many of each other kind
    std::uint64_t smallest_tear = 512;  // bytes that the disk writes whole
    std::size_t tears_per_write = 12;   // places at which a write breaks, per granularity and side
    std::uint64_t seed = 1;
};

struct CrashPoint {
    std::string description;  // "window 2: writes 0 1 of 3; write 2 up to +512"
    bool nothing_done;        // nothing of the trace reached the disk: it must be the old state
    bool all_done;            // everything did, flushes included: it must be the new state
};

// "" if the image is as good as it must be, else what is wrong.  The image may be written to; the next one
// knows nothing of it.  It must not be kept.
using CrashChecker =
    std::function<std::string(const std::shared_ptr<io::BlockDevice>& image, const CrashPoint&)>;

struct CrashOutcome {
    std::size_t images = 0;
    std::size_t windows = 0;          // runs of writes between flushes
    std::size_t sampled_windows = 0;  // of those, with more writes than all_subsets_up_to
    bool ends_flushed = false;        // false: the operation reported success before it was durable
    std::vector<std::string> failures = {};  // the first 20, with their description
};

// Of a device that held `before` when `trace` began.  A flush makes all writes before it durable; of the writes
// after the last flush any subset may have reached the disk, in any order of different places, and one
// of them may be torn at a multiple of 512 or 4096 bytes: its first part, its last part, or scattered
// pieces.  So for every window: each prefix and each subset of whole writes, then each write torn
// with those before it done, and with all others done.  Growing is a write that changes the size.
// Images share what they have in common: a hundred thousand of 16 MiB take no more memory than a few.
[[nodiscard]] CrashOutcome explore_crashes(Bytes before, const Trace& trace,
                                           const CrashChecker& checker,
                                           const CrashBounds& bounds = {});

}  // namespace latchkey::test
