// SPDX-License-Identifier: LGPL-2.1-or-later
// Computes what a reader does with an entry, by the rules of systemd 252 and 257 and of cryptsetup 2.6 and 2.7 in
// Debian.
#include <algorithm>
#include <limits>

#include "crypttab/refusal.h"

namespace latchkey::crypttab {
namespace {

std::optional<Type> type_called(std::string_view name) {
    for (const Type type : {Type::Luks, Type::Plain, Type::Tcrypt, Type::Bitlk, Type::Fvault2})
        if (name_of(type) == name) return type;
    return std::nullopt;
}

// For systemd the last type counts, and options can imply a type.  For Debian the first one in a fixed order counts,
// and options imply none.
Type type_of(const Entry& entry) {
    if (entry.reader == Readers::Debian) {
        for (const Type type : {Type::Luks, Type::Tcrypt, Type::Plain, Type::Bitlk, Type::Fvault2})
            if (entry.find(name_of(type)) != nullptr) return type;
        return Type::AsFound;
    }
    Type type = Type::Luks;
    for (const Option& option : entry.options) {
        if (option.row == nullptr) continue;
        const auto named = type_called(option.row->implies);
        // A TrueCrypt volume may have a separate header, too.
        if (named && !(option.row->name == "header" && type == Type::Tcrypt)) type = *named;
    }
    return type;
}

void read_key(const Entry& entry, Meaning& volume) {
    const std::string& key = entry.key.text;
    const Option* script = entry.find("keyscript");
    if (script != nullptr) {
        volume.key = KeyKind::Script;
        volume.script = script->value.value_or("");
        volume.key_path = key;
        return;
    }
    const bool systemd = entry.reader == Readers::Systemd;
    const auto on_device = systemd ? path_on_device(key) : std::nullopt;
    if (key.empty() || key == "none" || (systemd && !key.starts_with('/') && !on_device)) return;
    if (!systemd && key == "-") {
        volume.key = KeyKind::StandardInput;
        return;
    }
    volume.key = is_random_device(key) ? KeyKind::Random : KeyKind::File;
    volume.key_path = key;
    if (on_device) {
        volume.key = KeyKind::FileOnDevice;
        volume.key_path = on_device->path;
        volume.key_device = on_device->device;
    }
}

void read_tokens(const Entry& entry, Meaning& volume) {
    if (entry.find("tpm2-device") != nullptr) volume.tokens.emplace_back("tpm2");
    if (entry.find("fido2-device") != nullptr || entry.find("fido2-cid") != nullptr)
        volume.tokens.emplace_back("fido2");
    if (entry.find("pkcs11-uri") != nullptr) volume.tokens.emplace_back("pkcs11");
}

std::optional<std::uint64_t> number_in(const Entry& entry, std::string_view name) {
    const Option* option = entry.find(name);
    if (option == nullptr || !option->value) return std::nullopt;
    const std::uint64_t most = entry.reader == Readers::Systemd ? option->row->most : UINT64_MAX;
    return number_of(*option->value, entry.reader, most);
}

std::string text_in(const Entry& entry, std::string_view name) {
    const Option* option = entry.find(name);
    return option == nullptr ? std::string() : option->value.value_or("");
}

bool is_on(const Entry& entry, std::string_view name) {
    const Option* option = entry.find(name);
    if (option == nullptr) return false;
    // Debian's scripts ignore the value of a flag; to systemd a flag with a value is unknown.
    return option->row->value == ValueKind::Flag || !option->value ||
           yes_or_no(*option->value).value_or(false);
}

// Returns whether the later of two options that undo each other is `yes`.
bool last_is(const Entry& entry, std::string_view yes, std::string_view no) {
    bool on = false;
    for (const Option& option : entry.options) {
        if (option.row == nullptr) continue;
        if (option.row->name == yes) on = true;
        if (option.row->name == no) on = false;
    }
    return on;
}

// Applies systemd's reading of values that it warns about or silently accepts.
void read_as_systemd(Meaning& volume) {
    if (!volume.cipher.empty() && volume.cipher.find('-') == std::string::npos)
        volume.cipher += "-plain";
    if (volume.key_bits == 0) volume.key_bits.reset();
    // systemd reports that it ignores such a size, but takes it as bytes; it is below 2^32.
    if (volume.key_bits && *volume.key_bits % 8 != 0) *volume.key_bits *= 8;
    if (volume.sector_size == 0) volume.sector_size.reset();
}

void read_cipher(const Entry& entry, Meaning& volume) {
    volume.cipher = text_in(entry, "cipher");
    volume.hash = text_in(entry, "hash");
    volume.key_bits = number_in(entry, "size");
    volume.offset_sectors = number_in(entry, "offset");
    volume.skip_sectors = number_in(entry, "skip");
    volume.sector_size = number_in(entry, "sector-size");
    if (volume.reader == Readers::Systemd) read_as_systemd(volume);
    volume.key_slot = number_in(entry, "key-slot");
    volume.keyfile_offset_bytes = number_in(entry, "keyfile-offset");
    volume.keyfile_size_bytes = number_in(entry, "keyfile-size");
    volume.header = text_in(entry, "header");
    if (volume.reader == Readers::Debian) return;
    if (const auto parts = path_on_device(volume.header)) {
        volume.header = parts->path;
        volume.header_device = parts->device;
    }
}

void read_use(const Entry& entry, Meaning& volume) {
    volume.read_only = is_on(entry, "readonly");
    volume.discard = is_on(entry, "discard");
    volume.same_cpu_crypt = is_on(entry, "same-cpu-crypt");
    volume.submit_from_crypt_cpus = is_on(entry, "submit-from-crypt-cpus");
    volume.no_read_workqueue = is_on(entry, "no-read-workqueue");
    volume.no_write_workqueue = is_on(entry, "no-write-workqueue");
    volume.link_volume_key = text_in(entry, "link-volume-key");
    volume.no_auto = last_is(entry, "noauto", "auto");
    volume.no_fail = last_is(entry, "nofail", "fail");
    volume.net_dev = is_on(entry, "_netdev");
    volume.initramfs = is_on(entry, "initramfs");
    volume.no_early = is_on(entry, "noearly");
    volume.headless = is_on(entry, "headless");
    volume.swap = is_on(entry, "swap");
    // For an empty "tmp=" systemd makes no file system, and Debian's scripts skip the line.
    if (const Option* tmp = entry.find("tmp")) volume.tmp = tmp->value.value_or("ext4");
    if (entry.find("check") != nullptr) volume.check = text_in(entry, "check");
    if (entry.find("check") != nullptr && volume.check.empty()) volume.check = "blkid";
    volume.check_argument = text_in(entry, "checkargs");
}

std::uint64_t seconds_in(const Entry& entry, std::string_view name) {
    const std::string text = text_in(entry, name);
    return is_duration(text) ? seconds_of(text) : 0;
}

void read_asking(const Entry& entry, Meaning& volume) {
    volume.timeout = text_in(entry, "timeout");
    if (!is_duration(volume.timeout)) volume.timeout.clear();
    volume.timeout_seconds = seconds_in(entry, "timeout");
    volume.device_timeout_seconds = seconds_in(entry, "x-systemd.device-timeout");
    volume.keyfile_timeout_seconds = seconds_in(entry, "keyfile-timeout");
    volume.verify = is_on(entry, "verify");
    volume.try_empty_password = is_on(entry, "try-empty-password");
    volume.password_echo = text_in(entry, "password-echo");
    if (const auto shown = yes_or_no(volume.password_echo))
        volume.password_echo = *shown ? "yes" : "no";
    volume.keyfile_erase = is_on(entry, "keyfile-erase");
}

}  // namespace

Meaning meaning(const Entry& entry) {
    Meaning volume{.reader = entry.reader, .line = entry.line};
    volume.name = entry.name.text;
    volume.source = without_quotes(entry.source.text);
    volume.type = type_of(entry);
    read_key(entry, volume);
    read_tokens(entry, volume);
    read_cipher(entry, volume);
    read_use(entry, volume);
    read_asking(entry, volume);
    if (const auto tries = number_in(entry, "tries"))
        volume.tries = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(*tries, std::numeric_limits<std::uint32_t>::max()));
    // Debian's scripts ask nothing after a key file has failed, so there is only one try.
    if (entry.reader == Readers::Debian && volume.key != KeyKind::Ask &&
        volume.key != KeyKind::Script)
        volume.tries = 1;
    volume.refusal = refusal_of(entry, volume);
    volume.skipped = !volume.refusal.empty();
    return volume;
}

bool hashes_key_file(const Meaning& volume, bool found) {
    if (volume.reader == Readers::Debian || volume.hash == "plain") return false;
    return found || !volume.hash.empty();
}

}  // namespace latchkey::crypttab
