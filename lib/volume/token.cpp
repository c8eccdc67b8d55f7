// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"

namespace latchkey {

Result<std::string> Volume::export_token(int token) const {
    return header_->export_token(token);
}

bool Volume::could_export(std::string_view json) const {
    return header_->could_export(json);
}

Result<int> Volume::import_token(Context& context, std::optional<int> token, std::string_view json,
                                 bool replace, std::optional<int> assign) {
    if (!replace) return header_->import_token(context, token, json, replace, assign);
    LK_ASSIGN(const volume::Exclusive held, volume::take_exclusive(context, device_, *header_));
    LK_TRY(volume::backup_before_change(context, device_, *held.current));
    return header_->import_token(context, token, json, replace, assign);
}

Result<void> Volume::remove_token(Context& context, int token) {
    LK_ASSIGN(const volume::Exclusive held, volume::take_exclusive(context, device_, *header_));
    LK_TRY(volume::backup_before_change(context, device_, *held.current));
    return header_->remove_token(context, token);
}

Result<void> Volume::assign_token(Context& context, int token, int keyslot, bool assign) {
    return header_->assign_token(context, token, keyslot, assign);
}

}  // namespace latchkey
