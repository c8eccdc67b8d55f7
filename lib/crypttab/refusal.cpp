// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds lines that no reader opens, and why.  Only this file decides it: open, explain, convert, list, check and the
// mount(8) helpers call it.
#include "crypttab/refusal.h"

#include <algorithm>
#include <cstdarg>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "plain/hash_spec.h"

namespace latchkey::crypttab {
namespace {

constexpr std::size_t kMostNameBytes = 127;  // limit of device-mapper
constexpr std::string_view kWhileWorking =
    "_unformatted";  // Debian's suffix while a mapping is not finished
constexpr std::uint64_t kDefaultKeyBits = 256;

// `format` is marked N_ and translated here.
[[gnu::format(printf, 1, 2)]] std::string reason(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    std::string text = vstrprintf(translate(format), arguments);
    va_end(arguments);
    return text;
}

// Returns whether systemd accepts the empty value silently, but cannot make a plain mapping with it.
bool leaves_plain_without(const Entry& entry, const Meaning& volume, const Option& option) {
    const std::string_view name = option.row->name;
    return entry.reader == Readers::Systemd && volume.type == Type::Plain &&
           (name == "cipher" || name == "hash") && option.value.value_or("").empty();
}

std::string bad_values(const Entry& entry, const Meaning& volume) {
    for (const Option& option : entry.options) {
        if (option.row == nullptr) continue;
        if (fate_of(*option.row, option.value, entry.reader) == Fate::Refused ||
            leaves_plain_without(entry, volume, option))
            return bad_value(option, entry.reader);
    }
    return {};
}

// Returns why systemd or Debian's scripts never start to open the line.
std::string not_begun(const Entry& entry, const Meaning& volume) {
    if (volume.source.empty()) return reason(N_("the device is missing"));
    if (entry.reader == Readers::Systemd) return {};
    if (entry.unfinished) return reason(N_("the line has no newline at its end, and is not seen"));
    if (entry.key.text.empty())
        return reason(N_("the third field is missing, and the line is skipped"));
    return {};
}

// Returns whether the key is used as it is, without a hash.
bool ignores_hash(const Meaning& volume) {
    if (volume.hash.empty() || volume.hash == "plain") return true;
    return volume.reader == Readers::Debian &&
           (volume.key == KeyKind::File || volume.key == KeyKind::Random);
}

}  // namespace

std::string name_problem(const std::string& name, Readers reader) {
    if (name.find('/') != std::string::npos)
        return reader == Readers::Systemd
                   ? reason(N_("the name '%s' has a '/': its unit is made and fails"), name.c_str())
                   : reason(N_("the name '%s' has a '/'"), name.c_str());
    if (name == "." || name == ".." || name == "control" || name.empty())
        return reason(N_("no mapping can have the name '%s'"), name.c_str());
    const std::size_t most =
        reader == Readers::Systemd ? kMostNameBytes : kMostNameBytes - kWhileWorking.size();
    if (name.size() <= most) return {};
    return reason(N_("the name has %zu bytes, more than %zu"), name.size(), most);
}

std::string bad_value(const Option& option, Readers reader) {
    const char* format = reader == Readers::Systemd
                             ? N_("'%s' needs %s, not '%s': the unit fails")
                             : N_("'%s' needs %s, not '%s': the line is skipped");
    return strprintf(translate(format), option.name.c_str(), wanted(*option.row, reader),
                     option.value.value_or("").c_str());
}

std::string hash_problem(const Meaning& volume) {
    if (ignores_hash(volume)) return {};
    const auto hash =
        plain::parse_hash_spec(volume.hash, volume.key_bits.value_or(kDefaultKeyBits) / 8);
    if (hash) return {};
    return reason(N_("hash=%s is not a hash for such a key"), volume.hash.c_str());
}

std::string refusal_as_plain(const Meaning& volume) {
    // systemd has converted such a size to bytes.
    if (volume.key_bits && *volume.key_bits % 8 != 0)
        return reason(N_("size=%llu is not a multiple of 8"),
                      static_cast<unsigned long long>(*volume.key_bits));
    if (volume.sector_size && !is_sector_size(*volume.sector_size))
        return reason(N_("sector-size=%llu is not 512, 1024, 2048 or 4096"),
                      static_cast<unsigned long long>(*volume.sector_size));
    return hash_problem(volume);
}

std::string refusal(const Meaning& volume) {
    if (std::string problem = name_problem(volume.name, volume.reader); !problem.empty())
        return problem;
    const auto needed = needed_mappings(volume);
    if (std::ranges::find(needed, volume.name) != needed.end())
        return reason(N_("it waits for its own mapping, %s"), volume.name.c_str());
    const bool systemd = volume.reader == Readers::Systemd;
    if (systemd && volume.swap && !volume.tmp.empty())
        return reason(N_("swap and tmp exclude each other, and no unit is made"));
    if (!systemd && volume.key == KeyKind::Random &&
        (volume.type == Type::Luks || volume.type == Type::Tcrypt))
        return reason(N_("a random key does not go with %s"), words_for(volume.type));
    return volume.type == Type::Plain ? refusal_as_plain(volume) : std::string();
}

std::string refusal_of(const Entry& entry, const Meaning& volume) {
    if (std::string problem = not_begun(entry, volume); !problem.empty()) return problem;
    if (std::string problem = bad_values(entry, volume); !problem.empty()) return problem;
    return refusal(volume);
}

}  // namespace latchkey::crypttab
