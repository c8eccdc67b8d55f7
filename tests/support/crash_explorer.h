// SPDX-License-Identifier: GPL-2.0-or-later
// Finds the bytes that may be on the disk after a power failure, and checks all of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/block_device.h"
#include "support/recording_device.h"

namespace latchkey::test {

// Bounds of the search.  Samples are chosen by `seed`, the same in every run.
struct CrashBounds {
    std::size_t all_subsets_up_to = 8;  // writes between two flushes; of more, only a sample:
    std::size_t sampled_subsets = 64;   // every prefix, and this many of each other kind
    std::uint64_t smallest_tear = 512;  // bytes that the disk writes atomically
    std::size_t tears_per_write = 12;   // places at which a write breaks, per granularity and side
    std::uint64_t seed = 1;
};

struct CrashPoint {
    std::string description;  // "window 2: writes 0 1 of 3; write 2 up to +512"
    bool nothing_done;        // no part of the trace reached the disk: this must be the old state
    bool all_done;            // all of it did, flushes included: this must be the new state
};

// Returns "" if the image is acceptable, else the fault.  It may write to the image, which does not affect the next
// one. It must not keep the image.
using CrashChecker =
    std::function<std::string(const std::shared_ptr<io::BlockDevice>& image, const CrashPoint&)>;

struct CrashOutcome {
    std::size_t images = 0;
    std::size_t windows = 0;          // sequences of writes between flushes
    std::size_t sampled_windows = 0;  // windows with more writes than all_subsets_up_to
    bool ends_flushed = false;        // false: the operation reported success before it was durable
    std::vector<std::string> failures = {};  // the first 20, with their description
};

// Explores a device that contained `before` when `trace` began.  A flush makes all earlier writes durable.  Any
// subset of the writes after the last flush may have reached the disk, in any order of different places, and one of
// them may be torn at a multiple of 512 or 4096 bytes: only its first part, its last part, or scattered pieces are
// written.  So for every window, this checks each prefix and each subset of whole writes, then each write torn with
// only those before it done, and with all others done.  Growing is a write that changes the size.
// Images share their common parts: a hundred thousand images of 16 MiB need no more memory than a few.
[[nodiscard]] CrashOutcome explore_crashes(Bytes before, const Trace& trace,
                                           const CrashChecker& checker,
                                           const CrashBounds& bounds = {});

}  // namespace latchkey::test
