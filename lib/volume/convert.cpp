// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/i18n.h"
#include "base/strprintf.h"
#include "formats/format.h"
#include "formats/outcome.h"
#include "io/claim.h"
#include "latchkey/volume.h"
#include "volume/auto_backup.h"
#include "volume/exclusive.h"

namespace latchkey {
namespace {

// Adds which format is valid after a failure: a conversion takes many writes, and after each one of the two headers
// opens.
Error told(Context& context, const Device& device, const std::string& from, const std::string& to,
           Error cause) {
    if (cause.code != Errc::Io && cause.code != Errc::DeviceFull && cause.code != Errc::Unfinished)
        return cause;
    const auto now = formats::load(context, device.io(), {});
    if (!now)
        return formats::commit_failed(std::move(cause), formats::Holds::Neither, device.name());
    if ((*now)->type() == to)
        return formats::unfinished(
            std::move(cause).with_hint(
                translate(N_("look at it with 'luksDump', and try every passphrase"))),
            strprintf(translate("%s is of type %s now, but not all of it is written"),
                      device.name().c_str(), to.c_str()));
    cause.message +=
        strprintf(translate("; %s is of type %s still"), device.name().c_str(), from.c_str());
    cause.code = cause.code == Errc::Unfinished ? Errc::Io : cause.code;
    return std::move(cause).with_hint(translate(N_("convert it again when the device is sound")));
}

}  // namespace

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
    auto converted = target->convert_from != nullptr ? target->convert_from(context, *header_)
                                                     : source->convert_to(context, *header_, to);
    if (!converted) return told(context, device_, from, to, std::move(converted).error());
    header_ = std::move(converted).value();
    return {};
}

}  // namespace latchkey
