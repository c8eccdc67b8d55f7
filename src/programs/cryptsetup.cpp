// SPDX-License-Identifier: GPL-2.0-or-later
// The program under the name that scripts use.
#include "cli/help.h"
#include "programs/command_line.h"

namespace latchkey::cli {

extern const OurProgram kCryptsetup{
    .name = "cryptsetup",
    // Scripts read the second word and require 2.x or later.  Our options, messages and text layouts are those of
    // 2.7.0.
    .version = "cryptsetup 2.7.0 (latchkey " LATCHKEY_VERSION ") flags: UDEV BLKID KEYRING",
    .actions = &all_actions,
    .help = &help_text,
    // The peer ignores surplus words, and scripts may contain them unnoticed.
    .ignores_surplus = true,
    .shows_every_option = true,
    .run = &run_command_line,
};

}  // namespace latchkey::cli
