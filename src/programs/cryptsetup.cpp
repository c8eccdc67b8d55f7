// SPDX-License-Identifier: GPL-2.0-or-later
// The program under the name that scripts use.
#include "cli/help.h"
#include "programs/command_line.h"

namespace latchkey::cli {

namespace {

// Scripts read the second word and require 2.x or later.  Options of all releases are known, whichever we speak as.
std::string peer_version(PeerRelease speaks_as) {
    return "cryptsetup " + std::string(habits_of(speaks_as).version) +
           " (latchkey " LATCHKEY_VERSION ") flags: UDEV BLKID KEYRING";
}

}  // namespace

extern const OurProgram kCryptsetup{
    .name = "cryptsetup",
    .version = &peer_version,
    .actions = &all_actions,
    .help = &help_text,
    // The peer ignores surplus words, and scripts may contain them unnoticed.
    .ignores_surplus = true,
    .shows_every_option = true,
    .run = &run_command_line,
};

}  // namespace latchkey::cli
