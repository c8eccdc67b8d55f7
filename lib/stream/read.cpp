// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a device to a stream: threads read and decrypt chunks in parallel and write them in order.
#include <algorithm>

#include "io/block_device.h"
#include "latchkey/stream.h"
#include "stream/descriptor.h"
#include "stream/progress.h"
#include "stream/range.h"
#include "stream/workers.h"

namespace latchkey::stream {

Result<std::uint64_t> read(Context& context, const Device& source, int fd, const Options& options) {
    LK_ASSIGN(const std::uint64_t length, length_within(source, options.range));
    Progress progress(context, length);
    Turnstile order;
    const auto work = [&](std::uint64_t chunk, MutableByteView buffer) -> Result<More> {
        const std::uint64_t at = chunk * kChunkBytes;
        if (at >= length) return More::No;
        const auto bytes = buffer.first(std::min<std::uint64_t>(kChunkBytes, length - at));
        LK_TRY(source.io()->read(options.range.offset + at, bytes));
        if (!order.wait_for(chunk)) return More::No;
        LK_TRY(write_all(fd, bytes, context.cancelled()));
        LK_TRY(progress.add(bytes.size()));
        order.pass();
        return More::Yes;
    };
    LK_TRY(work_through(options.threads, 0, context.cancelled(), order, work));
    return length;
}

}  // namespace latchkey::stream
