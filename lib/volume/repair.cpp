// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"

namespace latchkey {
Result<std::vector<std::string>> Volume::repair(Context& context, Device metadata,
                                                std::string_view type) {
    LK_ASSIGN(const auto lock, volume::lock_exclusively(context, metadata));
    if (!context.policy.backup_directory.empty()) {
        // A header without faults needs no backup.
        LK_ASSIGN(auto would_do, formats::repair(context, metadata.shadow().io(), type));
        if (would_do.empty()) return would_do;
        LK_TRY(volume::backup_unread_before_change(context, metadata, volume::kRawBackup));
    }
    return formats::repair(context, metadata.io(), type);
}

}  // namespace latchkey
