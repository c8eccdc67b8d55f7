// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks each option alone, then the options together with each other, the type and the key.
#include <algorithm>
#include <set>

#include "crypttab/checker.h"
#include "crypttab/refusal.h"

namespace latchkey::crypttab {
namespace {

void add_bad_value(Checker& on, const Option& option, Severity severity, std::string message) {
    on.add_told(option.value_column, severity, "bad-value", std::move(message));
}

void check_systemd_value(Checker& on, const Option& option) {
    const std::string value = option.value.value_or("");
    const OptionRow& row = *option.row;
    const bool plain = on.volume.type == Type::Plain;
    const Fate fate = fate_of(row, option.value, on.reader);
    const bool sizes = row.value == ValueKind::KeyBits || row.value == ValueKind::SectorBytes;
    if (fate == Fate::Refused) {
        add_bad_value(on, option, Severity::Error, bad_value(option, on.reader));
    } else if (row.value == ValueKind::KeyBits && fate == Fate::Useless) {
        on.add(option.value_column, Severity::Error, "bad-value",
               N_("size=%s is not a multiple of 8: it is taken as bytes, %llu bits"), value.c_str(),
               static_cast<unsigned long long>(on.volume.key_bits.value_or(0)));
    } else if (row.value == ValueKind::OptionalText) {
        on.add(option.value_column, Severity::Error, "bad-value",
               N_("'tmp=' names no file system, and none is made"))
            .suggestion = "tmp";
    } else if (fate == Fate::Useless && plain && (sizes || value.empty())) {
        add_bad_value(on, option, Severity::Error, bad_value(option, on.reader));
    } else if (fate == Fate::Useless) {
        // systemd accepts the value silently, and it has no effect later.
        on.add(option.value_column, Severity::Error, "bad-value", N_("'%s' needs %s, not '%s'"),
               option.name.c_str(), wanted(row, on.reader), value.c_str());
    } else {
        // Without that file or hash, nothing opens the volume; without a number, the default applies.
        const bool needed = row.name == "tcrypt-keyfile" || row.value == ValueKind::KeyBits;
        on.add(option.value_column, needed ? Severity::Error : Severity::Warning, "bad-value",
               N_("'%s' needs %s, not '%s': the option is ignored"), option.name.c_str(),
               wanted(row, on.reader), value.c_str());
    }
}

void check_debian_value(Checker& on, const Option& option) {
    const OptionRow& row = *option.row;
    const Fate fate = fate_of(row, option.value, on.reader);
    if (row.value == ValueKind::Flag)
        on.add(option.value_column, Severity::Note, "value-not-wanted", N_("'%s' takes no value"),
               option.name.c_str())
            .suggestion = option.name;
    else if (fate == Fate::Useless)
        on.add(option.value_column, Severity::Error, "bad-value",
               N_("'%s' needs %s, not '%s': cryptsetup refuses it"), option.name.c_str(),
               wanted(row, on.reader), option.value.value_or("").c_str());
    else
        add_bad_value(on, option, Severity::Error, bad_value(option, on.reader));
}

// Reports numbers that are read differently from how they look.
void check_number(Checker& on, const Option& option) {
    const std::string value = option.value.value_or("");
    const bool number = option.row->value == ValueKind::Number ||
                        option.row->value == ValueKind::KeyBits ||
                        option.row->value == ValueKind::SectorBytes;
    if (!number || value.size() < 2 || !is_good(*option.row, option.value, on.reader)) return;
    const auto other = number_of(value, on.systemd() ? Readers::Debian : Readers::Systemd);
    const auto ours = number_of(value, on.reader);
    if (!ours || other == ours || !(value.front() == '0' || value.front() == '+')) return;
    // A wrong number is worse than none.
    const Severity severity = other ? Severity::Warning : Severity::Note;
    if (on.systemd())
        on.add(option.value_column, severity, "number-base", N_("systemd reads '%s' as %llu"),
               option.written.c_str(), static_cast<unsigned long long>(*ours))
            .suggestion = std::to_string(*ours);
    else
        on.add(option.value_column, severity, "number-base",
               N_("Debian's scripts read '%s' as %llu"), option.written.c_str(),
               static_cast<unsigned long long>(*ours))
            .suggestion = std::to_string(*ours);
}

// Reports what one version of the reader knows and another does not.
void check_versions(Checker& on, const Option& option) {
    const OptionRow& row = *option.row;
    const char* const name = option.name.c_str();
    if (!on.systemd()) {
        if (!row.debian_since.empty())
            on.add(option.column, Severity::Warning, "newer-cryptsetup",
                   N_("'%s' is known since cryptsetup %s: older ones ignore it"), name,
                   std::string(row.debian_since).c_str());
        return;
    }
    if (row.since != 0)
        on.add(option.column, Severity::Note, "newer-systemd",
               N_("'%s' is known since systemd %u: older ones ignore it"), name,
               static_cast<unsigned>(row.since));
    if (row.until != 0)
        on.add(option.column, Severity::Note, "newer-systemd",
               N_("'%s' has no effect since systemd %u"), name, static_cast<unsigned>(row.until));
    if (row.name == "tpm2-pcrs" && is_good(row, option.value, on.reader) &&
        option.value.value_or("").find_first_not_of("0123456789+,") != std::string::npos)
        on.add(option.value_column, Severity::Note, "newer-systemd",
               N_("names and banks of PCRs are known since systemd 255: in older ones the unit "
                  "fails"));
}

void check_value(Checker& on, const Option& option) {
    if (!is_good(*option.row, option.value, on.reader)) {
        if (on.systemd())
            check_systemd_value(on, option);
        else
            check_debian_value(on, option);
    }
    check_number(on, option);
    const std::string value = option.value.value_or("");
    check_versions(on, option);
    if (!on.systemd() && option.row->name == "header" && path_on_device(value))
        on.add(option.value_column, Severity::Error, "header-on-device",
               N_("'%s' is read as one path: a device in it is not mounted"), value.c_str());
    if (on.systemd() && option.row->name == "cipher" && !value.empty() &&
        value.find('-') == std::string::npos)
        on.add(option.value_column, Severity::Warning, "cipher-mode",
               N_("cipher=%s has no mode: plain is used"), value.c_str())
            .suggestion = value + "-plain";
    if (option.row->name == "check" && (value == "ext2" || value == "xfs" || value == "swap"))
        on.add(option.value_column, Severity::Note, "old-check", N_("check=%s is deprecated"),
               value.c_str())
            .suggestion = "blkid";
    if (option.row->name == "verify" && !on.systemd())
        on.add(option.column, Severity::Note, "no-effect",
               N_("verify has no effect: the passphrase is asked for once"));
}

bool counts_for(const OptionRow& row, Type type, Readers reader) {
    if (row.name == "header" && type == Type::Tcrypt && reader == Readers::Systemd) return true;
    if (row.name == "keyfile-size") return type != Type::Plain && type != Type::Tcrypt;
    if (row.name == "keyfile-offset") return type != Type::Tcrypt;
    switch (row.volumes) {
        case Volumes::Any: return true;
        case Volumes::Luks: return type == Type::Luks || type == Type::AsFound;
        case Volumes::Plain: return type == Type::Plain || type == Type::AsFound;
        case Volumes::Tcrypt: break;
    }
    return type == Type::Tcrypt;
}

bool names_a_type(const Entry& entry) {
    return std::ranges::any_of(entry.options, [](const Option& option) {
        return option.row != nullptr && !option.row->implies.empty();
    });
}

// Reports an option that belongs to another kind of volume.
void check_volumes(Checker& on, const Option& option) {
    const OptionRow& row = *option.row;
    if (counts_for(row, on.volume.type, on.reader)) return;
    const std::string type(name_of(on.volume.type));
    const bool of_type = row.topic == Topic::Kind;
    if (on.systemd() && row.volumes == Volumes::Plain && !names_a_type(on.entry)) {
        on.add(option.column, Severity::Error, "plain-is-missing",
               N_("'%s' has no effect: without the option plain the volume is treated as LUKS"),
               option.name.c_str())
            .suggestion = "plain";
    } else if (!on.systemd() && of_type) {
        on.add(option.column, Severity::Error, "tcrypt-is-missing",
               N_("'%s' has no effect without the option tcrypt"), option.name.c_str())
            .suggestion = "tcrypt";
    } else if (!of_type) {
        on.add(option.column, Severity::Warning, "no-effect", N_("'%s' has no effect on type %s"),
               option.name.c_str(), type.c_str());
    }
}

// Checks that only one type (luks, plain ...) is given.
void check_types(Checker& on) {
    std::string_view first;
    for (const Option& option : on.entry.options) {
        if (option.row == nullptr || option.row->implies.empty()) continue;
        const bool explicit_type = option.row->implies == option.row->name;
        // Only systemd derives a type from other options; for Debian swap and tmp fit any plain volume.
        if (!explicit_type && !on.systemd()) continue;
        const std::string_view type = option.row->implies;
        if (option.row->name == "header" && first == "tcrypt") continue;
        if (!first.empty() && type != first)
            on.add(option.column, Severity::Error, "contradiction",
                   N_("'%s' makes the type %s, and an earlier option makes it %s"),
                   option.name.c_str(), std::string(type).c_str(), std::string(first).c_str());
        if (first.empty()) first = type;
    }
}

void check_no_type(Checker& on) {
    // An option that ends in a carriage return may be meant as a type.
    if (on.systemd() || on.line.words.size() < 3 || on.line.carriage_return ||
        names_a_type(on.entry))
        return;
    const auto end = static_cast<std::uint32_t>(on.line.text.size() + 1);
    const bool plain = on.volume.key == KeyKind::Random || !on.volume.cipher.empty() ||
                       !on.volume.hash.empty() || on.volume.key_bits;
    on.add(end, plain ? Severity::Warning : Severity::Note, "no-type",
           N_("no type given: the type is detected, or plain if no header is found"))
        .suggestion = plain ? "plain" : "luks";
}

// Only systemd lets swap and tmp imply plain.
void check_implied_plain(Checker& on) {
    if (on.systemd() || on.volume.type != Type::AsFound) return;
    for (const std::string_view name : {"swap", "tmp"})
        if (const Option* option = on.entry.find(name))
            on.add(option->column, Severity::Warning, "plain-not-implied",
                   N_("'%s' does not imply plain: the type is detected on the device"),
                   option->name.c_str())
                .suggestion = "plain";
}

void check_plain_defaults(Checker& on) {
    const Meaning& volume = on.volume;
    if (volume.type != Type::Plain || volume.key == KeyKind::Random) return;
    const bool asks = volume.key == KeyKind::Ask;
    const bool complete =
        !volume.cipher.empty() && volume.key_bits && (!asks || !volume.hash.empty());
    if (complete) return;
    const auto end = static_cast<std::uint32_t>(on.line.text.size() + 1);
    const char* suggestion = "cipher=aes-cbc-essiv:sha256,size=256,hash=ripemd160";
    if (on.systemd())
        on.add(end, Severity::Note, "plain-defaults",
               N_("plain without cipher, size and hash: aes-cbc-essiv:sha256, 256 bits, ripemd160"))
            .suggestion = suggestion;
    else
        on.add(end, Severity::Warning, "plain-defaults",
               N_("plain without cipher, size and hash: cryptsetup 2.6 takes aes-cbc-essiv:sha256 "
                  "and "
                  "ripemd160, 2.7 aes-xts-plain64 and sha256, which is another key"))
            .suggestion = suggestion;
}

// Checks what the key of a plain volume is, if hash= is given.
void check_hash(Checker& on) {
    const Option* hash = on.entry.find("hash");
    const Meaning& volume = on.volume;
    const bool plain = volume.type == Type::Plain || volume.type == Type::AsFound;
    if (hash == nullptr || !plain || volume.hash.empty()) return;
    if (std::string problem = hash_problem(volume); !problem.empty()) {
        const Severity severity = volume.type == Type::Plain ? Severity::Error : Severity::Warning;
        on.add_told(hash->value_column, severity, "unknown-hash", std::move(problem));
        return;
    }
    Meaning elsewhere = volume;
    elsewhere.reader = Readers::Systemd;
    if (volume.key != KeyKind::File || volume.hash == "plain" || !hash_problem(elsewhere).empty())
        return;
    // The output of a script is hashed, too.
    if (std::ranges::find(on.entry.options, "keyscript", &Option::name) != on.entry.options.end())
        return;
    // The suggestion depends on who made the volume: it keeps the key for Debian's scripts, but would change it for
    // systemd.
    if (on.systemd())
        on.add(hash->column, Severity::Warning, "hash-of-key-file",
               N_("the key file is hashed with %s; Debian's scripts take it as it is, which is "
                  "another key"),
               volume.hash.c_str());
    else
        on.add(
              hash->column, Severity::Warning, "hash-of-key-file",
              N_("the key file is taken as it is; systemd hashes it with %s, which is another key"),
              volume.hash.c_str())
            .suggestion = "hash=plain";
}

void check_fido2(Checker& on) {
    if (on.entry.find("fido2-cid") != nullptr) return;
    for (const std::string_view name : {"fido2-pin", "fido2-up", "fido2-uv"})
        if (const Option* option = on.entry.find(name))
            on.add(option->column, Severity::Warning, "no-effect",
                   N_("'%s' has no effect without fido2-cid"), option->name.c_str());
}

}  // namespace

void check_options(Checker& on) {
    std::set<std::string_view> seen;
    std::size_t rest = 0;
    for (std::size_t i = 0; i < on.entry.options.size(); i += rest + 1) {
        const Option& option = on.entry.options[i];
        rest = check_commas(on, i);
        if (option.row == nullptr) {
            check_unknown(on, option);
            continue;
        }
        if (rest == 0) check_value(on, option);
        check_volumes(on, option);
        if (!seen.insert(option.row->name).second && option.row->name != "tcrypt-keyfile")
            on.add(option.column, Severity::Warning, "repeated",
                   N_("'%s' is given twice: the last one counts"), option.name.c_str());
    }
}

void check_combination(Checker& on) {
    check_types(on);
    check_no_type(on);
    check_implied_plain(on);
    check_plain_defaults(on);
    check_hash(on);
    check_fido2(on);
}

}  // namespace latchkey::crypttab
