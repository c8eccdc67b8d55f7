// SPDX-License-Identifier: GPL-2.0-or-later
// The scripts are made from the tables; the installed shells must be able to read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/completion/script.h"
#include "support/program.h"
#include "support/temp_dir.h"

namespace latchkey::cli {
namespace {

// Returns what bash offers for the words of a line; the last one is being typed.
std::string bash_offers(const std::string& words, int count) {
    const test::TempDir directory;
    const std::string script =
        directory.file("try.bash", *completion_script(program_called("latchkey"), "bash") +
                                       "\ncompopt() { :; }\nCOMP_WORDS=(" + words +
                                       ")\nCOMP_CWORD=" + std::to_string(count - 1) +
                                       "\n_latchkey\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    const test::ProgramResult result = test::run_program({"bash", "-u", script});
    return {reinterpret_cast<const char*>(result.output.data()), result.output.size()};
}

TEST(CliComplete, BashKnowsActionsOptionsAndWords) {
    EXPECT_EQ(bash_offers("latchkey luksDu", 2), "luksDump\n");
    EXPECT_EQ(bash_offers("latchkey -q luksHeaderB", 3), "luksHeaderBackup\n");
    EXPECT_EQ(bash_offers("latchkey luksFormat --pbkdf-f", 3), "--pbkdf-force-iterations\n");
    EXPECT_EQ(bash_offers("latchkey luksFormat --pbkdf argon2i", 4), "argon2id\nargon2i\n");
    EXPECT_EQ(bash_offers("latchkey luksFormat --type = luks1", 5), "luks1\n");
    EXPECT_EQ(bash_offers("latchkey isLuks -M luks2", 4), "luks2\n");
    // Options of other actions are not offered.
    EXPECT_EQ(bash_offers("latchkey isLuks --iter", 3), "\n");
    EXPECT_EQ(bash_offers("latchkey token ex", 3), "export\n");
}

TEST(CliComplete, BashCountsOperandsAroundOptions) {
    const test::TempDir directory;
    const std::string key = directory.file("a.key", "x");
    const std::string typed = std::string(directory.path()) + "/a";
    EXPECT_EQ(bash_offers("latchkey luksAddKey --key-slot 3 /dev/null " + typed, 6), key + "\n");
    EXPECT_EQ(bash_offers("latchkey luksAddKey --key-slot = 3 /dev/null " + typed, 7), key + "\n");
}

// "latchkey show --json" stands in the way of the program itself.
TEST(CliComplete, BashKnowsTheKeyslotsOfTheVolumeOnTheLine) {
    const test::TempDir directory;
    const std::string volume = directory.file("volume", "x");
    const std::string shows = directory.file(
        "latchkey",
        "#!/bin/sh\n[ \"$3\" = " + volume +
            " ] && echo '{\"name\":\"\",\"keyslots\":[{\"number\":0,\"name\":\"Ann Lee\"},"
            "{\"number\":3,\"name\":\"\"}],\"warnings\":[]}'\n");
    ASSERT_EQ(test::run_program({"chmod", "755", shows}).status, 0);
    EXPECT_EQ(bash_offers(shows + " luksKillSlot " + volume + " ''", 4), "0\nAnn\\ Lee\n3\n");
    EXPECT_EQ(bash_offers(shows + " luksKillSlot " + volume + " 'Ann\\ L'", 4), "Ann\\ Lee\n");
    EXPECT_EQ(bash_offers(shows + " open " + volume + " -S A", 5), "Ann\\ Lee\n");
    EXPECT_EQ(bash_offers(shows + " open " + volume + " --key-slot = A", 6), "Ann\\ Lee\n");
}

TEST(CliComplete, EveryShellOffersKeyslotsAndTopics) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const std::string script = *completion_script(program_called("latchkey"), shell);
        EXPECT_THAT(script, testing::HasSubstr("_latchkey_keyslots")) << shell;
        EXPECT_THAT(script, testing::HasSubstr(" volumes keys headers data")) << shell;
    }
    EXPECT_THAT(*completion_script(program_called("latchkey"), "zsh"),
                testing::HasSubstr("'3:key slot:_latchkey_keyslots'"));
    EXPECT_THAT(*completion_script(program_called("latchkey"), "fish"),
                testing::HasSubstr("from luksKillSlot' -a '(__latchkey_keyslots)'"));
}

TEST(CliComplete, EveryShellHasAScript) {
    for (const char* shell : {"bash", "zsh", "fish"})  // each word of the templates was replaced
        EXPECT_THAT(*completion_script(program_called("latchkey"), shell),
                    testing::Not(testing::ContainsRegex("@[a-z_]+@")))
            << shell;
    EXPECT_THAT(*completion_script(program_called("latchkey"), "bash"),
                testing::StartsWith("# bash completion, made by 'latchkey --completion bash'\n"));
    EXPECT_THAT(*completion_script(program_called("latchkey"), "zsh"),
                testing::StartsWith("#compdef latchkey cryptsetup\n"));
    EXPECT_THAT(*completion_script(program_called("latchkey"), "fish"),
                testing::HasSubstr("-l key-slot -s 'S' -x"));
    EXPECT_FALSE(completion_script(program_called("latchkey"), "tcsh"));
}

}  // namespace
}  // namespace latchkey::cli
