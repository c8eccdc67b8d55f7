// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes a complete header area, restored or new, to its device.
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
    const io::BlockDevice& source;      // [0, length) of it is written to [0, length) of the device
    std::uint64_t length = 0;           // bytes
    const formats::LoadedHeader& next;  // the header in it
    const formats::LoadedHeader*
        present;  // on the device; stays usable as long as possible; null = none
    // Reads the device first and skips equal parts, so that equal keyslot areas are not at risk.
    bool keep_equal = false;
    // Writes the copy at the beginning of the device last; the other one counts until then.  Of data in clear.
    bool beginning_last = false;
    std::string again = {};  // advice after a failure that left work to do, translated
};

// Writes in the order of restore_stages().  The caller holds the exclusive lock and has made all other checks: only the
// device can fail here, and a lack of room is found before the first write.  A file that was grown gets its old length
// back if nothing of the new header was written.
// Errors say which header a reader finds now, and which bytes outside the old header may be overwritten; Unfinished:
// the new header is valid.
[[nodiscard]] Result<void> commit_area(Context& context, const Device& device,
                                       const AreaCommit& commit);

}  // namespace latchkey::volume
