// SPDX-License-Identifier: LGPL-2.1-or-later
// Words that are no option of crypttab, but mean something to another program: cryptsetup's and systemd-cryptenroll's
// command lines, fstab, dracut, desktops.
#pragma once

#include <string>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {

enum class Home : std::uint8_t {
    None,      // nobody knows it
    Options,   // it has another name here
    KeyField,  // what it says stands in the third field
    Fstab,     // it is about the file system, or the mount
    Others,    // "x-udisks-auth", "comment=": the readers pass over it, others may read it
};
struct OtherWord {
    Home home = Home::None;
    std::string_view meant = {};  // the option, if its home is here; "" if that reader has none
};
// `name` is an option that neither reader knows.
[[nodiscard]] OtherWord other_word(std::string_view name, Readers reader);

// "-" or "none" as the whole of the options: none, as systemd has it.
[[nodiscard]] bool stands_for_no_options(std::string_view options);

}  // namespace latchkey::crypttab
