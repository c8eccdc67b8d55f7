// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes a stream to a device: threads take chunks from the stream in turn, and encrypt and write them in parallel.

#include <algorithm>
#include <cinttypes>
#include <optional>

#include "io/block_device.h"
#include "latchkey/stream.h"
#include "stream/descriptor.h"
#include "stream/progress.h"
#include "stream/range.h"
#include "stream/workers.h"

namespace latchkey::stream {
namespace {

Error too_short(std::uint64_t came, std::uint64_t wanted) {
    return fail(Errc::NothingToRead, "the stream ended after %" PRIu64 " bytes of %" PRIu64, came,
                wanted);
}

// Refuses before the first write what can be known then; a later refusal comes after data has been overwritten.
Result<void> check_room(int fd, const Device& target, const Range& range, std::uint64_t room) {
    const auto coming = bytes_to_come(fd);
    if (!coming) return {};
    if (range.length)
        return *coming < room ? Result<void>(too_short(*coming, room)) : Result<void>();
    LK_TRY(length_within(target, {.offset = range.offset, .length = *coming}));
    return {};
}

}  // namespace

Result<std::uint64_t> write(Context& context, int fd, Device& target, const Options& options,
                            std::uint64_t* overwritten) {
    const bool counted = options.range.length.has_value();
    LK_ASSIGN(const std::uint64_t room, length_within(target, options.range));
    LK_TRY(check_room(fd, target, options.range, room));
    // 0, unknown, for a pipe.
    Progress progress(context, counted ? room : bytes_to_come(fd).value_or(0));
    Turnstile order;
    std::uint64_t taken = 0;  // from the stream; changed only by the thread whose turn it is
    bool too_much = false;
    const auto work = [&](std::uint64_t chunk, MutableByteView buffer) -> Result<More> {
        if (!order.wait_for(chunk)) return More::No;
        const std::uint64_t at = taken;
        const auto wanted = buffer.first(std::min<std::uint64_t>(kChunkBytes, room - at));
        LK_ASSIGN(const std::size_t came, read_some(fd, wanted, context.cancelled()));
        taken += came;
        bool last = came < wanted.size();
        if (!last && taken == room) {
            last = true;
            // One byte more would not fit.  If a length was given, the rest of the stream is left unread.
            std::byte more{};
            if (!counted) {
                LK_ASSIGN(const std::size_t beyond,
                          read_some(fd, MutableByteView(&more, 1), context.cancelled()));
                too_much = beyond != 0;
            }
        }
        if (last)
            order.break_it();
        else
            order.pass();
        if (came != 0) LK_TRY(target.io()->write(options.range.offset + at, wanted.first(came)));
        LK_TRY(progress.add(came));
        return last ? More::No : More::Yes;
    };
    auto worked = work_through(options.threads, 0, context.cancelled(), order, work);
    if (overwritten != nullptr) *overwritten = taken;
    LK_TRY(std::move(worked));
    LK_TRY(target.io()->flush());
    if (too_much && room == 0)
        return fail(Errc::NoSpace, "%s ends where the stream should begin", target.name().c_str());
    if (too_much)
        return fail(Errc::NoSpace,
                    "the stream is longer than the %" PRIu64
                    " bytes that %s has room for, which are "
                    "overwritten now",
                    room, target.name().c_str());
    if (counted && taken < room) return too_short(taken, room);
    return taken;
}

}  // namespace latchkey::stream
