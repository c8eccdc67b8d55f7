// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "formats/format.h"
#include "formats/outcome.h"
#include "io/claim.h"
#include "latchkey/volume.h"
#include "volume/area_commit.h"
#include "volume/auto_backup.h"
#include "volume/cut_start.h"
#include "volume/exclusive.h"
#include "volume/guard.h"
#include "volume/header_area.h"
#include "volume/lost_keyslots.h"

namespace latchkey {
namespace {

using volume::HeaderArea;

Result<void> check_guard(Context& context, const formats::LoadedHeader& present,
                         const HeaderArea& backup) {
    if (volume::human_keyslots(present.keyslots()) == 0) return {};
    const auto restored = volume::without_lost(context, *backup.device, backup.header->keyslots(),
                                               {}, backup.device->name());
    if (volume::human_keyslots(restored) > 0) return {};
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
    LK_TRY(volume::check_not_begun(device));
    LK_ASSIGN(auto warnings, ask_format(context, device, area));
    const auto present = formats::load(context, device.io(), {});
    if (present)
        if (const auto guard = check_guard(context, **present, area); !guard)
            warnings.push_back(guard.error().message);
    return warnings;
}

Result<void> Volume::restore(Context& context, Device device, Device backup,
                             std::string_view type) {
    LK_ASSIGN(const HeaderArea area, volume::read_backup(context, backup, type));
    LK_ASSIGN(const auto lock, volume::lock_exclusively(context, device));
    LK_TRY(io::check_not_in_use(*device.io()));
    LK_TRY(volume::check_not_begun(device));
    LK_TRY(ask_format(context, device, area));
    // The last page may be padding beyond the end of the device; the format has checked that the areas fit.
    const std::uint64_t all = area.header->header_area_bytes();
    const std::uint64_t length = device.regular_file() ? all : std::min(all, device.size());
    const auto present = formats::load(context, device.io(), {});
    if (present && context.policy.guard_last_keyslot) LK_TRY(check_guard(context, **present, area));
    LK_TRY(volume::backup_unread_before_change(context, device, length));

    LK_TRY(volume::commit_area(
        context, device,
        {.source = *area.device,
         .length = length,
         .next = *area.header,
         .present = present ? present->get() : nullptr,
         .keep_equal = true,
         .again =
             translate(N_("the backup is whole: restore it again when the device is sound"))}));
    auto restored = formats::load(context, device.io(), {.type = std::string(area.header->type())});
    if (!restored)
        return formats::unfinished(std::move(restored).error(),
                                   translate("the backup is written, but cannot be read back"));
    if ((*restored)->info().uuid != area.header->info().uuid)
        return fail(Errc::Io, "UUID on %s is %s after restoring %s", device.name().c_str(),
                    (*restored)->info().uuid.c_str(), area.header->info().uuid.c_str());
    if (present && (*present)->info().damaged_copy && !device.is_shadow())
        context.log(LogLevel::Warning, "the damaged header copy on %s was rewritten",
                    device.name().c_str());
    return {};
}

}  // namespace latchkey
