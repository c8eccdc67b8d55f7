// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"
#include "volume/foreign_marks.h"
#include "volume/header_area.h"

namespace latchkey {
namespace {

Result<std::vector<std::string>> repair_on(Context& context, const Device& device,
                                           std::string_view type) {
    auto lines = formats::repair(context, device.io(), type);
    if (!lines) return volume::without_header(std::move(lines).error(), device);
    const auto header = formats::load(context, device.io(), {.type = std::string(type)});
    // What could not be mended keeps its traces.
    if (header) LK_TRY(volume::remove_foreign_marks(*device.io(), **header, *lines));
    return lines;
}

}  // namespace

Result<std::vector<std::string>> Volume::repair(Context& context, Device metadata,
                                                std::string_view type) {
    LK_ASSIGN(const auto lock, volume::lock_exclusively(context, metadata));
    if (!context.policy.backup_directory.empty()) {
        // A header without faults needs no backup.
        LK_ASSIGN(auto would_do, repair_on(context, metadata.shadow(), type));
        if (would_do.empty()) return would_do;
        LK_TRY(volume::backup_unread_before_change(context, metadata, volume::kRawBackup));
    }
    return repair_on(context, metadata, type);
}

}  // namespace latchkey
