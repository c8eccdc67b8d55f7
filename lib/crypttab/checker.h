// SPDX-License-Identifier: LGPL-2.1-or-later
// One line as one reader understands it, and where findings about it go.
#pragma once

#include <vector>

#include "base/i18n.h"
#include "crypttab/values.h"

namespace latchkey::crypttab {

struct Checker {
    const Line& line;
    Readers reader;
    Entry entry;
    Meaning volume;
    bool in_initramfs;  // systemd only: the line also has Debian's option initramfs
    std::vector<Finding>& findings;
    DeviceLook look = {};

    [[nodiscard]] bool systemd() const { return reader == Readers::Systemd; }
    // `format` is marked N_ and translated here.
    [[gnu::format(printf, 5, 6)]] Finding& add(std::uint32_t column, Severity severity,
                                               std::string_view id, const char* format, ...);
    // Adds a message that is already translated.
    Finding& add_told(std::uint32_t column, Severity severity, std::string_view id,
                      std::string message);
};

void check_line(Checker& on);    // words, name
bool check_text(Checker& on);    // invisible characters; true if they join words that look like two
bool check_blanks(Checker& on);  // a blank in a name or label; true if there is one
void check_device(Checker& on);  // the words that name devices
void check_key(Checker& on);     // the third field
void check_options(Checker& on);                        // each option alone
void check_unknown(Checker& on, const Option& option);  // one that this reader does not know
// Checks an option's value that a comma has cut; returns how many of the following options are the rest of it.
std::size_t check_commas(Checker& on, std::size_t index);
void check_combination(Checker& on);               // options with each other, the type and the key
void check_found(Checker& on);                     // numbers against what is on the devices
void check_boot(Checker& on);                      // what is asked and what exists at boot
void check_together(std::vector<Checker>& lines);  // of one reader

}  // namespace latchkey::crypttab
