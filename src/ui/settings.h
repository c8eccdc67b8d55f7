// SPDX-License-Identifier: GPL-2.0-or-later
// What the command line says about talking: known before an action runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/arguments.h"
#include "cli/program.h"

namespace latchkey::cli {

struct Settings {
    std::string program = "latchkey";    // as called; prefix of usage errors
    std::string_view name = "latchkey";  // the program's own
    std::string_view action = {};        // its current name; "" = none
    int verbosity = 0;                   // 1 = -v, 2 = --debug, 3 = --debug-json
    bool json = false;
    bool batch = false;  // -q
    bool dry_run = false;
    bool verify_passphrase = false;  // -y
    std::uint32_t tries = 3;
    std::optional<std::uint32_t> progress_seconds = {};  // --progress-frequency
    bool progress_json = false;
};
// Returns whether that program explains itself where no person watches; cryptsetup's output is compared by programs.
[[nodiscard]] bool always_explains(const Settings& settings);
[[nodiscard]] Settings settings_for(const OurProgram& program, std::string_view called_as,
                                    const Arguments& args);

}  // namespace latchkey::cli
