// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes what a header says about itself, but no key.
#include <algorithm>

#include "base/json.h"
#include "base/uuid.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/condition.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/names.h"
#include "luks2/segment.h"

namespace latchkey::luks2 {
namespace {

constexpr std::size_t kMaxLabelLength = 47;  // bytes; 48 with the NUL

// Refuses long labels instead of cutting them: labels are names in /dev/disk/by-label.
Result<void> check_label(const char* what, const std::optional<std::string>& text) {
    if (!text) return {};
    if (text->size() > kMaxLabelLength)
        return fail(Errc::InvalidArgument, "%s of %zu bytes, at most %zu", what, text->size(),
                    kMaxLabelLength)
            .because(Condition::LabelTooLong);
    if (text->find('\0') != std::string::npos)
        return fail(Errc::InvalidArgument, "%s has a NUL byte", what);
    return {};
}

Result<void> require_keyslot(const Metadata& metadata, int number) {
    if (metadata.keyslot(number) == nullptr) return formats::keyslot_empty(number);
    return {};
}

}  // namespace

Result<void> check_labels(const std::optional<std::string>& label,
                          const std::optional<std::string>& subsystem) {
    LK_TRY(check_label("label", label));
    return check_label("subsystem", subsystem);
}

Result<void> Luks2Header::set_uuid(Context& context, std::string_view uuid) {
    LK_ASSIGN(const std::string text, checked_uuid(uuid));
    return change_metadata(context, [&](const Metadata& current) -> Result<Metadata> {
        Metadata next = current;
        next.binary.uuid = text;
        return next;
    });
}

Result<void> Luks2Header::set_label(Context& context, const std::optional<std::string>& label,
                                    const std::optional<std::string>& subsystem) {
    LK_TRY(check_labels(label, subsystem));
    return change_metadata(context, [&](const Metadata& current) -> Result<Metadata> {
        Metadata next = current;
        if (label) next.binary.label = *label;
        if (subsystem) next.binary.subsystem = *subsystem;
        return next;
    });
}

Result<void> Luks2Header::set_priority(Context& context, int keyslot, Priority priority) {
    return change_metadata(context, [&](const Metadata& current) -> Result<Metadata> {
        LK_TRY(require_keyslot(current, keyslot));
        return current.edited(
            [&](Json& document) { luks2::set_priority(document, keyslot, priority); });
    });
}

Result<void> Luks2Header::set_keyslot_name(Context& context, int keyslot, std::string_view name) {
    LK_TRY(check_name(name));
    return change_metadata(context, [&](const Metadata& current) -> Result<Metadata> {
        LK_TRY(require_keyslot(current, keyslot));
        return with_name(current, keyslot, name);
    });
}

Result<void> Luks2Header::set_flags(Context& context, const std::vector<std::string>& flags) {
    for (const std::string& flag : flags)
        if (!is_known_flag(flag))
            return fail(Errc::InvalidArgument, "unknown flag %s", flag.c_str());
    return change_metadata(context, [&](const Metadata& current) {
        return current.edited([&](Json& document) { luks2::set_flags(document, flags); });
    });
}

}  // namespace latchkey::luks2
