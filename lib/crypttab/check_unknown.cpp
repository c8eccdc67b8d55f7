// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks options that the reader does not know: misspelt, the other reader's, another program's, or the rest of a value
// that contains a comma.
#include <algorithm>

#include "crypttab/checker.h"
#include "crypttab/other_words.h"

namespace latchkey::crypttab {
namespace {

bool nobody_knows(const Option& option) {
    return option.row == nullptr && find_option(option.name, Readers::Both) == nullptr;
}

// ---- values that contain commas

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Returns whether the value is unfinished, like "capi:authenc(hmac(sha256)".
bool is_open(std::string_view cipher) {
    return std::ranges::count(cipher, '(') > std::ranges::count(cipher, ')');
}

// Returns whether `next` is a part that a comma cut off from the value.
bool goes_on(std::string_view name, std::string_view value, const Option& next) {
    if (!nobody_knows(next) || next.written.empty()) return false;
    if (name == "tpm2-pcrs") return is_number(next.written);
    if (name != "cipher") return false;
    return is_open(value) || (value.find('-') == std::string_view::npos &&
                              next.written.find('-') != std::string::npos);
}

// Returns the whole value in the notation that this reader keeps together.
std::string joined_value(std::string_view name, const std::vector<std::string>& parts,
                         bool systemd) {
    const std::string comma = name == "tpm2-pcrs" ? "+" : systemd ? "\\," : "\\054";
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) text += comma;
        text += part;
    }
    return text;
}

// ---- key scripts, which systemd lacks

// Debian's scripts hash the output of a script to get the key of a plain volume.
void check_printed_file(Checker& on, const Option& option, Severity severity) {
    const Meaning& volume = on.volume;
    const char* const path = volume.key_path.c_str();
    constexpr std::string_view id = "foreign-option";
    const bool hashed = volume.type == Type::Plain && volume.hash != "plain";
    if (hashed && volume.hash.empty())
        on.add(
            option.column, severity, id,
            N_("there are no key scripts: the file '%s' itself is the key, which Debian's scripts "
               "hash"),
            path);
    else if (hashed)
        on.add(
            option.column, std::min(severity, Severity::Warning), id,
            N_("there are no key scripts: the file '%s' is hashed, but no more than %llu bytes of "
               "it"),
            path, static_cast<unsigned long long>(volume.key_bits.value_or(256) / 8));
    else
        on.add(option.column,
               volume.type == Type::Tcrypt ? severity : std::min(severity, Severity::Note), id,
               N_("there are no key scripts: the file '%s' itself is read as the key"), path);
}

void check_key_script(Checker& on, const Option& option, Severity severity) {
    const std::string script = option.value.value_or("");
    const std::string_view base = std::string_view(script).substr(script.rfind('/') + 1);
    constexpr std::string_view id = "foreign-option";
    if (base == "decrypt_keyctl" && on.volume.key == KeyKind::Ask)
        on.add(option.column, Severity::Note, id,
               N_("there are no key scripts: passphrases are shared without decrypt_keyctl"));
    else if (const auto parts = passdev_of(on.entry.key.text); base == "passdev" && parts)
        on.add(option.column, severity, id,
               N_("there are no key scripts: here the third field has another order than for "
                  "passdev"))
            .suggestion = parts->at.path + ":" + parts->at.device;
    else if (base == "cat" && on.volume.key == KeyKind::File)
        check_printed_file(on, option, severity);
    else if (on.volume.key == KeyKind::File || on.volume.key == KeyKind::FileOnDevice)
        on.add(option.column, severity, id,
               N_("there are no key scripts: the file '%s' itself is read as the key"),
               on.volume.key_path.c_str());
    else
        on.add(option.column, severity, id,
               N_("there are no key scripts: the passphrase is asked for"));
}

// ---- words

void check_foreign(Checker& on, const Option& option, const OptionRow& row) {
    if (has(row.readers, on.reader)) {  // an alias of the other reader
        on.add(option.column, Severity::Warning, "foreign-option",
               N_("'%s' is unknown here: it is ignored, with a message at every boot"),
               option.name.c_str())
            .suggestion = row.name;
        return;
    }
    // Debian's initramfs has opened such a volume before systemd sees it.
    const Severity severity = on.in_initramfs ? Severity::Note : row.elsewhere;
    if (row.name == "keyscript")
        check_key_script(on, option, severity);
    else if (row.debian_quiet_since.empty())
        on.add(option.column, severity, "foreign-option",
               N_("'%s' is unknown here: it is ignored, with a message at every boot"),
               option.name.c_str());
    else
        on.add(option.column, severity, "foreign-option",
               N_("'%s' has no effect here; until cryptsetup %s with a message at every boot"),
               option.name.c_str(), std::string(row.debian_quiet_since).c_str());
}

void check_unheard_of(Checker& on, const Option& option) {
    const char* const name = option.name.c_str();
    if (!on.systemd() && on.entry.options.size() == 1 && stands_for_no_options(option.written)) {
        on.add(option.column, Severity::Note, "no-options",
               N_("only systemd reads '%s' as no options: here it is ignored, with a message at "
                  "every boot"),
               name);
        return;
    }
    const OtherWord word = other_word(option.name, on.reader);
    switch (word.home) {
        case Home::Others:
            on.add(option.column, Severity::Note, "other-programs",
                   N_("'%s' is for other programs: it is ignored, with a message at every boot"),
                   name);
            return;
        case Home::Fstab:
            on.add(option.column, Severity::Warning, "unknown-option",
                   N_("'%s' belongs to fstab: it is ignored"), name);
            return;
        case Home::KeyField:
            on.add(option.column, Severity::Error, "unknown-option",
                   N_("unknown option '%s': it is ignored; a key file belongs in the third field"),
                   name)
                .suggestion = option.value.value_or("");
            return;
        case Home::Options:
        case Home::None: break;
    }
    on.add(option.column, Severity::Error, "unknown-option",
           N_("unknown option '%s': it is ignored"), name)
        .suggestion = word.meant;
}

}  // namespace

std::size_t check_commas(Checker& on, std::size_t index) {
    const auto& options = on.entry.options;
    const Option& option = options[index];
    if (!option.value) return 0;
    std::vector<std::string> parts = {option.written};
    std::string value = *option.value;
    for (std::size_t next = index + 1; next < options.size(); ++next) {
        if (!goes_on(option.name, value, options[next])) break;
        parts.push_back(options[next].written);
        value += "," + options[next].written;
    }
    // Debian's scripts do not interpret the backslash; it is reported elsewhere.
    const bool escaped = !on.systemd() && option.written.ends_with('\\');
    if (parts.size() > 1 && !escaped)
        on.add(option.value_column, Severity::Error, "comma-in-value",
               N_("the comma ends the value of '%s': '%s' is read as a separate option"),
               option.name.c_str(), parts[1].c_str())
            .suggestion = joined_value(option.name, parts, on.systemd());
    return parts.size() - 1;
}

void check_unknown(Checker& on, const Option& option) {
    const std::string& name = option.name;
    if (option.written.empty()) {
        on.add(option.column, Severity::Warning, "empty-option", N_("an option without a name"));
        return;
    }
    // The carriage return is reported elsewhere.
    if (on.line.carriage_return && option.written.ends_with('\r')) return;
    if (const OptionRow* row = find_option(name, on.reader)) {  // known, but not in this form
        if (option.value)
            on.add(option.column, Severity::Error, "value-not-wanted",
                   N_("'%s' takes no value: the option is ignored as unknown"), name.c_str())
                .suggestion = name;
        else
            on.add(option.column, Severity::Error, "value-missing",
                   N_("'%s' needs %s: the option is ignored as unknown"), name.c_str(),
                   wanted(*row, on.reader));
        return;
    }
    if (const OptionRow* row = find_option(name, Readers::Both))
        return check_foreign(on, option, *row);
    check_unheard_of(on, option);
}

}  // namespace latchkey::crypttab
