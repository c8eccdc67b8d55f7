// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks the words of a line: name and key.
#include <algorithm>

#include "crypttab/checker.h"
#include "crypttab/refusal.h"

namespace latchkey::crypttab {
namespace {

void check_words(Checker& on) {
    const auto count = on.line.words.size();
    const auto end = static_cast<std::uint32_t>(on.line.text.size() + 1);
    if (on.line.carriage_return) {
        // systemd treats it as a blank.
        if (!on.systemd())
            on.add(end, Severity::Error, "carriage-return",
                   N_("the line ends in a carriage return, which becomes part of the last word"));
    }
    if (on.line.unfinished && !on.systemd())
        on.add(end, Severity::Error, "no-newline",
               N_("the last line has no newline at its end, and is not seen"));
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 32 && c != '\t'; };
    const auto control = std::ranges::find_if(on.line.text, is_control);
    if (control != on.line.text.end())
        on.add(static_cast<std::uint32_t>(control - on.line.text.begin() + 1), Severity::Warning,
               "control-character", N_("a control character"));
    if (count < 2) {
        on.add(end, Severity::Error, "no-device", N_("the device is missing: the line is skipped"));
    } else if (count < 3 && !on.systemd()) {
        on.add(end, Severity::Error, "no-key",
               N_("the third field is missing: the line is skipped"))
            .suggestion = "none";
    }
    if (count <= 4) return;
    const Word& fifth = on.line.words[4];
    if (on.systemd())
        on.add(fifth.column, Severity::Warning, "fifth-word",
               N_("'%s' and what follows is not read"), fifth.text.c_str());
    else
        on.add(fifth.column, Severity::Error, "fifth-word",
               N_("'%s' and what follows becomes part of the options"), fifth.text.c_str());
}

// Recognizes "\x20", which udev writes for a blank in the name of a link.
bool is_udev_escape(std::string_view text, std::size_t at) {
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    return text.substr(at).starts_with("\\x") && text.size() >= at + 4 &&
           text.substr(at + 2, 2).find_first_not_of(kHex) == std::string_view::npos;
}

void check_escapes(Checker& on) {
    for (std::size_t i = 0; i < std::min<std::size_t>(on.line.words.size(), 4); ++i) {
        const Word& word = on.line.words[i];
        const std::size_t at = word.text.find('\\');
        if (at == std::string::npos) continue;
        const auto column = word.column + static_cast<std::uint32_t>(at);
        const bool octal = word.text.compare(at, 2, "\\0") == 0;
        const bool comma = word.text.compare(at, 2, "\\,") == 0;
        if (on.systemd() && octal)
            on.add(column, Severity::Error, "octal-escape", N_("octal escapes are not decoded"));
        else if (on.systemd() && word.text.starts_with("/dev/disk/") &&
                 is_udev_escape(word.text, at))
            continue;
        else if (on.systemd() && !(comma && i == 3))
            on.add(column, Severity::Warning, "backslash",
                   N_("a backslash has no special meaning"));
        else if (!on.systemd() && comma && i == 3)
            on.add(column, Severity::Error, "escaped-comma",
                   N_("a backslash does not keep the comma: the option ends here"))
                .suggestion = "\\054";
        else if (!on.systemd() && !octal)
            on.add(column, Severity::Warning, "backslash",
                   N_("only octal escapes such as \\054 are defined"));
    }
}

void check_name(Checker& on) {
    std::string problem = name_problem(on.volume.name, on.reader);
    if (!problem.empty())
        on.add_told(on.entry.name.column, Severity::Error, "bad-name", std::move(problem));
}

// Recognizes options in place of the key, like "luks,discard".  Returns true if it reported them.
bool check_options_as_key(Checker& on) {
    const std::string& key = on.entry.key.text;
    // The argument of a script may be anything.
    const bool script =
        std::ranges::find(on.entry.options, "keyscript", &Option::name) != on.entry.options.end();
    if (key.empty() || key.starts_with('/') || script) return false;
    std::string_view rest = key;
    std::size_t known = 0;
    std::size_t all = 0;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::string_view word = rest.substr(0, std::min(rest.find('='), end));
        known += find_option(word, Readers::Both) != nullptr ? 1U : 0U;
        ++all;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (known == 0 || known * 2 < all) return false;
    Finding& finding =
        on.add(on.entry.key.column, Severity::Error, "options-as-key",
               N_("'%s' looks like options: the third field, the key, was forgotten"), key.c_str());
    finding.suggestion = "none " + key;
    for (const Option& option : on.entry.options) finding.suggestion += "," + option.written;
    return true;
}

void check_systemd_key(Checker& on) {
    const std::string& key = on.entry.key.text;
    if (on.volume.key != KeyKind::Ask || key.empty() || key == "none" || key == "-") return;
    const Option* script = nullptr;
    for (const Option& option : on.entry.options)
        if (option.name == "keyscript") script = &option;
    // The word is the argument of the script; the keyscript option is reported elsewhere.
    if (script != nullptr) return;
    on.add(on.entry.key.column, Severity::Error, "relative-key-file",
           N_("the key file '%s' is not absolute: it is ignored, and the passphrase is asked for"),
           key.c_str());
}

void check_debian_key(Checker& on) {
    const std::string& key = on.entry.key.text;
    const std::uint32_t column = on.entry.key.column;
    if (on.volume.key == KeyKind::StandardInput)
        on.add(column, Severity::Error, "key-is-dash",
               N_("'-' is not a key file and has no special meaning: nothing can be read"))
            .suggestion = "none";
    if (on.volume.key != KeyKind::File) return;
    if (path_on_device(key))
        on.add(column, Severity::Error, "key-on-device",
               N_("'%s' is read as one path: a device in it is not mounted"), key.c_str())
            .suggestion = "keyscript=passdev";
    else if (!key.starts_with('/'))
        on.add(column, Severity::Warning, "relative-key-file",
               N_("the key file '%s' is looked for in the working folder"), key.c_str());
}

}  // namespace

void check_line(Checker& on) {
    check_words(on);
    check_escapes(on);
    check_name(on);
}

void check_key(Checker& on) {
    const bool told = check_options_as_key(on);
    if (!told && on.systemd()) check_systemd_key(on);
    if (!told && !on.systemd()) check_debian_key(on);
    if (on.volume.key != KeyKind::Random) return;
    const std::uint32_t column = on.entry.key.column;
    const Type type = on.volume.type;
    if (type == Type::Plain || type == Type::AsFound) return;
    if (!on.systemd() && type != Type::Bitlk && type != Type::Fvault2)
        on.add(column, Severity::Error, "random-key",
               N_("a random key with type %s is refused: the line fails"),
               std::string(name_of(type)).c_str());
    else
        on.add(column, Severity::Error, "random-key",
               N_("the type is %s, which no random key opens"), std::string(name_of(type)).c_str())
            .suggestion = "plain";
}

}  // namespace latchkey::crypttab
