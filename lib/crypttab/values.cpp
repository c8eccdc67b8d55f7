// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypttab/values.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "base/i18n.h"

namespace latchkey::crypttab {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::uint64_t kPcrs = 24;

struct Unit {
    std::string_view name;
    double seconds;
};
constexpr Unit kUnits[] = {
    {"", 1},         {"s", 1},          {"sec", 1},        {"second", 1},     {"seconds", 1},
    {"m", 60},       {"min", 60},       {"minute", 60},    {"minutes", 60},   {"h", 3600},
    {"hr", 3600},    {"hour", 3600},    {"hours", 3600},   {"d", 86400},      {"day", 86400},
    {"days", 86400}, {"w", 604800},     {"week", 604800},  {"weeks", 604800}, {"M", 2629800},
    {"month", 2629800}, {"months", 2629800}, {"y", 31557600}, {"year", 31557600}, {"years", 31557600},
    {"ms", 1e-3},    {"msec", 1e-3},    {"us", 1e-6},      {"usec", 1e-6},    {"ns", 1e-9},
    {"nsec", 1e-9},
};

// Seconds, or nothing if it is none.  "infinity" is 0, which waits for ever too.
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

bool is_base64(std::string_view text) {
    const auto is_letter = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/' || c == '=';
    };
    return !text.empty() && text.size() % 4 == 0 && std::ranges::all_of(text, is_letter);
}

// "0+7", or names as of systemd 255; each may have ":HASH".
bool is_pcrs(std::string_view text) {
    while (true) {
        const std::size_t end = std::min(text.find_first_of("+,"), text.size());
        const std::string_view pcr = text.substr(0, std::min(text.find(':'), end));
        if (pcr.empty()) return false;
        const auto number = number_of(pcr);
        if (pcr.find_first_not_of(kDigits) == std::string_view::npos && (!number || *number >= kPcrs))
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

bool is_sector_size(std::optional<std::uint64_t> bytes) {
    return bytes && *bytes >= 512 && *bytes <= 4096 && std::has_single_bit(*bytes);
}

bool is_octal_digit(char c) { return c >= '0' && c <= '7'; }

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<bool> yes_or_no(std::string_view text) {
    constexpr std::string_view kYes[] = {"1", "yes", "y", "true", "t", "on"};
    constexpr std::string_view kNo[] = {"0", "no", "n", "false", "f", "off"};
    if (std::ranges::find(kYes, text) != std::end(kYes)) return true;
    if (std::ranges::find(kNo, text) != std::end(kNo)) return false;
    return std::nullopt;
}

bool is_duration(std::string_view text) { return duration_of(text).has_value(); }

std::uint64_t seconds_of(std::string_view duration) {
    constexpr double kMost = 4e9;  // more than a century is for ever
    const double seconds = std::min(duration_of(duration).value_or(0), kMost);
    const auto whole = static_cast<std::uint64_t>(seconds);
    return static_cast<double>(whole) < seconds ? whole + 1 : whole;
}

bool is_good(const OptionRow& row, const std::optional<std::string>& value, Readers reader) {
    if (row.value == ValueKind::OptionalText) return !value || !value->empty();
    if (row.value == ValueKind::Flag || row.value == ValueKind::Switch)
        return !value || (row.value == ValueKind::Switch && yes_or_no(*value));
    if (!value || value->empty()) return false;
    const auto number = number_of(*value);
    switch (row.value) {
        case ValueKind::Number: return number.has_value();
        case ValueKind::KeyBits: return number && *number > 0 && *number % 8 == 0;
        case ValueKind::SectorBytes: return is_sector_size(number);
        case ValueKind::YesNo: return yes_or_no(*value).has_value();
        case ValueKind::Choice: return is_choice(row.choices, *value);
        case ValueKind::Duration: return is_duration(*value);
        case ValueKind::AbsolutePath: return reader == Readers::Debian || value->starts_with('/');
        case ValueKind::AutoOrPath: return *value == "auto" || value->starts_with('/');
        case ValueKind::Base64: return is_base64(*value);
        case ValueKind::Pcrs: return is_pcrs(*value);
        case ValueKind::YesNoOrPcr: return yes_or_no(*value) || (number && *number < kPcrs);
        case ValueKind::Pkcs11: return *value == "auto" || value->starts_with("pkcs11:");
        case ValueKind::KeyringKey: return value->find("::") != std::string::npos;
        case ValueKind::Text:
        case ValueKind::Path:
        case ValueKind::Flag:
        case ValueKind::OptionalText:
        case ValueKind::Switch: break;
    }
    return true;
}

const char* wanted(const OptionRow& row, Readers reader) {
    switch (row.value) {
        case ValueKind::Flag: return translate(N_("no value"));
        case ValueKind::Text:
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
        // A shell's variable holds no NUL, and a byte no more than 8 bits.
        if ((code & 0xff) != 0) decoded += static_cast<char>(code & 0xff);
    }
    return decoded;
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

std::optional<PathOnDevice> path_on_device(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || !text.starts_with('/')) return std::nullopt;
    const std::string_view device = text.substr(colon + 1);
    if (!device.starts_with("/dev/") && tag_of(device).empty()) return std::nullopt;
    return PathOnDevice{std::string(text.substr(0, colon)), std::string(device)};
}

}  // namespace latchkey::crypttab
