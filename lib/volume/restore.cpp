// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cinttypes>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "formats/format.h"
#include "io/claim.h"
#include "io/overlay_device.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"
#include "volume/guard.h"
#include "volume/header_area.h"
#include "volume/restore_plan.h"

namespace latchkey {
namespace {

using volume::HeaderArea;

volume::Claims claims_of(const formats::LoadedHeader& header) {
    volume::Claims claims{.copies = header.header_copies(), .areas = {}};
    for (const KeyslotInfo& slot : header.keyslots())
        claims.areas.push_back({.offset = slot.area_offset, .length = slot.area_size});
    return claims;
}

// Whether a header would still be found if `copy` were lost.
bool can_do_without(Context& context, const Device& device, const ByteRange& copy) {
    const auto trial = std::make_shared<io::OverlayDevice>(device.io());
    return trial->write(copy.offset, Bytes(copy.length)) &&
           formats::load(context, trial, {.tell_damage = false}).has_value();
}

// A device may have one good copy only: that one is written last.
void spare_the_good_copy(Context& context, const Device& device, std::vector<ByteRange>& copies) {
    // Not std::ranges: clang 14 cannot read that part of the library.
    std::stable_partition(copies.begin(), copies.end(), [&](const ByteRange& copy) {
        return can_do_without(context, device, copy);
    });
}

// Writes what differs, so that equal keyslot areas are at no risk.
Result<void> write_stage(io::BlockDevice& device, const volume::WriteStage& stage, ByteView bytes) {
    constexpr std::uint64_t kChunk = 4096;  // bytes
    bool changed = false;
    for (const ByteRange& range : stage) {
        Bytes present(range.length);
        LK_TRY(device.read(range.offset, present));
        const ByteView wanted = bytes.subspan(range.offset, range.length);
        std::uint64_t from = 0;
        while (from < range.length) {
            const auto differs = [&](std::uint64_t at) {
                const std::uint64_t length = std::min(kChunk, range.length - at);
                return !std::ranges::equal(ByteView(present).subspan(at, length),
                                           wanted.subspan(at, length));
            };
            std::uint64_t to = from;
            while (to < range.length && differs(to)) to += std::min(kChunk, range.length - to);
            if (to != from) {
                LK_TRY(device.write(range.offset + from, wanted.subspan(from, to - from)));
                changed = true;
            }
            from = std::max(to, from + std::min(kChunk, range.length - from));
        }
    }
    if (changed) return device.flush();
    return {};
}

Result<void> check_guard(const Policy& policy, const formats::LoadedHeader& present,
                         const formats::LoadedHeader& backup) {
    if (!policy.guard_last_keyslot || volume::human_keyslots(present.keyslots()) == 0 ||
        volume::human_keyslots(backup.keyslots()) > 0)
        return {};
    return fail(Errc::LastKeyslot,
                "the backup has no keyslot that a person can use, the device has");
}

Result<std::vector<std::string>> ask_format(Context& context, const Device& device,
                                            const HeaderArea& area) {
    LK_ASSIGN(const formats::Format* format, formats::find(area.header->type()));
    return format->check_restore(context, area.device, device.io());
}

}  // namespace

Result<std::vector<std::string>> Volume::check_restore(Context& context, Device device,
                                                       Device backup, std::string_view type) {
    LK_ASSIGN(const HeaderArea area, volume::read_backup(context, backup, type));
    LK_ASSIGN(auto warnings, ask_format(context, device, area));
    const auto present = formats::load(context, device.io(), {});
    if (present) {
        Policy guarded = context.policy;
        guarded.guard_last_keyslot = true;
        if (const auto guard = check_guard(guarded, **present, *area.header); !guard)
            warnings.push_back(guard.error().message);
    }
    return warnings;
}

Result<void> Volume::restore(Context& context, Device device, Device backup,
                             std::string_view type) {
    LK_ASSIGN(const HeaderArea area, volume::read_backup(context, backup, type));
    LK_ASSIGN(const auto lock, volume::lock_exclusively(context, device));
    LK_TRY(io::check_not_in_use(*device.io()));
    LK_TRY(ask_format(context, device, area));
    const std::uint64_t length = area.header->header_area_bytes();
    const auto present = formats::load(context, device.io(), {});
    if (present) LK_TRY(check_guard(context.policy, **present, *area.header));
    LK_TRY(volume::backup_unread_before_change(context, device, length));

    LK_TRY(device.io()->grow(length));
    volume::Claims new_claims = claims_of(*area.header);
    if (present) spare_the_good_copy(context, device, new_claims.copies);
    for (const volume::WriteStage& stage : volume::restore_stages(
             length, present ? claims_of(**present) : volume::Claims{}, new_claims))
        LK_TRY(write_stage(*device.io(), stage, area.bytes));

    LK_ASSIGN(const auto restored,
              formats::load(context, device.io(), {.type = std::string(area.header->type())}));
    if (restored->info().uuid != area.header->info().uuid)
        return fail(Errc::Io, "UUID on %s is %s after restoring %s", device.name().c_str(),
                    restored->info().uuid.c_str(), area.header->info().uuid.c_str());
    if (present && (*present)->info().damaged_copy && !device.is_shadow())
        context.log(LogLevel::Warning,
                    strprintf(translate(N_("the damaged header copy on %s was rewritten")),
                              device.name().c_str()));
    return {};
}

}  // namespace latchkey
