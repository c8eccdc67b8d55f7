// SPDX-License-Identifier: LGPL-2.1-or-later
// Into a device: chunks are taken from the stream one after the other, and encrypted and written side by side.
#include <sys/stat.h>
#include <unistd.h>

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

// What is left of a file or a block device, from where it is read; nothing for streams, whose length nobody knows, and
// for the files of /proc, which say that they are empty.
std::optional<std::uint64_t> bytes_left(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISBLK(status.st_mode)))
        return {};
    const off_t place = ::lseek(fd, 0, SEEK_CUR);
    const off_t end = ::lseek(fd, 0, SEEK_END);
    if (place < 0 || end <= 0 || ::lseek(fd, place, SEEK_SET) != place) return {};
    return static_cast<std::uint64_t>(std::max<off_t>(0, end - place));
}

Error too_long(std::uint64_t room, const Device& target) {
    return fail(Errc::NoSpace,
                "the stream is longer than the %" PRIu64 " bytes that %s has room for", room,
                target.name().c_str());
}

Error too_short(std::uint64_t came, std::uint64_t wanted) {
    return fail(Errc::NothingToRead, "the stream ended after %" PRIu64 " bytes of %" PRIu64, came,
                wanted);
}

}  // namespace

Result<std::uint64_t> write(Context& context, int fd, Device& target, const Options& options,
                            std::uint64_t* overwritten) {
    const bool counted = options.range.length.has_value();
    LK_ASSIGN(const std::uint64_t room, length_within(target, options.range));
    // Where the length is known, what does not fit is refused before the first write.
    if (const auto left = bytes_left(fd)) {
        if (!counted && *left > room) return too_long(room, target);
        if (counted && *left < room) return too_short(*left, room);
    }
    Progress progress(context, counted ? room : 0);
    Turnstile order;
    std::uint64_t taken = 0;  // from the stream; whoever's turn it is changes it
    bool too_much = false;
    const auto work = [&](std::uint64_t chunk, MutableByteView buffer) -> Result<More> {
        if (!order.wait_for(chunk)) return More::No;
        const std::uint64_t at = taken;
        const auto wanted = buffer.first(std::min<std::uint64_t>(kChunkBytes, room - at));
        LK_ASSIGN(const std::size_t came, read_some(fd, wanted, context.cancelled()));
        taken += came;
        bool last = came < wanted.size() || wanted.empty();
        if (!last && taken == room) {
            last = true;
            // One byte more would not fit; with a length given the rest is not ours.
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
    if (too_much) return too_long(room, target);
    if (counted && taken < room) return too_short(taken, room);
    return taken;
}

}  // namespace latchkey::stream
