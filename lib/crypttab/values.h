// SPDX-License-Identifier: LGPL-2.1-or-later
// Validates and converts the values of options and fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {

// Parses a number.  Debian: decimal digits only.  systemd: C notation with 0x, 0b, 0o or 0 in front, and a sign; no
// negative number except 0, and no number greater than `most`.
std::optional<std::uint64_t> number_of(std::string_view text, Readers reader,
                                       std::uint64_t most = UINT64_MAX);
bool is_sector_size(std::uint64_t bytes);
// Accepts systemd's spellings: 1 yes y true t on, 0 no n false f off.
std::optional<bool> yes_or_no(std::string_view text);
bool is_duration(std::string_view text);
// Returns the seconds of a valid duration, rounded up.
std::uint64_t seconds_of(std::string_view duration);

// Returns whether that reader accepts the option's value, or the lack of one.
bool is_good(const OptionRow& row, const std::optional<std::string>& value, Readers reader);
// What the reader does with a value.
enum class Fate : std::uint8_t {
    Good,
    Ignored,  // with a message; the default applies
    Useless,  // accepted silently, but has no effect later
    Refused,  // the unit fails or the line is skipped, whatever the volume is
};
Fate fate_of(const OptionRow& row, const std::optional<std::string>& value, Readers reader);
// Returns what the option accepts, such as "a number"; translated.
const char* wanted(const OptionRow& row, Readers reader);

// Returns the type for users, such as "plain dm-crypt"; translated.
const char* words_for(Type type);

// systemd: returns whether the user is asked for a passphrase while the boot goes on without the volume.
bool asks_beside_the_boot(const Meaning& volume);

// Decodes octal escapes: "\054" -> ","; other backslashes stay.
std::string without_octal(std::string_view text);

// Returns the mapping that a path names, or "": below /dev/mapper, or by udev's link to it.
std::string mapping_named(std::string_view path);
// Returns the mappings that must exist before the volume is opened.
std::vector<std::string> needed_mappings(const Meaning& volume);
// Returns one name for each device, as far as the text tells: "/dev/disk/by-uuid/X" for "UUID=X".
std::string device_name(std::string_view source);

// Decides by the name alone, as the readers do; the table may belong to another machine.  When a line is opened, the
// opened file decides (latchkey/keyfile.h).
bool is_random_device(std::string_view path);
// Returns the leading "UUID=", "LABEL=", "PARTUUID=" or "PARTLABEL=", or "".
std::string_view tag_of(std::string_view source);
// Removes the quotation marks that both readers ignore: UUID="1" is UUID=1.
std::string without_quotes(std::string_view source);
// Returns udev's link to the device that a tag names, in udev's spelling: "/dev/disk/by-label/My\x20Disk".
std::string udev_link(std::string_view source);
struct PathOnDevice {
    std::string path;
    std::string device;
};
// Parses systemd's "PATH:/dev/..." or "PATH:LABEL=...": an absolute path or a tag follows the last colon.  PATH may be
// relative.
std::optional<PathOnDevice> path_on_device(std::string_view text);
// Parses the argument of Debian's script passdev, "/dev/...:PATH[:SECONDS]".
struct PassDev {
    PathOnDevice at;
    std::string seconds;  // "" = not given
};
std::optional<PassDev> passdev_of(std::string_view argument);

}  // namespace latchkey::crypttab
