// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts a file to the other reader's syntax.  Text that is not a line for the readers stays unchanged.
#include <algorithm>
#include <cstdarg>

#include "base/strprintf.h"
#include "crypttab/converter.h"
#include "crypttab/other_words.h"
#include "latchkey/wording.h"

namespace latchkey::crypttab {
namespace {

std::string joined(const std::vector<std::string>& options) {
    std::string text;
    for (const std::string& option : options) {
        if (!text.empty()) text += ',';
        text += option;
    }
    return text;
}

// Returns the blanks before the word of that index; one blank before a new word.
std::string_view gap_before(const Line& line, std::size_t index) {
    if (index >= line.words.size()) return " ";
    const std::size_t begin = line.words[index].column - 1;
    const std::size_t end =
        index == 0 ? 0 : line.words[index - 1].column - 1 + line.words[index - 1].text.size();
    return std::string_view(line.text).substr(end, begin - end);
}

std::string new_text(const Line& line, const Converter& converter) {
    if (converter.left_out) {
        const std::string& why = converter.volume.refusal;
        // The reason quotes decoded values, and a newline in one must not start a line of the new file.
        const std::string reason =
            why.empty() ? ""
                        : "# " + std::string(translate(N_("not opened: "))) + shown(why) + "\n";
        return reason + "# " + line.text;
    }
    const std::string words[] = {converter.name, converter.source, converter.key,
                                 joined(converter.options)};
    std::string text;
    for (std::size_t i = 0; i < std::size(words); ++i)
        if (!words[i].empty()) text.append(gap_before(line, i)).append(words[i]);
    return text;
}

}  // namespace

void Converter::tell(std::uint32_t column, bool matters, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    losses.push_back({entry.line, column, matters, vstrprintf(translate(format), arguments)});
    va_end(arguments);
}

void Converter::tell_once(std::uint32_t column, const char* sentence) {
    const std::string message = translate(sentence);
    if (std::ranges::find(losses, message, &Loss::message) == losses.end())
        losses.push_back({entry.line, column, false, message});
}

void Converter::add(std::string option) {
    if (std::ranges::find(options, option) == options.end()) options.push_back(std::move(option));
}

std::optional<std::string> value_for_both(const Option& option, Readers from) {
    const ValueKind kind = option.row->value;
    const bool number =
        kind == ValueKind::Number || kind == ValueKind::KeyBits || kind == ValueKind::SectorBytes;
    const auto read = number ? number_of(option.value.value_or(""), from) : std::nullopt;
    if (read) return std::to_string(*read);
    return option.value;
}

bool is_for_others(const Option& option) {
    return find_option(option.name, Readers::Both) == nullptr &&
           other_word(option.name, Readers::Both).home == Home::Others;
}

bool is_kept_for(const Option& option, Readers to) {
    const Readers from = to == Readers::Systemd ? Readers::Debian : Readers::Systemd;
    const OptionRow* row = find_option(option.name, to);
    return row != nullptr && find_option(option.name, from) == nullptr &&
           fate_of(*row, option.value, to) != Fate::Refused;
}

Conversion convert(const File& file, Readers to, PeerRelease release) {
    Conversion conversion;
    const Readers from = to == Readers::Systemd ? Readers::Debian : Readers::Systemd;
    for (const Line& line : file.lines) {
        if (line.words.empty()) {
            conversion.text += line.text + "\n";
            continue;
        }
        Entry entry = read_entry(line, from);
        Meaning volume = meaning(entry);
        Converter converter{std::move(entry), std::move(volume), habits_of(release),
                            conversion.losses};
        if (converter.volume.skipped) {
            converter.left_out = true;
            converter.tell(converter.entry.name.column, false,
                           N_("the line was not opened, and becomes a comment: %s"),
                           converter.volume.refusal.c_str());
        } else if (to == Readers::Systemd) {
            to_systemd(converter);
        } else {
            to_debian(converter);
        }
        conversion.text += new_text(line, converter) + "\n";
    }
    std::ranges::stable_sort(conversion.losses, {},
                             [](const Loss& loss) { return std::pair(loss.line, loss.column); });
    return conversion;
}

}  // namespace latchkey::crypttab
