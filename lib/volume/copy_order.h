// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides which copy of a new header is written first, and which before the keyslot areas.  Tries every order in
// memory, and looks for the header as a reader does.
#pragma once

#include <memory>
#include <vector>

#include "formats/format.h"
#include "io/block_device.h"
#include "volume/restore_plan.h"

namespace latchkey::volume {

// One header replaces another.
struct Succession {
    std::shared_ptr<io::BlockDevice> device;  // read only
    const io::BlockDevice& source;            // [0, length) of it is written to the device
    std::uint64_t length = 0;                 // bytes
    const formats::LoadedHeader& next;        // in the source
    const formats::LoadedHeader* present;     // on the device; null = none
};

enum class InForce : std::uint8_t { Neither, Present, Next };

// Returns which of the two headers a reader of `image` finds.
[[nodiscard]] InForce header_in_force(const std::shared_ptr<io::BlockDevice>& image,
                                      const Succession& succession);

struct CopyOrder {
    std::vector<ByteRange> copies;  // of `next`, in the order of writing
    // This many of them, torn or whole, leave the present header in force with all its keyslots.  They are written
    // before the areas that both headers use.
    std::size_t early = 0;
    std::size_t takes_over = 0;  // after this many copies the next header is in force
};

// Chooses the order of next's copies with the fewest instants without a header.  Among equals, chooses the one with the
// fewest instants at which the present header is in force while its areas are overwritten.
[[nodiscard]] CopyOrder order_copies(const Succession& succession, const Claims& present_claims);

}  // namespace latchkey::volume
