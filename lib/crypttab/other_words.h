// SPDX-License-Identifier: LGPL-2.1-or-later
// Words that are not options of crypttab but mean something to another program: the command lines of cryptsetup and
// systemd-cryptenroll, fstab, dracut, desktops.
#pragma once

#include <string>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {

enum class Home : std::uint8_t {
    None,      // no known program uses it
    Options,   // crypttab has an option for it with another name
    KeyField,  // crypttab puts it into the third field
    Fstab,     // it concerns the file system or the mount
    Others,    // "x-udisks-auth", "comment=": the readers ignore it, other programs may read it
};
struct OtherWord {
    Home home = Home::None;
    std::string_view meant = {};  // the option of crypttab; "" if that reader has none
};
// Looks up `name`, which neither reader knows as an option.
[[nodiscard]] OtherWord other_word(std::string_view name, Readers reader);

// Returns whether the whole options field is "-" or "none", which systemd reads as no options.
[[nodiscard]] bool stands_for_no_options(std::string_view options);

}  // namespace latchkey::crypttab
