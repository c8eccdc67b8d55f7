// SPDX-License-Identifier: LGPL-2.1-or-later
// One line on its way from one reader's words to the other's.
#pragma once

#include <string>
#include <vector>

#include "base/i18n.h"
#include "crypttab/values.h"

namespace latchkey::crypttab {

struct Converter {
    Entry entry;  // as the old reader takes it
    Volume volume;
    std::vector<Loss>& losses;
    // The new line, in the new reader's spelling.
    std::string name = {};
    std::string source = {};
    std::string key = {};
    std::vector<std::string> options = {};
    bool left_out = false;  // becomes a comment

    // Format marked N_; translated here.
    [[gnu::format(printf, 4, 5)]] void tell(std::uint32_t column, bool matters, const char* format,
                                            ...);
    // A note that holds for all lines alike.
    void tell_once(std::uint32_t column, const char* sentence);
    void add(std::string option);
};

// A number in decimal digits, which both read alike; any other value as it is.
std::optional<std::string> value_for_both(const Option& option, Readers from);

// Udisks and the like read it, whoever opens the volume.
bool is_for_others(const Option& option);

// Written for the new reader in a file that both read.  What it would refuse the line for is left out, and so is what the
// old one knows in another form: it had no effect.
bool is_kept_for(const Option& option, Readers to);

void to_systemd(Converter& line);
void to_debian(Converter& line);

}  // namespace latchkey::crypttab
