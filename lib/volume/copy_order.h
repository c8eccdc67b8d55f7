// SPDX-License-Identifier: LGPL-2.1-or-later
// Which copy of a new header is written first, and which before the keyslot areas: found by trial, as a reader finds the
// header.
#pragma once

#include <memory>
#include <vector>

#include "formats/format.h"
#include "io/block_device.h"
#include "volume/restore_plan.h"

namespace latchkey::volume {

// One header takes the place of another.
struct Succession {
    std::shared_ptr<io::BlockDevice> device;  // only read
    const io::BlockDevice& source;            // [0, length) of it will be that of the device
    std::uint64_t length = 0;                 // bytes
    const formats::LoadedHeader& next;        // in the source
    const formats::LoadedHeader* present;     // on the device; null = none
};

enum class InForce : std::uint8_t { Neither, Present, Next };

// Which of both headers whoever reads `image` takes.
[[nodiscard]] InForce header_in_force(const std::shared_ptr<io::BlockDevice>& image,
                                      const Succession& succession);

struct CopyOrder {
    std::vector<ByteRange> copies;  // of `next`, in the order in which they are to be written
    // So many of them leave the present header in force with all its keyslots, be they torn or whole: they come before
    // the areas that both use.
    std::size_t early = 0;
    std::size_t takes_over = 0;  // once so many are written the next header is in force
};

// Of the orders of next's copies the one that leaves the device without a header at the fewest instants, then the one
// that leaves the present header in force for the fewest while its areas are overwritten.
[[nodiscard]] CopyOrder order_copies(const Succession& succession, const Claims& present_claims);

}  // namespace latchkey::volume
