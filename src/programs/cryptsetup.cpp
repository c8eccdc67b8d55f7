// SPDX-License-Identifier: GPL-2.0-or-later
// The program under the name that scripts use.
#include "cli/actions.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/rules.h"
#include "cli/topics.h"
#include "programs/command_line.h"
#include "text/format.h"
#include "text/i18n.h"

namespace latchkey::cli {

namespace {

// Scripts read the second word and require 2.x or later.  Options of all releases are known, whichever we speak as.
std::string peer_version(PeerRelease speaks_as) {
    return "cryptsetup " + std::string(habits_of(speaks_as).version) +
           " (latchkey " LATCHKEY_VERSION ") flags: UDEV BLKID KEYRING";
}

constexpr char kOperands[] =
    N_("<name> is the device to create under /dev/mapper\n"
       "<device> is the encrypted device\n"
       "<key slot> is the LUKS key slot number to modify\n"
       "<key file> optional key file for the new key for luksAddKey action\n");

std::string defaults(PeerRelease speaks_as) {
    const PeerHabits& habits = habits_of(speaks_as);
    return translate(N_("Defaults:\n"
                        "\tType: LUKS2\n"
                        "\tCipher: aes-xts-plain64, key: 512 bits, hash: sha256\n"
                        "\tKey derivation: argon2id for LUKS2, pbkdf2 for LUKS1; 2000 ms, at most "
                        "1048576 KiB and 4 threads\n"
                        "\tKey file: at most 8192 KiB; typed passphrase: at most 512 bytes\n")) +
           text("\tPlain: %s, key: 256 bits, passphrase hash: %s\n",
                std::string(habits.plain_cipher).c_str(), std::string(habits.plain_hash).c_str());
}

}  // namespace

extern const OurProgram kCryptsetup{
    .name = "cryptsetup",
    .version = &peer_version,
    .actions = &all_actions,
    .options = &all_options,
    .topics = &all_topics,
    .rules = &all_rules,
    .default_type = "luks",
    .help = &help_text,
    .operands_help = kOperands,
    .defaults = &defaults,
    // The peer ignores surplus words, and scripts may contain them unnoticed.
    .ignores_surplus = true,
    .shows_every_option = true,
    .run = &run_command_line,
};

}  // namespace latchkey::cli
