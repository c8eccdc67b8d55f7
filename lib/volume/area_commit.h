// SPDX-License-Identifier: LGPL-2.1-or-later
// A whole header area that was made or read elsewhere reaches its device: a restored one, a new one.
#pragma once

#include <cstdint>
#include <string>

#include "formats/format.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::volume {

struct AreaCommit {
    const io::BlockDevice& source;      // [0, length) of it goes to [0, length) of the device
    std::uint64_t length = 0;           // bytes
    const formats::LoadedHeader& next;  // the header in it
    const formats::LoadedHeader*
        present;  // the one on the device, which opens as long as can be; null = none
    // Reads the device first and leaves alone what is equal, so that equal keyslot areas are at no risk.
    bool keep_equal = false;
    std::string again = {};  // advice after a failure that left work to do, translated
};

// Writes in the order of restore_stages().  The exclusive lock is held by the caller, and all that can be refused has
// been: here only the device fails, for want of room before the first write.  A file that grew is as long as before
// if nothing of the new header was written.  Errors say which header holds, as a reader finds it, and which bytes beside
// the old header may be overwritten; Unfinished: the new one holds.
[[nodiscard]] Result<void> commit_area(Context& context, const Device& device,
                                       const AreaCommit& commit);

}  // namespace latchkey::volume
