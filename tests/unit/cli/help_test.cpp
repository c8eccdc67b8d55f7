// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/actions.h"
#include "cli/options.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(CliHelp, ScriptsReadTheSecondWordOfTheVersion) {
    const auto version = program_called("cryptsetup").version;
    EXPECT_THAT(version(built_peer_release()),
                testing::MatchesRegex("cryptsetup 2\\.[0-9]+\\.[0-9]+ .*flags: .*"));
    EXPECT_THAT(version(PeerRelease::V2_6), StartsWith("cryptsetup 2.6.1 "));
    EXPECT_THAT(version(PeerRelease::V2_8), StartsWith("cryptsetup 2.8."));
    EXPECT_THAT(program_called("latchkey").version(PeerRelease::V2_8),
                testing::MatchesRegex("latchkey [0-9.]+"));
}

TEST(CliHelp, DefaultsOfPlainAreThoseOfTheRelease) {
    const OurProgram& program = program_called("cryptsetup");
    EXPECT_THAT(
        help_text(program, PeerRelease::V2_6),
        HasSubstr("Plain: aes-cbc-essiv:sha256, key: 256 bits, passphrase hash: ripemd160"));
    EXPECT_THAT(help_text(program, PeerRelease::V2_7),
                HasSubstr("Plain: aes-xts-plain64, key: 256 bits, passphrase hash: sha256"));
}

TEST(CliHelp, EveryOptionAndActionIsInIt) {
    const std::string help = help_text(program_called("cryptsetup"), PeerRelease::V2_7);
    EXPECT_THAT(help, StartsWith("cryptsetup 2."));
    EXPECT_THAT(help, HasSubstr("Usage: cryptsetup [OPTION...] <action> <action-specific>\n"));
    for (const OptionSpec* option : all_options())
        EXPECT_THAT(help, HasSubstr("--" + std::string(option->name)));
    for (const Action* action : all_actions())
        EXPECT_THAT(help, HasSubstr("\t" + std::string(action->name) + " "));
    EXPECT_THAT(help, HasSubstr("  -c, --cipher=CIPHER"));
    EXPECT_THAT(help, HasSubstr("luksOpen"));
}

TEST(CliHelp, LinesFitATerminal) {
    std::string_view rest = std::string_view();
    const std::string help =
        action_help_text(program_called("latchkey"), *find_action(all_actions(), "luksFormat"));
    for (rest = help; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        EXPECT_LE(end, 79U) << rest.substr(0, end);
        rest.remove_prefix(end + 1);
    }
}

TEST(CliHelp, AnActionShowsItsOptionsOnly) {
    const std::string help =
        action_help_text(program_called("latchkey"), *find_action(all_actions(), "isLuks"));
    EXPECT_THAT(help, StartsWith("Usage: latchkey isLuks [OPTION...] <device>\n"));
    EXPECT_THAT(help, HasSubstr("--type=TYPE"));
    EXPECT_THAT(help, HasSubstr("--json"));
    EXPECT_THAT(help, testing::Not(HasSubstr("--iter-time")));
}

TEST(CliHelp, UsageBeforeAReason) {
    EXPECT_EQ(short_usage_text(program_called("cryptsetup"), nullptr),
              "Usage: cryptsetup [OPTION...] <action> <action-specific>\n"
              "Run 'cryptsetup help' for the options.\n");
    EXPECT_EQ(short_usage_text(program_called("latchkey"), find_action(all_actions(), "isLuks")),
              "Usage: latchkey isLuks [OPTION...] <device>\n"
              "Run 'latchkey help isLuks' for the options.\n");
    // Exchanging the operands of create would use the wrong device.
    EXPECT_EQ(short_usage_text(program_called("cryptsetup"), find_action(all_actions(), "create"),
                               "create"),
              "Usage: cryptsetup create [OPTION...] <name> <device>\n"
              "Run 'cryptsetup help open' for the options.\n");
    EXPECT_EQ(short_usage_text(program_called("cryptsetup"), find_action(all_actions(), "luksOpen"),
                               "luksOpen"),
              "Usage: cryptsetup open [OPTION...] <device> [--type <type>] [<name>]\n"
              "Run 'cryptsetup help open' for the options.\n");
}

}  // namespace
}  // namespace latchkey::cli
