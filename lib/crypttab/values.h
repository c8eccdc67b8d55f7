// SPDX-License-Identifier: LGPL-2.1-or-later
// Values of options and fields: what is good, and what it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {

// Debian: decimal digits alone.  systemd: as C writes them, with 0x, 0b, 0o or 0 in front, and a sign; none but 0 is
// negative, and none is greater than `most`.
std::optional<std::uint64_t> number_of(std::string_view text, Readers reader,
                                       std::uint64_t most = UINT64_MAX);
bool is_sector_size(std::uint64_t bytes);
// As systemd spells them: 1 yes y true t on, 0 no n false f off.
std::optional<bool> yes_or_no(std::string_view text);
bool is_duration(std::string_view text);
// Seconds of a good duration, rounded up.
std::uint64_t seconds_of(std::string_view duration);

// Whether that reader takes the option's value, or that there is none.
bool is_good(const OptionRow& row, const std::optional<std::string>& value, Readers reader);
// What it does with a value.
enum class Fate : std::uint8_t {
    Good,
    Ignored,  // said, and the default stays
    Useless,  // taken without a word, and of no use later
    Refused,  // the unit fails, or the line is skipped, whatever the volume is
};
Fate fate_of(const OptionRow& row, const std::optional<std::string>& value, Readers reader);
// "a number", for people; translated.
const char* wanted(const OptionRow& row, Readers reader);

// "plain dm-crypt", for people; translated.
const char* words_for(Type type);

// systemd: whether a person is asked for a passphrase while the boot goes on without it.
bool asks_beside_the_boot(const Volume& volume);

// "\054" -> ","; other backslashes stay.
std::string without_octal(std::string_view text);

// The mapping that a path names, or "": below /dev/mapper, or udev's link to it.
std::string mapping_named(std::string_view path);
// The mappings that must be there before the volume is.
std::vector<std::string> needed_mappings(const Volume& volume);
// One name for each device, as far as words can tell: "/dev/disk/by-uuid/X" for "UUID=X".
std::string device_name(std::string_view source);

// By the name alone, as the readers have it and as the table may be another machine's.  Where a line is opened, what was
// opened decides (latchkey/keyfile.h).
bool is_random_device(std::string_view path);
// "UUID=", "LABEL=", "PARTUUID=" or "PARTLABEL=" in front, or "".
std::string_view tag_of(std::string_view source);
// UUID="1" is UUID=1 to both readers.
std::string without_quotes(std::string_view source);
// "/dev/disk/by-label/My\x20Disk": udev's link to what a tag names, in its spelling.
std::string udev_link(std::string_view source);
struct PathOnDevice {
    std::string path;
    std::string device;
};
// systemd's: behind the last colon an absolute path or a tag, "PATH:/dev/..." or "PATH:LABEL=...".  PATH may be relative.
std::optional<PathOnDevice> path_on_device(std::string_view text);
// The argument of Debian's script passdev, "/dev/...:PATH[:SECONDS]".
struct PassDev {
    PathOnDevice at;
    std::string seconds;  // "" = not said
};
std::optional<PassDev> passdev_of(std::string_view argument);

}  // namespace latchkey::crypttab
