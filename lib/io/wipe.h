// SPDX-License-Identifier: LGPL-2.1-or-later
// Overwriting what shall not be read again.
#pragma once

#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"

namespace latchkey::io {

enum class WipePattern : std::uint8_t {
    Zero,
    Random,
    // What a keyslot's area gets (docs/formats/luks1.md section 7): random, once; on rotational devices 40 passes, of which
    // 27 are the fixed patterns of Gutmann's paper of 1996.
    Destroy,
};

// Overwrites `range` in blocks of 1 MiB and flushes after every pass, or they would meet in a cache.
// Reports progress over all passes; Interrupted if context.progress or context.cancel() says so.
[[nodiscard]] Result<void> wipe(Context& context, BlockDevice& device, const ByteRange& range,
                                WipePattern pattern);

}  // namespace latchkey::io
