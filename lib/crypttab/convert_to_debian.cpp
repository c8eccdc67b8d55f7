// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts systemd's lines to Debian's syntax.
#include <algorithm>

#include "base/strprintf.h"
#include "crypttab/converter.h"

namespace latchkey::crypttab {
namespace {

std::string with_octal(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (c == ',' || c == '\\')
            encoded += strprintf("\\0%02o", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            encoded += c;
    }
    return encoded;
}

// Writes a field, where a comma needs no escape.
std::string field(std::string_view text) {
    std::string encoded;
    for (const char c : text) encoded += c == '\\' ? "\\0134" : std::string(1, c);
    return encoded;
}

std::string device_path(std::string_view device) {
    const std::string_view tag = tag_of(device);
    const std::string value(device.substr(tag.size()));
    if (tag == "UUID=") return "/dev/disk/by-uuid/" + value;
    if (tag == "LABEL=") return "/dev/disk/by-label/" + value;
    if (tag == "PARTUUID=") return "/dev/disk/by-partuuid/" + value;
    if (tag == "PARTLABEL=") return "/dev/disk/by-partlabel/" + value;
    return std::string(device);
}

// Debian's scripts hash all that a key script prints and ignore keyfile-offset=.
void keep_hashed_key(Converter& line) {
    const Meaning& volume = line.volume;
    if (volume.type != Type::Plain) return;
    if (volume.keyfile_offset_bytes.value_or(0) != 0) {
        line.left_out = true;
        line.tell(line.entry.key.column, true,
                  N_("Debian's scripts cannot leave bytes of such a key file out: the line becomes "
                     "a comment"));
    } else if (hashes_key_file(volume)) {
        line.tell(line.entry.key.column, true,
                  N_("systemd hashes no more than %llu bytes of the key file, Debian's scripts all "
                     "of it"),
                  static_cast<unsigned long long>(volume.key_bits.value_or(256) / 8));
    }
}

void convert_key_for_debian(Converter& line) {
    const Word& key = line.entry.key;
    const Meaning& volume = line.volume;
    line.key = "none";
    switch (volume.key) {
        case KeyKind::Ask:
        case KeyKind::Script:
        case KeyKind::StandardInput:
            if (!key.text.empty() && key.text != "none" && key.text != "-")
                line.tell(key.column, false, N_("systemd ignored the key file '%s': none"),
                          key.text.c_str());
            line.tell_once(key.column,
                           N_("Debian's scripts do not look for /etc/cryptsetup-keys.d/NAME.key"));
            return;
        case KeyKind::FileOnDevice: {
            const std::string device = device_path(volume.key_device);
            if ((device + volume.key_path).find(':') != std::string::npos) {
                line.left_out = true;
                line.tell(key.column, true,
                          N_("passdev reads the ':' in '%s' as the end of the path: the line "
                             "becomes a comment"),
                          key.text.c_str());
                return;
            }
            line.key = field(device + ":" + volume.key_path);
            if (const Option* timeout = line.entry.find("keyfile-timeout"))
                line.key += strprintf(":%llu", static_cast<unsigned long long>(
                                                   seconds_of(timeout->value.value_or(""))));
            line.add("keyscript=passdev");
            keep_hashed_key(line);
            return;
        }
        case KeyKind::File:
            if (volume.type == Type::Plain && hashes_key_file(volume)) {
                line.add("keyscript=/bin/cat");
                keep_hashed_key(line);
                break;
            }
            line.tell(key.column, false,
                      N_("when the key file does not fit, Debian's scripts do not ask"));
            break;
        case KeyKind::Random:
            if (volume.type != Type::Plain)
                line.tell(key.column, true, N_("Debian's scripts refuse a random key for type %s"),
                          std::string(name_of(volume.type)).c_str());
            break;
    }
    line.key = field(volume.key_path);
}

std::string cipher_option(const Meaning& volume) {
    if (volume.cipher.empty()) return "cipher=aes-cbc-essiv:sha256";
    return "cipher=" + with_octal(volume.cipher);
}

std::string size_option(const Meaning& volume) {
    return strprintf("size=%llu", static_cast<unsigned long long>(volume.key_bits.value_or(256)));
}

// Debian's cryptsetup has other defaults, which change with its version, so the defaults are written out.
void add_plain_defaults(Converter& line) {
    line.add(cipher_option(line.volume));
    line.add(size_option(line.volume));
    if (line.volume.hash.empty() && line.volume.key == KeyKind::Ask) line.add("hash=ripemd160");
    if (line.volume.hash.empty() && line.volume.key == KeyKind::FileOnDevice)
        line.add("hash=plain");
}

// Writes cipher and size as systemd understands them: a bare cipher gets a mode, and an odd size is in bytes.
bool convert_plain(Converter& line, const Option& option) {
    if (line.volume.type != Type::Plain) return false;
    if (option.row->name == "cipher") line.add(cipher_option(line.volume));
    if (option.row->name == "size") line.add(size_option(line.volume));
    return option.row->name == "cipher" || option.row->name == "size";
}

// Handles options that undo each other or only affect waiting, which have no equivalent for Debian.
bool is_settled(Converter& line, const Option& option) {
    const std::string_view name = option.row->name;
    if (name == "auto" || name == "fail" || name == "noauto") {
        if (name == "noauto" && line.volume.no_auto) line.add("noauto");
        return true;
    }
    if (convert_plain(line, option)) return true;
    if (name == "keyfile-timeout") return line.volume.key == KeyKind::FileOnDevice;
    if (name == "x-initrd.attach") {
        line.add("initramfs");
        line.tell(option.column, false, N_("'x-initrd.attach' becomes initramfs"));
        return true;
    }
    if (name == "nofail") {
        line.tell(option.column, false,
                  N_("Debian's scripts go on without a volume anyway: nofail"));
        return true;
    }
    return false;
}

void convert_option_for_debian(Converter& line, const Option& option) {
    if (option.written.empty()) return;
    if (option.row == nullptr) {
        if (is_for_others(option)) {
            line.add(option.written);
            return;
        }
        if (!is_kept_for(option, Readers::Debian)) {
            line.tell(option.column, false,
                      find_option(option.name, Readers::Both) == nullptr
                          ? N_("'%s' is not an option and is left out")
                          : N_("'%s' had no effect with systemd and is left out"),
                      option.written.c_str());
            return;
        }
        // In a file that both read, this option was meant for Debian.
        line.add(option.written);
        line.tell(option.column, false, N_("'%s' had no effect with systemd and is kept"),
                  option.written.c_str());
        return;
    }
    const OptionRow& row = *option.row;
    if (is_settled(line, option)) return;
    if (!has(row.readers, Readers::Debian)) {
        line.tell(option.column, row.elsewhere != Severity::Note,
                  N_("Debian's scripts have no '%s'"), option.written.c_str());
        return;
    }
    if (!is_good(row, option.value, Readers::Systemd) ||
        !is_good(row, value_for_both(option, Readers::Systemd), Readers::Debian)) {
        line.tell(option.column, row.bad_value_fails,
                  N_("'%s' has a value that Debian's scripts refuse"), option.written.c_str());
        return;
    }
    if (row.name == "header" && !line.volume.header_device.empty())
        line.tell(option.column, true, N_("Debian's scripts mount no device for '%s'"),
                  option.written.c_str());
    if (row.name == "tries" && line.volume.key != KeyKind::Ask) {
        line.tell(option.column, false, N_("Debian's scripts try a key file once: '%s'"),
                  option.written.c_str());
        return;
    }
    if (!row.debian_since.empty())
        line.tell(option.column, false, N_("'%s' is known since cryptsetup %s"),
                  option.written.c_str(), std::string(row.debian_since).c_str());
    // Uses Debian's spelling.
    const bool known = find_option(option.name, Readers::Debian) != nullptr;
    const std::string name = known ? option.name : std::string(row.name);
    const auto value = value_for_both(option, Readers::Systemd);
    line.add(value ? name + "=" + with_octal(*value) : name);
}

}  // namespace

void to_debian(Converter& line) {
    const Meaning& volume = line.volume;
    line.name = field(line.entry.name.text);
    line.source = field(line.entry.source.text);
    if (!line.entry.dropped.empty())
        line.tell(line.entry.dropped.front().column, false,
                  N_("systemd did not read '%s' and what follows: left out"),
                  line.entry.dropped.front().text.c_str());
    const std::string type(name_of(volume.type));
    if (line.entry.find(type) == nullptr) line.add(type);
    for (const Option& option : line.entry.options) convert_option_for_debian(line, option);
    if (volume.type == Type::Plain) add_plain_defaults(line);
    convert_key_for_debian(line);
}

}  // namespace latchkey::crypttab
