// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/mounts.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t kFixedFields = 6;  // before the optional ones, which end with "-"

// Removes the text up to the separator, and the separator, and returns it without the separator.
std::string_view take_until(std::string_view& text, char separator) {
    const std::string_view taken = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(taken.size() + 1, text.size()));
    return taken;
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) words.push_back(take_until(line, ' '));
    return words;
}

}  // namespace

std::string without_octal_escapes(std::string_view text) {
    constexpr std::size_t kDigits = 3;
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view digits =
            text[i] == '\\' ? text.substr(i + 1, kDigits) : std::string_view();
        const bool is_escape = digits.size() == kDigits && digits[0] <= '3' &&
                               digits.find_first_not_of("01234567") == std::string_view::npos;
        if (is_escape) {
            plain += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 +
                                       (digits[2] - '0'));
            i += kDigits;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

std::vector<Mount> mounts_in(std::string_view mountinfo) {
    std::vector<Mount> mounts;
    while (!mountinfo.empty()) {
        // "36 35 254:0 / /mnt rw shared:1 - ext4 /dev/mapper/x rw"
        const auto words = words_of(take_until(mountinfo, '\n'));
        if (words.size() < kFixedFields) continue;
        const auto dash = std::find(words.begin() + kFixedFields, words.end(), "-");
        const auto after = static_cast<std::size_t>(words.end() - dash);
        if (after < 2) continue;
        const auto word = [&](std::size_t at) {
            return at < after ? without_octal_escapes(dash[static_cast<std::ptrdiff_t>(at)])
                              : std::string();
        };
        mounts.push_back({.device = std::string(words[2]),
                          .root = without_octal_escapes(words[3]),
                          .folder = without_octal_escapes(words[4]),
                          .type = word(1),
                          .source = word(2),
                          .options = word(3)});
    }
    return mounts;
}

}  // namespace latchkey
