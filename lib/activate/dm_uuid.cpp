// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/dm_uuid.h"

#include <algorithm>
#include <iterator>

#include "base/uuid.h"
#include "latchkey/condition.h"

namespace latchkey::activate {
namespace {

constexpr std::string_view kPrefix = "CRYPT-";
constexpr std::size_t kHexDigits = 32;

// Restores the dashes; "" if the text is not 32 hexadecimal digits.
std::string with_dashes(std::string_view hex) {
    if (hex.size() != kHexDigits) return "";
    std::string text;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
        text += hex[i];
    }
    return parse_uuid(text).value_or("");
}

}  // namespace

std::string make_dm_uuid(std::string_view type, std::string_view uuid, std::string_view name,
                         bool* cut) {
    std::string text = std::string(kPrefix) + std::string(type) + "-";
    if (!uuid.empty()) {
        std::ranges::copy_if(uuid, std::back_inserter(text), [](char c) { return c != '-'; });
        text += "-";
    }
    text += name;
    if (cut != nullptr) *cut = text.size() > kMaxDmUuid;
    text.resize(std::min(text.size(), kMaxDmUuid));
    return text;
}

DmUuid parse_dm_uuid(std::string_view text) {
    if (!text.starts_with(kPrefix)) return {};
    text.remove_prefix(kPrefix.size());
    const auto end = text.find('-');
    if (end == std::string_view::npos || end == 0) return {};
    DmUuid parsed{.type = std::string(text.substr(0, end)), .uuid = {}};
    text.remove_prefix(end + 1);
    // "OPAL-" (hardware encryption) may follow the type.
    constexpr std::string_view kOpal = "OPAL-";
    if (parsed.type == "LUKS2" && text.starts_with(kOpal)) text.remove_prefix(kOpal.size());
    // The name of a mapping may look like a uuid; only these types contain the uuid of a header.
    const bool has_uuid = parsed.type.starts_with("LUKS") || parsed.type == "VERITY" ||
                          parsed.type == "INTEGRITY" || parsed.type == "SUBDEV";
    const auto dash = text.find('-');
    if (has_uuid && dash == kHexDigits) parsed.uuid = with_dashes(text.substr(0, dash));
    return parsed;
}

Result<void> check_name(std::string_view name) {
    const std::string shown(name.substr(0, kMaxDmName + 1));
    if (name.empty()) return fail(Errc::InvalidArgument, "the name of the mapping is empty");
    if (name.find('/') != std::string_view::npos || name.find('\0') != std::string_view::npos ||
        name == "." || name == ".." || name == "control")
        return fail(Errc::InvalidArgument, "\"%s\" cannot be the name of a mapping", shown.c_str());
    if (name.size() > kMaxDmName)
        return fail(Errc::InvalidArgument, "the name of the mapping has %zu bytes > %zu",
                    name.size(), kMaxDmName)
            .because(Condition::LongMappingName);
    return {};
}

}  // namespace latchkey::activate
