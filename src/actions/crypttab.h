// SPDX-License-Identifier: GPL-2.0-or-later
// The subcommands of "crypttab", one per file.
#pragma once

#include <string>
#include <vector>

#include "latchkey/crypttab.h"
#include "ui/ui.h"

namespace latchkey::cli {

struct Crypttab {
    std::string file_name;  // as given; "-" = standard input
    crypttab::File file;
    crypttab::Readers readers;  // --for
    crypttab::Readers counting = crypttab::Readers::
        Both;  // the readers whose findings `check` counts; None: no reader is installed
    std::string_view volume = {};         // explain's second operand, or ""
    std::vector<std::string> names = {};  // of open and close; empty: --all
};

[[nodiscard]] Result<void> crypttab_check(Ui& ui, const Arguments& args, const Crypttab& tab);
[[nodiscard]] Result<void> crypttab_explain(Ui& ui, const Arguments& args, const Crypttab& tab);
[[nodiscard]] Result<void> crypttab_convert(Ui& ui, const Arguments& args, const Crypttab& tab);
// These carry out the table themselves, by the rules of one reader.
[[nodiscard]] Result<void> crypttab_open(Ui& ui, const Arguments& args, const Crypttab& tab);
[[nodiscard]] Result<void> crypttab_close(Ui& ui, const Arguments& args, const Crypttab& tab);

}  // namespace latchkey::cli
