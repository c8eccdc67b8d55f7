// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/header_area.h"

#include <algorithm>
#include <cinttypes>
#include <optional>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "io/mem_device.h"
#include "latchkey/condition.h"
#include "volume/exclusive.h"
#include "volume/lost_keyslots.h"

namespace latchkey::volume {
namespace {

// Backups consist of whole pages, as the peer's do on most machines.
constexpr std::uint64_t kBackupUnit = 4096;  // bytes

std::shared_ptr<io::MemDevice> in_memory(Bytes bytes, const Device& origin) {
    return std::make_shared<io::MemDevice>(std::move(bytes), origin.name());
}

bool overlap(const ByteRange& a, const ByteRange& b) {
    return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

// Reads page by page, so that an unreadable page affects only itself: a copy of the header can be repaired from the
// other one, and unused space becomes zeros.  Fails if a page of a keyslot's area is unreadable, because a backup must
// not lack a keyslot.
Result<void> read_what_is_needed(Context& context, const io::BlockDevice& device,
                                 const formats::LoadedHeader& known, MutableByteView bytes) {
    for (std::uint64_t at = 0; at < bytes.size(); at += kBackupUnit) {
        const auto page =
            bytes.subspan(at, std::min<std::uint64_t>(kBackupUnit, bytes.size() - at));
        const auto read = device.read(at, page);
        if (read) continue;
        if (read.error().code != Errc::Unreadable) return read;
        std::ranges::fill(page, std::byte{0});
        const ByteRange lost{.offset = at, .length = page.size()};
        bool of_the_header = false;
        for (const ByteRange& copy : known.header_copies())
            if (overlap(lost, copy)) of_the_header = true;
        if (of_the_header) continue;
        for (const KeyslotInfo& slot : known.keyslots())
            if (overlap(lost, {.offset = slot.area_offset, .length = slot.area_size}))
                return Error(read.error()).within(strprintf("keyslot %d", slot.number));
        context.log_once(LogLevel::Warning,
                         "%s; no keyslot is there, and the backup has zeros instead",
                         read.error().message.c_str());
    }
    return {};
}

// Repairs a damaged copy of the header in memory before it is copied elsewhere.  Warns about lost keyslots, which
// cannot be repaired.
Result<HeaderArea> load_area(Context& context, std::shared_ptr<io::MemDevice> memory,
                             const LoadOptions& options, const std::string& whose = {}) {
    LK_ASSIGN(auto header, formats::load(context, memory, options));
    if (header->info().damaged_copy) {
        LK_TRY(formats::repair(context, memory, header->type()));
        LK_ASSIGN(header, formats::load(context, memory, options));
    }
    lost_keyslots(context, *memory, header->keyslots(), whose);
    const std::uint64_t area = header->header_area_bytes();
    if (area > memory->size())
        return fail(Errc::DeviceTooSmall, "%s has %" PRIu64 " bytes, its header area %" PRIu64,
                    memory->name().c_str(), memory->size(), area);
    Bytes bytes(round_up(area, kBackupUnit));
    std::ranges::copy(memory->bytes().first(area), bytes.begin());
    return HeaderArea{std::move(bytes), std::move(header), std::move(memory)};
}

}  // namespace

Result<HeaderArea> copy_header_area(Context& context, const Device& device,
                                    const formats::LoadedHeader& known) {
    std::unique_ptr<io::BlockDevice::Lock> lock;
    if (context.policy.metadata_locks) {
        LK_ASSIGN(lock, device.io()->lock(io::BlockDevice::LockMode::Shared,
                                          {.cancelled = &context.cancelled()}));
    }
    const std::uint64_t area = known.header_area_bytes();
    if (area > formats::kLargestHeaderArea)
        return fail(Errc::CorruptHeader, "header area of %" PRIu64 " bytes is larger than %" PRIu64,
                    area, formats::kLargestHeaderArea);
    Bytes bytes(area);
    std::optional<Error> unreadable;
    if (auto read = device.io()->read(0, bytes); !read) {
        if (read.error().code != Errc::Unreadable) return std::move(read).error();
        unreadable = std::move(read).error();
        LK_TRY(read_what_is_needed(context, *device.io(), known, bytes));
    }
    for (const ByteRange& hole : known.backup_holes())
        std::ranges::fill(MutableByteView(bytes).subspan(hole.offset, hole.length), std::byte{0});

    auto loaded = load_area(context, in_memory(std::move(bytes), device),
                            {.type = std::string(known.type()), .tell_damage = false});
    if (!loaded && unreadable) return *std::move(unreadable);
    LK_ASSIGN(HeaderArea copy, std::move(loaded));
    LK_TRY(check_same_volume(device, known, *copy.header));
    return copy;
}

Result<HeaderArea> read_backup(Context& context, const Device& backup, std::string_view type) {
    Bytes bytes(std::min(backup.size(), formats::kLargestHeaderArea));
    LK_TRY(backup.io()->read(0, bytes));
    auto area = load_area(context, in_memory(std::move(bytes), backup), {.type = std::string(type)},
                          backup.name());
    if (!area && area.error().code == Errc::NotThisFormat)
        return std::move(area).error().because(Condition::NoHeaderInBackup, backup.name());
    return area;
}

Error without_header(Error error, const Device& device) {
    if (error.code != Errc::NotThisFormat) return error;
    return std::move(error).because(Condition::NoLuksHeader, device.name());
}

}  // namespace latchkey::volume
