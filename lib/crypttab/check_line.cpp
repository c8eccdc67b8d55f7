// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of a line: name, device, key.
#include <algorithm>
#include <cctype>

#include "crypttab/checker.h"

namespace latchkey::crypttab {
namespace {

constexpr std::size_t kMostNameBytes = 127;  // device-mapper's
constexpr std::string_view kWhileWorking = "_unformatted";  // Debian's suffix until all is done

void check_words(Checker& on) {
    const auto count = on.line.words.size();
    const auto end = static_cast<std::uint32_t>(on.line.text.size() + 1);
    if (on.line.carriage_return) {
        // In front of systemd it is a blank.
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
        on.add(end, Severity::Error, "no-key", N_("the third field is missing: the line is skipped"))
            .suggestion = "none";
    }
    if (count <= 4) return;
    const Word& fifth = on.line.words[4];
    if (on.systemd())
        on.add(fifth.column, Severity::Warning, "fifth-word", N_("'%s' and what follows is not read"),
               fifth.text.c_str());
    else
        on.add(fifth.column, Severity::Error, "fifth-word",
               N_("'%s' and what follows becomes part of the options"), fifth.text.c_str());
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
            on.add(column, Severity::Error, "octal-escape", N_("octal escapes are taken as they stand"));
        else if (on.systemd() && !(comma && i == 3))
            on.add(column, Severity::Warning, "backslash", N_("a backslash is taken as it stands"));
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
    const std::string& name = on.volume.name;
    const std::uint32_t column = on.entry.name.column;
    if (const std::size_t slash = name.find('/'); slash != std::string::npos) {
        if (on.systemd())
            on.add(column, Severity::Error, "bad-name",
                   N_("the name '%s' has a '/': its unit is made and fails"), name.c_str());
        else
            on.add(column, Severity::Error, "bad-name", N_("the name '%s' has a '/'"), name.c_str());
        return;
    }
    if (name == "." || name == ".." || name == "control" || name.empty()) {
        on.add(column, Severity::Error, "bad-name", N_("no mapping can have the name '%s'"),
               name.c_str());
        return;
    }
    const std::size_t most =
        on.systemd() ? kMostNameBytes : kMostNameBytes - kWhileWorking.size();
    if (name.size() > most)
        on.add(column, Severity::Error, "bad-name", N_("the name has %zu bytes, more than %zu"),
               name.size(), most);
}

std::string upper_case(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

// Names of disks that change when another disk is there first.
bool is_unstable(std::string_view source) {
    for (const std::string_view prefix : {"/dev/sd", "/dev/hd", "/dev/vd", "/dev/xvd", "/dev/nvme"})
        if (source.starts_with(prefix)) return true;
    return false;
}

void check_source(Checker& on) {
    const std::string& source = on.volume.source;
    const std::uint32_t column = on.entry.source.column;
    if (source.empty()) return;
    const std::string_view tag = tag_of(source);
    if (!tag.empty() && tag.size() == source.size()) {
        on.add(column, Severity::Error, "bad-device", N_("'%s' names no device"), source.c_str());
        return;
    }
    const std::size_t equals = source.find('=');
    if (tag.empty() && !source.starts_with('/')) {
        Finding& finding = on.add(
            column, Severity::Error, "bad-device",
            N_("'%s' is neither an absolute path nor UUID=, LABEL=, PARTUUID= or PARTLABEL="),
            source.c_str());
        const std::string upper = upper_case(source.substr(0, equals + 1));
        if (equals != std::string::npos && !tag_of(upper).empty())
            finding.suggestion = upper + source.substr(equals + 1);
        return;
    }
    const bool random = on.volume.key == KeyKind::Random;
    if (random && (tag == "UUID=" || tag == "LABEL=") && on.volume.offset_sectors.value_or(0) == 0)
        on.add(column, Severity::Warning, "buries-its-name",
               N_("the first use with a random key overwrites what '%s' is read from"),
               std::string(tag).c_str())
            .suggestion = "PARTUUID=...";
    if (is_unstable(source) && random)
        on.add(column, Severity::Warning, "unstable-device",
               N_("whichever disk is '%s' at that boot is overwritten"), source.c_str())
            .suggestion = "PARTUUID=...";
    else if (is_unstable(source))
        on.add(column, Severity::Note, "unstable-device",
               N_("'%s' may be another disk at another boot"), source.c_str())
            .suggestion = "UUID=...";
}

void check_systemd_key(Checker& on) {
    const std::string& key = on.entry.key.text;
    if (key.empty() || key == "none" || key == "-" || key.starts_with('/')) return;
    const Option* script = nullptr;
    for (const Option& option : on.entry.options)
        if (option.name == "keyscript") script = &option;
    // The script's argument; the option has its own finding.
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
               N_("'-' is no key file and has no meaning of its own: nothing can be read"))
            .suggestion = "none";
    if (on.volume.key != KeyKind::File) return;
    if (path_on_device(key))
        on.add(column, Severity::Error, "key-on-device",
               N_("'%s' is taken for one path: a device in it is not mounted"), key.c_str())
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
    check_source(on);
}

void check_key(Checker& on) {
    if (on.systemd())
        check_systemd_key(on);
    else
        check_debian_key(on);
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
