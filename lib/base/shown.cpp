// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstdint>

#include "base/strprintf.h"
#include "latchkey/wording.h"

namespace latchkey {
namespace {

struct Letter {
    std::size_t length = 1;  // bytes
    std::uint32_t code = 0;
    bool valid = false;
};

// Decodes the first character of `text`, which is not empty (RFC 3629).
Letter first_letter(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {.code = lead, .valid = true};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
    std::uint32_t code = lead & (0xffU >> (length + 1));
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xc0U) != 0x80) return {};
        code = code << 6U | (byte(at) & 0x3fU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < kLeast[length] || surrogate || code > 0x10ffff) return {};
    return {.length = length, .code = code, .valid = true};
}

bool is_layout(std::uint32_t code) {
    return code == '\n' || code == '\t';
}

// Returns whether a terminal may do something other than draw this character.
bool drives(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

std::string escaped(std::string_view text, bool layout_stays) {
    std::string result;
    while (!text.empty()) {
        const Letter letter = first_letter(text);
        const std::string_view bytes = text.substr(0, letter.length);
        if (letter.valid && (!drives(letter.code) || (layout_stays && is_layout(letter.code))))
            result += bytes;
        else
            for (const char byte : bytes)
                result +=
                    strprintf("\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
        text.remove_prefix(letter.length);
    }
    return result;
}

// Placeholders for the newlines and tabs of a format while its arguments are inserted.
constexpr char kNewline = '\x01';
constexpr char kTab = '\x02';

}  // namespace

std::string shown(std::string_view value) {
    return escaped(value, false);
}

std::string without_controls(std::string_view text) {
    return escaped(text, true);
}

std::string vshown(const char* format, std::va_list arguments) {
    std::string marked = format;
    std::ranges::replace(marked, '\n', kNewline);
    std::ranges::replace(marked, '\t', kTab);
    const auto marks = [](std::string_view text) {
        return std::ranges::count(text, kNewline) + std::ranges::count(text, kTab);
    };
    const std::string text = vstrprintf(marked.c_str(), arguments);
    // An argument that contains a placeholder tries to fake a line of output, so every control character is escaped.
    if (marks(text) != marks(marked)) return shown(text);
    std::string result;
    std::string_view rest = text;
    for (;;) {
        const std::size_t end = rest.find_first_of("\x01\x02");
        result += shown(rest.substr(0, end));
        if (end == std::string_view::npos) return result;
        result += rest[end] == kNewline ? '\n' : '\t';
        rest.remove_prefix(end + 1);
    }
}

std::string shown_json(std::string_view json) {
    std::string result;
    while (!json.empty()) {
        const Letter letter = first_letter(json);
        // Characters below 0x20 are layout between the values: JSON allows none inside strings.
        if (letter.valid && letter.code >= 0x7f && drives(letter.code))
            result += strprintf("\\u%04x", letter.code);
        else
            result += json.substr(0, letter.length);
        json.remove_prefix(letter.length);
    }
    return result;
}

}  // namespace latchkey
