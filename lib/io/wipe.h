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

// WipePattern::Destroy for the area of a keyslot that is removed.  Its first pass is finished whatever the context says:
// what is not overwritten now is overwritten never, as no header lists it any more.  A context that is cancelled, then or
// before, makes do with the passes that are done.
[[nodiscard]] Result<void> destroy(Context& context, BlockDevice& device, const ByteRange& range);

}  // namespace latchkey::io
