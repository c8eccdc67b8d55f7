// SPDX-License-Identifier: LGPL-2.1-or-later
// One line in the eyes of one reader, and where findings about it go.
#pragma once

#include <vector>

#include "base/i18n.h"
#include "crypttab/values.h"

namespace latchkey::crypttab {

struct Checker {
    const Line& line;
    Readers reader;
    Entry entry;
    Volume volume;
    bool in_initramfs;  // systemd only: Debian's option is there too
    std::vector<Finding>& findings;
    DeviceLook look = {};

    [[nodiscard]] bool systemd() const { return reader == Readers::Systemd; }
    // Format marked N_; translated here.
    [[gnu::format(printf, 5, 6)]] Finding& add(std::uint32_t column, Severity severity,
                                               std::string_view id, const char* format, ...);
};

void check_line(Checker& on);     // words, name
bool check_text(Checker& on);     // what cannot be seen; true if it joins words that look like two
void check_device(Checker& on);   // the words that name devices
void check_key(Checker& on);      // the third field
void check_options(Checker& on);  // each option by itself
void check_combination(Checker& on);               // options with each other, the type and the key
void check_together(std::vector<Checker>& lines);  // of one reader

}  // namespace latchkey::crypttab
