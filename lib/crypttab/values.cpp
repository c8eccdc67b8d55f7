// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypttab/values.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "base/i18n.h"
#include "latchkey/ascii.h"
#include "latchkey/number.h"

namespace latchkey::crypttab {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::uint64_t kPcrs = 24;

struct Unit {
    std::string_view name;
    double seconds;
};
constexpr Unit kUnits[] = {
    {"", 1},
    {"s", 1},
    {"sec", 1},
    {"second", 1},
    {"seconds", 1},
    {"m", 60},
    {"min", 60},
    {"minute", 60},
    {"minutes", 60},
    {"h", 3600},
    {"hr", 3600},
    {"hour", 3600},
    {"hours", 3600},
    {"d", 86400},
    {"day", 86400},
    {"days", 86400},
    {"w", 604800},
    {"week", 604800},
    {"weeks", 604800},
    {"M", 2629800},
    {"month", 2629800},
    {"months", 2629800},
    {"y", 31557600},
    {"year", 31557600},
    {"years", 31557600},
    {"ms", 1e-3},
    {"msec", 1e-3},
    {"us", 1e-6},
    {"usec", 1e-6},
    {"ns", 1e-9},
    {"nsec", 1e-9},
};

// Returns seconds, or nothing if the text is not a duration.  "infinity" is 0, which also waits for ever.
std::optional<double> duration_of(std::string_view text) {
    if (text == "infinity") return 0;
    if (text.empty()) return std::nullopt;
    double all = 0;
    while (!text.empty()) {
        const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
        const std::string_view number = text.substr(0, digits);
        if (number.empty() || number == "." || std::ranges::count(number, '.') > 1)
            return std::nullopt;
        double value = 0;
        const auto [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), value);
        if (error != std::errc()) return std::nullopt;
        text.remove_prefix(digits);
        const std::size_t letters = std::min(text.find_first_of(kDigits), text.size());
        const auto unit = std::ranges::find(kUnits, text.substr(0, letters), &Unit::name);
        if (unit == std::end(kUnits)) return std::nullopt;
        text.remove_prefix(letters);
        all += value * unit->seconds;
    }
    return all;
}

// At most two '=' may pad the last four characters.
bool is_base64(std::string_view text) {
    const auto is_letter = [](char c) { return is_letter_or_digit(c) || c == '+' || c == '/'; };
    if (text.size() % 4 != 0) return false;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return std::ranges::all_of(text, is_letter);
}

// RFC 7512: the text after "pkcs11:" is not empty and contains nothing that a URI must encode.
bool is_pkcs11_uri(std::string_view text) {
    constexpr std::string_view kScheme = "pkcs11:";
    constexpr std::string_view kMarks = "%;-._~:[]@!$'()*+,=?&/|";
    if (!text.starts_with(kScheme) || text.size() == kScheme.size()) return false;
    return std::ranges::all_of(text.substr(kScheme.size()), [&](char c) {
        return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
    });
}

// Accepts "0+7", or names as of systemd 255; each may have ":HASH".
bool is_pcrs(std::string_view text) {
    while (true) {
        const std::size_t end = std::min(text.find_first_of("+,"), text.size());
        const std::string_view pcr = text.substr(0, std::min(text.find(':'), end));
        if (pcr.empty()) return false;
        const auto number = number_of(pcr, Readers::Debian);
        if (pcr.find_first_not_of(kDigits) == std::string_view::npos &&
            (!number || *number >= kPcrs))
            return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

bool is_choice(std::string_view choices, std::string_view value) {
    while (!choices.empty()) {
        const std::size_t end = std::min(choices.find('|'), choices.size());
        if (choices.substr(0, end) == value) return true;
        choices.remove_prefix(std::min(end + 1, choices.size()));
    }
    return yes_or_no(value).has_value();
}

bool is_octal_digit(char c) {
    return c >= '0' && c <= '7';
}

struct Base {
    int base;
    std::size_t prefix;  // letters before the digits
};
Base base_of(std::string_view text) {
    if (text.size() < 2 || text.front() != '0') return {10, 0};
    switch (text[1]) {
        case 'x':
        case 'X': return {16, 2};
        case 'b':
        case 'B': return {2, 2};
        case 'o':
        case 'O': return {8, 2};
        default: break;
    }
    return {8, 1};
}

// Debian's init script does arithmetic with the value, and a shell reads a leading 0 as octal.
bool breaks_the_shell(std::string_view name, std::string_view value) {
    return name == "offset" && value.size() > 1 && value.front() == '0' &&
           value.find_first_of("89") != std::string_view::npos;
}

// Replaces "//" and "/./" with one "/".
std::string plain_path(std::string_view path) {
    std::string plain;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/', 1), path.size());
        const std::string_view part = path.substr(0, end);
        if (part != "/" && part != "/.") plain += part;
        path.remove_prefix(end);
    }
    return plain;
}

// Replaces "\x20" with " ": udev writes characters that a link's name cannot hold this way.
std::string without_udev_escapes(std::string_view text) {
    std::string decoded;
    while (!text.empty()) {
        unsigned code = 0;
        const bool escaped =
            text.size() >= 4 && text.starts_with("\\x") &&
            std::from_chars(text.data() + 2, text.data() + 4, code, 16).ptr == text.data() + 4;
        decoded += escaped ? static_cast<char>(code) : text.front();
        text.remove_prefix(escaped ? 4 : 1);
    }
    return decoded;
}

constexpr std::string_view kMapper = "/dev/mapper/";
constexpr std::string_view kMapperLink = "/dev/disk/by-id/dm-name-";

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view text, Readers reader, std::uint64_t most) {
    const bool systemd = reader == Readers::Systemd;
    const bool negative = systemd && text.starts_with('-');
    if (systemd && (text.starts_with('+') || negative)) text.remove_prefix(1);
    const Base base = systemd ? base_of(text) : Base{10, 0};
    text.remove_prefix(base.prefix);
    const auto value = parse_number(text, base.base);
    if (!value || *value > most || (negative && *value != 0)) return std::nullopt;
    return value;
}

bool is_sector_size(std::uint64_t bytes) {
    return bytes >= 512 && bytes <= 4096 && std::has_single_bit(bytes);
}

std::optional<bool> yes_or_no(std::string_view text) {
    constexpr std::string_view kYes[] = {"1", "yes", "y", "true", "t", "on"};
    constexpr std::string_view kNo[] = {"0", "no", "n", "false", "f", "off"};
    if (std::ranges::find(kYes, text) != std::end(kYes)) return true;
    if (std::ranges::find(kNo, text) != std::end(kNo)) return false;
    return std::nullopt;
}

bool is_duration(std::string_view text) {
    return duration_of(text).has_value();
}

std::uint64_t seconds_of(std::string_view duration) {
    constexpr double kMost = 4e9;  // more than a century counts as for ever
    const double seconds = std::min(duration_of(duration).value_or(0), kMost);
    const auto whole = static_cast<std::uint64_t>(seconds);
    return static_cast<double>(whole) < seconds ? whole + 1 : whole;
}

bool is_good(const OptionRow& row, const std::optional<std::string>& value, Readers reader) {
    if (row.value == ValueKind::OptionalText) return !value || !value->empty();
    if (row.value == ValueKind::AnyText) return value.has_value() || reader == Readers::Debian;
    if (row.value == ValueKind::Flag || row.value == ValueKind::Switch)
        return !value || (row.value == ValueKind::Switch && yes_or_no(*value));
    if (!value) return false;
    // systemd accepts these as empty lists.
    if (value->empty() && (row.value == ValueKind::Base64 || row.value == ValueKind::Pcrs))
        return true;
    if (value->empty()) return false;
    const auto number =
        number_of(*value, reader, reader == Readers::Systemd ? row.most : UINT64_MAX);
    switch (row.value) {
        case ValueKind::Number:
            return number && !(reader == Readers::Debian && breaks_the_shell(row.name, *value));
        case ValueKind::KeyBits: return number && *number > 0 && *number % 8 == 0;
        case ValueKind::SectorBytes: return number && is_sector_size(*number);
        case ValueKind::YesNo: return yes_or_no(*value).has_value();
        case ValueKind::Choice: return is_choice(row.choices, *value);
        case ValueKind::Duration: return is_duration(*value);
        case ValueKind::AbsolutePath:
            return reader == Readers::Debian || value->starts_with('/') ||
                   (row.name == "header" && path_on_device(*value));
        case ValueKind::AutoOrPath: return *value == "auto" || value->starts_with('/');
        case ValueKind::Base64: return is_base64(*value);
        case ValueKind::Pcrs: return is_pcrs(*value);
        case ValueKind::YesNoOrPcr: return yes_or_no(*value) || (number && *number < kPcrs);
        case ValueKind::Pkcs11: return *value == "auto" || is_pkcs11_uri(*value);
        case ValueKind::KeyringKey: return value->find("::") != std::string::npos;
        case ValueKind::Text:
        case ValueKind::Path:
        case ValueKind::Flag:
        case ValueKind::OptionalText:
        case ValueKind::AnyText:
        case ValueKind::Switch: break;
    }
    return true;
}

Fate fate_of(const OptionRow& row, const std::optional<std::string>& value, Readers reader) {
    if (is_good(row, value, reader)) return Fate::Good;
    const std::uint64_t most = reader == Readers::Systemd ? row.most : UINT64_MAX;
    const bool number = value && number_of(*value, reader, most).value_or(0) > 0;
    // The value is passed to cryptsetup, which refuses it if it matters.
    const bool passed_on =
        (row.value == ValueKind::KeyBits || row.value == ValueKind::SectorBytes) && number;
    if (reader == Readers::Debian)
        return row.value == ValueKind::Flag || passed_on ? Fate::Useless : Fate::Refused;
    if (row.bad_value_fails) return Fate::Refused;
    const bool silent = row.value == ValueKind::Text || row.value == ValueKind::AutoOrPath ||
                        row.value == ValueKind::OptionalText;
    return silent || passed_on ? Fate::Useless : Fate::Ignored;
}

const char* wanted(const OptionRow& row, Readers reader) {
    switch (row.value) {
        case ValueKind::Flag: return translate(N_("no value"));
        case ValueKind::Text:
        case ValueKind::AnyText:
        case ValueKind::OptionalText: return translate(N_("a value"));
        case ValueKind::Number: return translate(N_("a number"));
        case ValueKind::KeyBits: return translate(N_("bits, a multiple of 8"));
        case ValueKind::SectorBytes: return translate(N_("512, 1024, 2048 or 4096"));
        case ValueKind::Switch:
        case ValueKind::YesNo: return translate(N_("yes or no"));
        case ValueKind::Choice: return row.choices.data();
        case ValueKind::Duration: return translate(N_("seconds, or a duration such as 1min30s"));
        case ValueKind::AbsolutePath:
            return reader == Readers::Debian ? translate(N_("a path"))
                                             : translate(N_("an absolute path"));
        case ValueKind::Path: return translate(N_("a path"));
        case ValueKind::AutoOrPath: return translate(N_("auto or an absolute path"));
        case ValueKind::Base64: return translate(N_("base64"));
        case ValueKind::Pcrs: return translate(N_("numbers of PCRs, such as 0+7"));
        case ValueKind::YesNoOrPcr: return translate(N_("yes, no or the number of a PCR"));
        case ValueKind::Pkcs11: return translate(N_("auto or a URI that begins with pkcs11:"));
        case ValueKind::KeyringKey: break;
    }
    return "KEYRING::DESCRIPTION";
}

const char* words_for(Type type) {
    switch (type) {
        case Type::Luks: return translate(N_("LUKS"));
        case Type::Plain: return translate(N_("plain dm-crypt"));
        case Type::Tcrypt: return translate(N_("TrueCrypt or VeraCrypt"));
        case Type::Bitlk: return translate(N_("BitLocker"));
        case Type::Fvault2: return translate(N_("FileVault2"));
        case Type::AsFound: break;
    }
    return translate(N_("what its header says, or plain dm-crypt if it has none"));
}

bool asks_beside_the_boot(const Meaning& volume) {
    return volume.no_fail && !volume.no_auto && !volume.headless && volume.key == KeyKind::Ask &&
           volume.tokens.empty();
}

std::string without_octal(std::string_view text) {
    std::string decoded;
    while (!text.empty()) {
        if (!text.starts_with("\\0")) {
            decoded += text.front();
            text.remove_prefix(1);
            continue;
        }
        text.remove_prefix(2);
        unsigned code = 0;
        for (int i = 0; i < 3 && !text.empty() && is_octal_digit(text.front()); ++i) {
            code = code * 8 + static_cast<unsigned>(text.front() - '0');
            text.remove_prefix(1);
        }
        // A shell variable cannot hold NUL, and a byte has only 8 bits.
        if ((code & 0xff) != 0) decoded += static_cast<char>(code & 0xff);
    }
    return decoded;
}

std::string mapping_named(std::string_view path) {
    const std::string plain = plain_path(path);
    const std::string_view text(plain);
    if (text.starts_with(kMapperLink)) return without_udev_escapes(text.substr(kMapperLink.size()));
    if (!text.starts_with(kMapper)) return {};
    std::string name(text.substr(kMapper.size()));
    return name.find('/') == std::string::npos ? name : std::string();
}

std::vector<std::string> needed_mappings(const Meaning& volume) {
    std::vector<std::string> names;
    for (const std::string* path : {&volume.source, &volume.header, &volume.header_device,
                                    &volume.key_path, &volume.key_device})
        names.push_back(mapping_named(*path));
    // Debian's script takes the key from the mapping that its argument names.
    if (volume.script.ends_with("decrypt_derived")) names.push_back(volume.key_path);
    std::erase(names, std::string());
    return names;
}

std::string device_name(std::string_view source) {
    const std::string mapping = mapping_named(source);
    if (!mapping.empty()) return std::string(kMapper) + mapping;
    const std::string_view tag = tag_of(source);
    if (tag.empty()) return plain_path(source);
    const std::string folder = "/dev/disk/by-" + lower_case(tag.substr(0, tag.size() - 1));
    return folder + "/" + std::string(source.substr(tag.size()));
}

bool is_random_device(std::string_view path) {
    return path == "/dev/urandom" || path == "/dev/random" || path == "/dev/hwrng" ||
           path == "/dev/hw_random";
}

std::string_view tag_of(std::string_view source) {
    for (const std::string_view tag : {"UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="})
        if (source.starts_with(tag)) return tag;
    return {};
}

std::string without_quotes(std::string_view source) {
    const std::string_view tag = tag_of(source);
    const std::string_view value = source.substr(tag.size());
    const bool quoted = !tag.empty() && value.size() >= 2 && value.front() == value.back() &&
                        (value.front() == '"' || value.front() == '\'');
    return std::string(tag) + std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

std::string udev_link(std::string_view source) {
    constexpr std::string_view kKept = "#+-.:=@_/\\";
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string link;
    for (const char c : device_name(source)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || is_letter_or_digit(c) || kKept.find(c) != std::string_view::npos)
            link += c;
        else
            link.append("\\x").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
    }
    return link;
}

std::optional<PathOnDevice> path_on_device(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view device = text.substr(colon + 1);
    if (!device.starts_with('/') && tag_of(device).empty()) return std::nullopt;
    return PathOnDevice{std::string(text.substr(0, colon)), without_quotes(device)};
}

std::optional<PassDev> passdev_of(std::string_view argument) {
    const std::size_t first = argument.find(':');
    if (first == std::string_view::npos || !argument.starts_with("/dev/")) return std::nullopt;
    const std::string_view rest = argument.substr(first + 1);
    const std::size_t second = std::min(rest.find(':'), rest.size());
    const std::string path(rest.substr(0, second));
    PassDev found{
        {path.starts_with('/') ? path : "/" + path, std::string(argument.substr(0, first))},
        std::string(rest.substr(std::min(second + 1, rest.size())))};
    return found;
}

}  // namespace latchkey::crypttab
