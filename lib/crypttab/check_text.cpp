// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds invisible characters, which are part of a word, and blanks, which are not.
#include <algorithm>

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

// ---- blanks

constexpr std::size_t kNone = SIZE_MAX;

bool may_be_key(std::string_view word) {
    return word == "none" || word == "-" || word.starts_with('/');
}

bool is_label(std::string_view source) {
    for (const std::string_view prefix :
         {"LABEL=", "PARTLABEL=", "/dev/disk/by-label/", "/dev/disk/by-partlabel/"})
        if (source.starts_with(prefix)) return true;
    return false;
}

// Splits "LABEL=My Disk none luks": returns the words up to the possible key.
std::string split_label(const std::vector<Word>& words) {
    if (words.size() < 4 || !is_label(words[1].text) || may_be_key(words[2].text)) return {};
    std::string whole = words[1].text;
    for (std::size_t i = 2; i < words.size(); ++i) {
        if (may_be_key(words[i].text)) return whole;
        whole += " " + words[i].text;
    }
    return {};
}

// Returns the index of the word that was meant to continue after a blank.
std::size_t first_split_word(const std::vector<Word>& words) {
    if (!split_label(words).empty()) return 1;
    if (words.size() < 3) return kNone;
    const auto is_device = [](std::string_view word) {
        return !tag_of(word).empty() || word.starts_with('/');
    };
    const bool device_third = !tag_of(words[2].text).empty() ||
                              (words[2].text.starts_with("/dev/") && words.size() > 3 &&
                               !is_random_device(words[2].text) && may_be_key(words[3].text));
    return device_third && !is_device(words[1].text) ? 0 : kNone;
}

std::string with_octal_blanks(const std::string& text) {
    std::string encoded;
    for (const char c : text) encoded += c == ' ' ? "\\040" : std::string(1, c);
    return encoded;
}

}  // namespace

bool check_text(Checker& on) {
    constexpr int kMost = 8;  // per line; a hostile line may be full of them
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

bool check_blanks(Checker& on) {
    const std::size_t first = first_split_word(on.line.words);
    if (first == kNone) return false;
    const std::string whole = first == 0 ? on.line.words[0].text + " " + on.line.words[1].text
                                         : split_label(on.line.words);
    std::string suggestion = whole;
    if (first == 0)
        std::ranges::replace(suggestion, ' ', '-');
    else
        suggestion = on.systemd() ? udev_link(without_quotes(whole)) : with_octal_blanks(whole);
    on.add(on.line.words[first].column, Severity::Error, "blank-in-word",
           N_("a blank ends the field '%s': '%s' is read as the next one"),
           on.line.words[first].text.c_str(), on.line.words[first + 1].text.c_str())
        .suggestion = std::move(suggestion);
    return true;
}

}  // namespace latchkey::crypttab
