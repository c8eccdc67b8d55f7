// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts Debian's lines to systemd's syntax.
#include <algorithm>

#include "crypttab/converter.h"

namespace latchkey::crypttab {
namespace {

// systemd cannot write a blank, except in the names of udev's links.
void convert_field(Converter& line, const Word& from, std::string& to) {
    to = from.text;
    if (to.find_first_of(" \t\n\r") == std::string::npos && !to.starts_with('#')) return;
    if (!tag_of(to).empty()) {
        to = udev_link(without_quotes(to));
        return;
    }
    line.left_out = true;
    line.tell(from.column, true, N_("systemd cannot write '%s': the line becomes a comment"),
              to.c_str());
}

std::string written(const std::string& name, const std::optional<std::string>& value) {
    if (!value) return name;
    std::string text = name + "=";
    for (const char c : *value) {
        if (c == ',') text += '\\';
        text += c;
    }
    return text;
}

bool is_plain(const Meaning& volume) {
    if (volume.type != Type::AsFound) return volume.type == Type::Plain;
    return volume.key == KeyKind::Random || !volume.cipher.empty() || volume.key_bits ||
           !volume.hash.empty() || volume.offset_sectors || volume.skip_sectors || volume.swap ||
           !volume.tmp.empty();
}

bool convert_passdev(Converter& line) {
    const auto found = passdev_of(line.entry.key.text);
    if (!found) return false;
    line.key = found->at.path + ":" + found->at.device;
    if (!found->seconds.empty()) line.add("keyfile-timeout=" + found->seconds);
    return true;
}

// If the script is /bin/cat, the file that it prints becomes the key file.  Debian's scripts hash all that a script
// prints for a plain volume.
bool convert_cat(Converter& line) {
    const Word& key = line.entry.key;
    if (!key.text.starts_with('/') || path_on_device(key.text)) return false;
    convert_field(line, key, line.key);
    const Meaning& volume = line.volume;
    if (!is_plain(volume)) return true;
    if (volume.hash.empty()) line.add("hash=" + std::string(line.cryptsetup.plain_hash));
    if (volume.hash != "plain")
        line.tell(key.column, true,
                  N_("Debian's scripts hash all of the key file, systemd no more than %llu bytes"),
                  static_cast<unsigned long long>(volume.key_bits.value_or(256) / 8));
    return true;
}

void convert_script(Converter& line) {
    const Option* option = line.entry.find("keyscript");
    const std::string& script = line.volume.script;
    const std::string_view base = std::string_view(script).substr(script.rfind('/') + 1);
    line.key = "none";
    if (base == "passdev" && convert_passdev(line)) return;
    if (base == "cat" && convert_cat(line)) return;
    if (base == "decrypt_keyctl") {
        line.tell(option->column, false, N_("systemd shares passphrases without decrypt_keyctl"));
        return;
    }
    line.tell(option->column, true,
              N_("systemd has no key scripts: it asks where '%s' gave the key"), script.c_str());
}

void convert_key_for_systemd(Converter& line) {
    const Word& key = line.entry.key;
    switch (line.volume.key) {
        case KeyKind::Ask: line.key = "none"; return;
        case KeyKind::Script: convert_script(line); return;
        case KeyKind::StandardInput:
            line.key = "none";
            line.tell(key.column, true, N_("the key came from standard input: systemd asks"));
            return;
        case KeyKind::File:
        case KeyKind::FileOnDevice:
        case KeyKind::Random: break;
    }
    convert_field(line, key, line.key);
    if (!key.text.starts_with('/'))
        line.tell(key.column, true, N_("systemd ignores the key file '%s', which is not absolute"),
                  key.text.c_str());
    if (path_on_device(key.text))
        line.tell(key.column, true, N_("systemd reads the end of '%s' as a device"),
                  key.text.c_str());
    if (line.volume.key == KeyKind::File)
        line.tell(key.column, false, N_("when the key file does not fit, systemd asks"));
}

std::string_view type_there(const Meaning& volume) {
    if (volume.type == Type::AsFound) return name_of(is_plain(volume) ? Type::Plain : Type::Luks);
    return name_of(volume.type);
}

// systemd has the defaults of cryptsetup 2.6 and earlier, whichever cryptsetup Debian's scripts call.
void write_defaults(Converter& line) {
    const Meaning& volume = line.volume;
    if (!is_plain(volume) || volume.key == KeyKind::Random) return;
    const bool is_hashed = volume.key != KeyKind::File;
    if (!volume.cipher.empty() && volume.key_bits && !(is_hashed && volume.hash.empty())) return;
    if (volume.cipher.empty()) line.add("cipher=" + std::string(line.cryptsetup.plain_cipher));
    if (!volume.key_bits) line.add("size=256");
    if (is_hashed && volume.hash.empty())
        line.add("hash=" + std::string(line.cryptsetup.plain_hash));
    line.tell(line.entry.source.column, false,
              N_("what the line leaves open is written as in cryptsetup %s"),
              std::string(line.cryptsetup.name).c_str());
}

// Without a type Debian's scripts look at the device, so the type that the line must mean is written out.
void convert_type(Converter& line) {
    const Meaning& volume = line.volume;
    const auto end = line.entry.source.column;
    if (volume.type == Type::AsFound) {
        const bool plain = is_plain(volume);
        line.add(std::string(type_there(volume)));
        if (plain && volume.key != KeyKind::Random)
            line.tell(end, true, N_("no type was given: the volume is treated as plain"));
        else if (!plain)
            line.tell(end, false, N_("no type was given: the volume is treated as LUKS"));
    }
}

void convert_unknown(Converter& line, const Option& option) {
    if (option.written.empty()) return;
    if (is_for_others(option)) return line.add(option.written);
    if (!is_kept_for(option, Readers::Systemd)) {
        line.tell(option.column, false,
                  find_option(option.name, Readers::Both) == nullptr
                      ? N_("'%s' is not an option and is left out")
                      : N_("'%s' had no effect with Debian's scripts and is left out"),
                  option.written.c_str());
        return;
    }
    // In a file that both read, this option was meant for systemd.
    line.add(option.written);
    line.tell(option.column, false, N_("'%s' had no effect with Debian's scripts and is kept"),
              option.written.c_str());
}

void convert_option_for_systemd(Converter& line, const Option& option) {
    const OptionRow* row = option.row;
    if (row == nullptr) return convert_unknown(line, option);
    if (row->name == "keyscript") return;
    if (row->name == "initramfs") {
        line.add("x-initrd.attach");
        line.tell(option.column, false, N_("'initramfs' becomes x-initrd.attach"));
        return;
    }
    if (!has(row->readers, Readers::Systemd)) {
        const bool matters = row->elsewhere != Severity::Note;
        line.tell(option.column, matters, N_("systemd has no '%s'"), option.written.c_str());
        return;
    }
    // systemd would derive another type from these options.
    const bool other_type = !row->implies.empty() && row->implies != type_there(line.volume);
    if (other_type && (row->name == "swap" || row->name == "tmp")) {
        line.tell(option.column, true, N_("systemd makes '%s' on plain volumes only"),
                  option.written.c_str());
        return;
    }
    if (row->name == "tmp" && line.volume.swap) {
        line.tell(option.column, true, N_("systemd refuses swap and tmp together: '%s'"),
                  option.written.c_str());
        return;
    }
    if (other_type) {
        line.tell(option.column, false,
                  N_("'%s' had no effect with Debian's scripts and is left out"),
                  option.written.c_str());
        return;
    }
    if (row->name == "header" && !option.value.value_or("").starts_with('/'))
        line.tell(option.column, true, N_("systemd needs an absolute path: '%s'"),
                  option.written.c_str());
    if (option.value && option.value->find_first_of(" \t\n\r") != std::string::npos) {
        line.tell(option.column, true, N_("systemd cannot write '%s'"), option.written.c_str());
        return;
    }
    const bool raw_key = line.volume.key == KeyKind::File || line.volume.key == KeyKind::Random;
    if (row->name == "hash" && raw_key && line.volume.hash != "plain" && is_plain(line.volume)) {
        line.tell(option.column, false,
                  N_("'%s' had no effect with a key file, and systemd would hash it: left out"),
                  option.written.c_str());
        return;
    }
    // Debian's scripts ignore the value of a flag.
    if (row->value == ValueKind::Flag || !option.value)
        line.add(option.name);
    else
        line.add(written(option.name, value_for_both(option, Readers::Debian)));
}

}  // namespace

void to_systemd(Converter& line) {
    convert_field(line, line.entry.name, line.name);
    convert_field(line, line.entry.source, line.source);
    convert_type(line);
    for (const Option& option : line.entry.options) convert_option_for_systemd(line, option);
    write_defaults(line);
    convert_key_for_systemd(line);
}

}  // namespace latchkey::crypttab
