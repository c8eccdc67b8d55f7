// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/uuid.h"

#include "base/hex.h"
#include "latchkey/condition.h"

namespace latchkey {

std::string make_uuid(std::array<std::byte, 16> random) {
    random[6] = (random[6] & std::byte{0x0f}) | std::byte{0x40};  // RFC 9562: version 4
    random[8] = (random[8] & std::byte{0x3f}) | std::byte{0x80};  // and its variant
    std::string text = to_hex(random);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
    return text;
}

std::optional<std::string> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return std::nullopt;
        if (!dash) digits += text[i];
    }
    const auto bytes = from_hex(digits);
    if (!bytes) return std::nullopt;
    std::string lower = to_hex(*bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) lower.insert(dash, 1, '-');
    return lower;
}

Result<std::string> checked_uuid(std::string_view text) {
    if (auto uuid = parse_uuid(text)) return *std::move(uuid);
    const std::string name(text);
    return fail(Errc::InvalidArgument, "\"%s\" is not a UUID", name.c_str())
        .because(Condition::BadUuid, name);
}

}  // namespace latchkey
