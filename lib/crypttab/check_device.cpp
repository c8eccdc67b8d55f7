// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks the words that name devices: the second field, a header, the device of a key file.
#include <algorithm>

#include "crypttab/checker.h"
#include "latchkey/ascii.h"
#include "latchkey/wording.h"

namespace latchkey::crypttab {
namespace {

// Returns whether the name of a disk can change when the disks are found in another order.
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

// Recognizes words that a template or manual left for the user to fill in.
bool is_placeholder(std::string_view value) {
    const auto has = [&](std::string_view text) {
        return value.find(text) != std::string_view::npos;
    };
    if (has("${") || has("$(") || has("{{") || has("%%")) return true;
    if (has("<") && has(">")) return true;
    const auto is_x = [](char c) { return c == 'x' || c == 'X' || c == '-' || c == '_'; };
    return value.size() >= 4 && std::ranges::all_of(value, is_x) &&
           value.find_first_of("xX") != std::string_view::npos;
}

// Returns a quotation mark that is not part of a pair around the value of a tag, or "".
std::string_view stray_quote(std::string_view value) {
    for (const char quote : {'"', '\''})
        if (value.starts_with(quote) || value.ends_with(quote)) return quote == '"' ? "\"" : "'";
    return {};
}

// Returns the first typographic quotation mark, or "".
std::string_view typographic_quote(std::string_view value) {
    for (const std::string_view quote : {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e",
                                         "\xe2\x80\x98", "\xe2\x80\x99", "\xc2\xab", "\xc2\xbb"})
        if (const std::size_t at = value.find(quote); at != std::string_view::npos)
            return value.substr(at, quote.size());
    return {};
}

std::string without_all(std::string text, std::string_view part) {
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part))
        text.erase(at, part.size());
    return text;
}

// Checks a word where a UUID with its five groups belongs.
void check_uuid(Checker& on, std::uint32_t column, const std::string& prefix,
                const std::string& value) {
    constexpr std::size_t kGroups[] = {8, 4, 4, 4, 12};
    const auto is_hex = [](char c) { return hex_digit(c) >= 0 || c == '-'; };
    if (!std::ranges::all_of(value, is_hex) || std::ranges::count(value, '-') != 4) return;
    std::string_view rest = value;
    for (const std::size_t wanted : kGroups) {
        const std::size_t end = std::min(rest.find('-'), rest.size());
        if (end != wanted) {
            on.add(column, Severity::Error, "bad-uuid",
                   N_("the group '%s' of the UUID has %zu digits, not %zu"),
                   std::string(rest.substr(0, end)).c_str(), end, wanted);
            return;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (lower_case(value) == value) return;
    on.add(column, Severity::Error, "bad-uuid",
           N_("a UUID in capitals is not found: such a UUID is written in small letters on the "
              "device"))
        .suggestion = prefix + lower_case(value);
}

// Checks for the folders of /dev/disk that udev creates.  Rules of this system may create others.
void check_folder(Checker& on, std::uint32_t column, const std::string& path) {
    constexpr std::string_view kFolders[] = {"by-uuid",      "by-label", "by-partuuid",
                                             "by-partlabel", "by-id",    "by-path",
                                             "by-diskseq",   "by-dname", "by-designator"};
    constexpr std::string_view kDisk = "/dev/disk/";
    const bool in_disk = path.starts_with(kDisk);
    if (!in_disk && !path.starts_with("/dev/by-")) return;
    const std::size_t begin = in_disk ? kDisk.size() : std::string_view("/dev/").size();
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string folder = path.substr(begin, end - begin);
    const bool known = std::ranges::find(kFolders, folder) != std::end(kFolders);
    if (in_disk && known) return;
    const std::string_view meant =
        known ? std::string_view(folder) : nearest_word(folder, kFolders);
    if (meant.empty()) return;
    on.add(column, Severity::Error, "bad-device", N_("no program creates a folder '%s'"),
           path.substr(0, end).c_str())
        .suggestion = std::string(kDisk) + std::string(meant) + path.substr(end);
}

// Checks a word that names a device, whichever field it is in.
void check_device_word(Checker& on, std::uint32_t column, const std::string& word) {
    const std::string prefix(tag_of(word));
    const std::string value = word.substr(prefix.size());
    if (is_placeholder(value)) {
        on.add(column, Severity::Error, "placeholder",
               N_("'%s' is a placeholder that was never filled in"), word.c_str());
        return;
    }
    if (const std::string_view quote = typographic_quote(word); !quote.empty()) {
        std::string plain = word;
        for (std::string_view one = quote; !one.empty(); one = typographic_quote(plain))
            plain = without_all(plain, std::string(one));
        on.add(column, Severity::Error, "typographic-quote",
               N_("the quotation mark %s becomes part of the name: no reader removes it"),
               std::string(quote).c_str())
            .suggestion = plain;
        return;
    }
    if (const std::string_view quote = stray_quote(value); !prefix.empty() && !quote.empty()) {
        on.add(column, Severity::Error, "stray-quote",
               N_("the quotation mark %s becomes part of the name: only a pair around the name is "
                  "removed"),
               std::string(quote).c_str())
            .suggestion = prefix + without_all(value, quote);
        return;
    }
    if (!prefix.empty() && value.starts_with('/')) {
        on.add(column, Severity::Error, "bad-device", N_("'%s' holds a path, not what %s names"),
               word.c_str(), prefix.c_str())
            .suggestion = value;
        return;
    }
    if (prefix == "UUID=" || prefix == "PARTUUID=") check_uuid(on, column, prefix, value);
    check_folder(on, column, word);
    for (const std::string_view folder : {"/dev/disk/by-uuid/", "/dev/disk/by-partuuid/"})
        if (word.starts_with(folder))
            check_uuid(on, column, std::string(folder), word.substr(folder.size()));
}

}  // namespace

void check_device(Checker& on) {
    check_source(on);
    check_device_word(on, on.entry.source.column, on.volume.source);
    const Meaning& volume = on.volume;
    if (volume.key == KeyKind::FileOnDevice)
        check_device_word(on, on.entry.key.column, volume.key_device);
    if (volume.key == KeyKind::File) check_device_word(on, on.entry.key.column, volume.key_path);
    if (const Option* header = on.entry.find("header"))
        check_device_word(on, header->value_column,
                          volume.header_device.empty() ? volume.header : volume.header_device);
}

}  // namespace latchkey::crypttab
