// SPDX-License-Identifier: LGPL-2.1-or-later
// Characters that nobody sees, which are part of a word all the same.
#include "crypttab/checker.h"

namespace latchkey::crypttab {
namespace {

// The code point of well-formed UTF-8 at the front; 0 and one byte for anything else.
struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 1;
};
Character first_of(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    const std::size_t length = lead < 0x80    ? 1
                               : lead >= 0xf0 ? 4
                               : lead >= 0xe0 ? 3
                               : lead >= 0xc0 ? 2
                                              : 0;
    if (length == 0 || length > text.size()) return {};
    std::uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) return {};
        code = code << 6U | (byte(i) & 0x3fU);
    }
    return {code, length};
}

struct Range {
    std::uint32_t first;
    std::uint32_t last;
    const char* name;  // marked N_
};
constexpr Range kUnseen[] = {
    {0x00a0, 0x00a0, N_("no-break space")},  {0x00ad, 0x00ad, N_("soft hyphen")},
    {0x1680, 0x1680, N_("space")},           {0x180e, 0x180e, N_("vowel separator")},
    {0x2000, 0x200a, N_("space")},           {0x200b, 0x200d, N_("zero-width character")},
    {0x200e, 0x200f, N_("direction mark")},  {0x2028, 0x2029, N_("separator")},
    {0x202a, 0x202e, N_("direction mark")},  {0x202f, 0x202f, N_("no-break space")},
    {0x205f, 0x205f, N_("space")},           {0x2060, 0x2064, N_("zero-width character")},
    {0x2066, 0x2069, N_("direction mark")},  {0x3000, 0x3000, N_("space")},
    {0xfeff, 0xfeff, N_("byte-order mark")},
};

}  // namespace

bool check_text(Checker& on) {
    constexpr int kMost = 8;  // of a line; a hostile one may be full of them
    int told = 0;
    bool joins = false;
    const std::string_view text = on.line.text;
    for (std::size_t at = 0; at < text.size() && told < kMost;) {
        const Character one = first_of(text.substr(at));
        for (const Range& range : kUnseen) {
            if (one.code < range.first || one.code > range.last) continue;
            on.add(static_cast<std::uint32_t>(at + 1), Severity::Error, "invisible-character",
                   N_("the invisible character U+%04X (%s) is part of the word"), one.code,
                   translate(range.name));
            ++told;
            joins = joins || std::string_view(range.name).ends_with("space");
        }
        at += one.bytes;
    }
    return joins;
}

}  // namespace latchkey::crypttab
