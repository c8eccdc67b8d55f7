// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "io/claim.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"

namespace latchkey {

Result<void> Volume::convert(Context& context, std::string_view type) {
    LK_ASSIGN(const formats::Format* target, formats::find(type));
    const std::string from(header_->type());
    const std::string to(target->type);
    if (from == to)
        return fail(Errc::InvalidArgument, "%s is of type %s already", device_.name().c_str(),
                    to.c_str());
    LK_ASSIGN(const formats::Format* source, formats::find(from));
    if (target->convert_from == nullptr && source->convert_to == nullptr)
        return fail(Errc::NotSupported, "conversion from %s to %s is not supported", from.c_str(),
                    to.c_str());
    LK_ASSIGN(const volume::Exclusive held, volume::take_exclusive(context, device_, *header_));
    LK_TRY(io::check_not_in_use(*device_.io()));
    LK_TRY(volume::backup_before_change(context, device_, *held.current));
    if (target->convert_from != nullptr) {
        LK_ASSIGN(header_, target->convert_from(context, device_.io(), *held.current));
    } else {
        LK_ASSIGN(header_, source->convert_to(context, device_.io(), *held.current, to));
    }
    return {};
}

}  // namespace latchkey
