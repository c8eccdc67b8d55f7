// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts lines to entries: the two readers split and decode them differently.
#include <algorithm>

#include "crypttab/other_words.h"
#include "crypttab/values.h"

namespace latchkey::crypttab {
namespace {

// Splits at commas; for systemd a backslash before a comma keeps it.
std::vector<Word> split_options(std::string_view text, std::uint32_t column, Readers reader) {
    std::vector<Word> parts;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (at < text.size() && text[at] == '\\' && reader == Readers::Systemd) {
            ++at;  // at most to the end, where the loop also ends
            if (at < text.size()) continue;
        }
        if (at < text.size() && text[at] != ',') continue;
        const std::size_t end = std::min(at, text.size());
        parts.push_back({std::string(text.substr(begin, end - begin)),
                         column + static_cast<std::uint32_t>(begin)});
        begin = end + 1;
    }
    return parts;
}

std::string decoded(std::string_view text, Readers reader) {
    if (reader == Readers::Debian) return without_octal(text);
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at).starts_with("\\,")) continue;
        plain += text[at];
    }
    return plain;
}

// systemd compares "size=" including the equals sign, so an option with a missing or extra one is unknown to it.
const OptionRow* row_of(const Option& option, Readers reader) {
    const OptionRow* row = find_option(option.name, reader);
    if (row == nullptr || reader == Readers::Debian) return row;
    const bool may_lack = row->value == ValueKind::Switch || row->value == ValueKind::OptionalText;
    if (row->value == ValueKind::Flag ? option.value.has_value()
                                      : !option.value.has_value() && !may_lack)
        return nullptr;
    return row;
}

Option read_option(const Word& part, Readers reader) {
    Option option{.written = part.text, .column = part.column, .value_column = part.column};
    const std::size_t equals = part.text.find('=');
    option.name = part.text.substr(0, equals);
    if (equals != std::string::npos) {
        option.value = decoded(std::string_view(part.text).substr(equals + 1), reader);
        option.value_column = part.column + static_cast<std::uint32_t>(equals + 1);
    }
    option.row = row_of(option, reader);
    return option;
}

}  // namespace

const Option* Entry::find(std::string_view option) const {
    for (auto at = options.rbegin(); at != options.rend(); ++at)
        if (at->row != nullptr && at->row->name == option) return &*at;
    return nullptr;
}

Entry read_entry(const Line& line, Readers reader) {
    Entry entry{.reader = reader, .line = line.number, .unfinished = line.unfinished};
    // systemd treats it as a blank, Debian's scripts as part of the word.
    const std::string text =
        line.text + (reader == Readers::Debian && line.carriage_return ? "\r" : "");
    std::vector<Word> words = line.words;
    if (text.size() > line.text.size()) {
        const bool alone = words.empty() || line.text.ends_with(' ') || line.text.ends_with('\t');
        if (alone) words.push_back({"", static_cast<std::uint32_t>(text.size())});
        words.back().text += '\r';
    }
    const auto field = [&](std::size_t index) {
        if (index >= words.size())
            return Word{"", static_cast<std::uint32_t>(line.text.size() + 1)};
        Word word = words[index];
        if (reader == Readers::Debian) word.text = without_octal(word.text);
        return word;
    };
    entry.name = field(0);
    entry.source = field(1);
    entry.key = field(2);
    if (words.size() > 4 && reader == Readers::Systemd)
        entry.dropped.assign(words.begin() + 4, words.end());
    if (words.size() < 4) return entry;
    std::string_view options = words[3].text;
    if (reader == Readers::Debian) {
        options = std::string_view(text).substr(words[3].column - 1);
        options = options.substr(0, options.find_last_not_of(" \t") + 1);
        // Debian's scripts ignore an empty option after the last comma.
        if (options.ends_with(',')) options.remove_suffix(1);
    }
    if (reader == Readers::Systemd && stands_for_no_options(options)) return entry;
    for (const Word& part : split_options(options, words[3].column, reader))
        entry.options.push_back(read_option(part, reader));
    return entry;
}

}  // namespace latchkey::crypttab
