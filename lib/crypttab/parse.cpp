// SPDX-License-Identifier: LGPL-2.1-or-later
// Splits text into lines and words.
#include <algorithm>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {
namespace {

constexpr std::string_view kBlanks = " \t";

std::vector<Word> words_of(std::string_view line) {
    std::vector<Word> words;
    std::size_t at = line.find_first_not_of(kBlanks);
    if (at == std::string_view::npos || line[at] == '#') return words;
    while (at != std::string_view::npos) {
        const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
        words.push_back(
            {std::string(line.substr(at, end - at)), static_cast<std::uint32_t>(at + 1)});
        at = line.find_first_not_of(kBlanks, end);
    }
    return words;
}

}  // namespace

Result<File> parse(std::string_view text) {
    if (text.size() > kMaxFileBytes)
        return fail(Errc::InvalidArgument, "crypttab has %zu bytes, more than %zu", text.size(),
                    kMaxFileBytes);
    File file;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        const bool unfinished = end == text.size();
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto number = static_cast<std::uint32_t>(file.lines.size() + 1);
        if (file.lines.size() == kMaxLines)
            return fail(Errc::InvalidArgument, "crypttab has more than %zu lines", kMaxLines);
        if (line.size() > kMaxLineBytes)
            return fail(Errc::InvalidArgument, "line %u has %zu bytes, more than %zu", number,
                        line.size(), kMaxLineBytes);
        if (const std::size_t nul = line.find('\0'); nul != std::string_view::npos)
            return fail(Errc::InvalidArgument, "line %u, column %zu: a NUL byte", number, nul + 1);
        const bool carriage_return = line.ends_with('\r');
        if (carriage_return) line.remove_suffix(1);
        file.lines.push_back(
            {number, std::string(line), words_of(line), carriage_return, unfinished});
    }
    return file;
}

}  // namespace latchkey::crypttab
