// SPDX-License-Identifier: LGPL-2.1-or-later
// Overwrites data that must not be readable again.
#pragma once

#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"

namespace latchkey::io {

enum class WipePattern : std::uint8_t {
    Zero,
    Random,
    // The pattern for a keyslot's area (docs/formats/luks1.md section 7): random, once; on rotational devices 40
    // passes, of which 27 are the fixed patterns of Gutmann's paper of 1996.
    Destroy,
};

// Overwrites `range` in blocks of 1 MiB and flushes after every pass, so that a cache cannot merge the passes.
// Reports progress over all passes.  Interrupted if context.progress or context.cancel() asks for it.
[[nodiscard]] Result<void> wipe(Context& context, BlockDevice& device, const ByteRange& range,
                                WipePattern pattern);

// Applies WipePattern::Destroy to the area of a removed keyslot.  Always finishes the first pass, because no header
// lists the area any more and nothing would overwrite it later.  If the context is cancelled before or during the
// passes, stops after the first one.
[[nodiscard]] Result<void> destroy(Context& context, BlockDevice& device, const ByteRange& range);

}  // namespace latchkey::io
