// SPDX-License-Identifier: GPL-2.0-or-later
// The program under its own name.
#include "cli/help.h"
#include "programs/command_line.h"

namespace latchkey::cli {

namespace {

std::string own_version(PeerRelease) {
    return "latchkey " LATCHKEY_VERSION;
}

}  // namespace

extern const OurProgram kLatchkey{
    .name = "latchkey",
    .version = &own_version,
    .actions = &all_actions,
    .help = &long_help_text,
    .greeting = &greeting_text,
    .keyslots_by_name = true,
    .always_explains = true,
    .run = &run_command_line,
};

}  // namespace latchkey::cli
