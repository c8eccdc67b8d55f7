// SPDX-License-Identifier: LGPL-2.1-or-later
// One line during its conversion from one reader's syntax to the other's.
#pragma once

#include <string>
#include <vector>

#include "base/i18n.h"
#include "crypttab/values.h"

namespace latchkey::crypttab {

struct Converter {
    Entry entry;  // as the old reader understands it
    Meaning volume;
    const PeerHabits& cryptsetup;  // of Debian
    std::vector<Loss>& losses;
    // The new line, in the new reader's spelling.
    std::string name = {};
    std::string source = {};
    std::string key = {};
    std::vector<std::string> options = {};
    bool left_out = false;  // becomes a comment

    // `format` is marked N_ and translated here.
    [[gnu::format(printf, 4, 5)]] void tell(std::uint32_t column, bool matters, const char* format,
                                            ...);
    // Adds a note that is the same for all lines.
    void tell_once(std::uint32_t column, const char* sentence);
    void add(std::string option);
};

// Writes a number in decimal digits, which both readers understand; returns any other value unchanged.
std::optional<std::string> value_for_both(const Option& option, Readers from);

// Returns whether other programs such as udisks read the option, whichever reader opens the volume.
bool is_for_others(const Option& option);

// Returns whether an option that the old reader does not know is kept, because the new reader knows it in a file that
// both read.  Leaves out an option for which the new reader would refuse the line, and one that the old reader knows in
// another form, because it had no effect.
bool is_kept_for(const Option& option, Readers to);

void to_systemd(Converter& line);
void to_debian(Converter& line);

}  // namespace latchkey::crypttab
