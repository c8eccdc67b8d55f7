// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes properties of the volume and its keyslots; the formats check the values.
#include "formats/format.h"
#include "latchkey/volume.h"
#include "volume/guard.h"

namespace latchkey {

Result<void> Volume::set_uuid(Context& context, std::string_view uuid) {
    return header_->set_uuid(context, uuid);
}

Result<void> Volume::set_label(Context& context, const std::optional<std::string>& label,
                               const std::optional<std::string>& subsystem) {
    return header_->set_label(context, label, subsystem);
}

Result<void> Volume::set_priority(Context& context, int keyslot, Priority priority) {
    LK_TRY(volume::find_keyslot(header_->keyslots(), keyslot));
    return header_->set_priority(context, keyslot, priority);
}

Result<void> Volume::set_keyslot_name(Context& context, int keyslot, std::string_view name) {
    LK_TRY(volume::find_keyslot(header_->keyslots(), keyslot));
    return header_->set_keyslot_name(context, keyslot, name);
}

Result<void> Volume::set_flags(Context& context, const std::vector<std::string>& flags) {
    return header_->set_flags(context, flags);
}

Result<void> Volume::set_requirements(Context& context, const std::vector<std::string>& mandatory) {
    return header_->set_requirements(context, mandatory);
}

}  // namespace latchkey
