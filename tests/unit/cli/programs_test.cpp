// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "cli/options.h"
#include "cli/program.h"

namespace latchkey::cli {
namespace {

TEST(CliPrograms, TheLastPartOfThePathDecides) {
    EXPECT_EQ(program_called("/sbin/cryptsetup").name, "cryptsetup");
    EXPECT_EQ(program_called("cryptsetup").name, "cryptsetup");
    EXPECT_EQ(program_called("./latchkey").name, "latchkey");
    EXPECT_EQ(program_called("/sbin/mount.crypto_LUKS").name, "mount.crypto_LUKS");
    // Every other name is that of the first program.
    EXPECT_EQ(program_called("cryptsetup-2").name, "latchkey");
    EXPECT_EQ(program_called("").name, "latchkey");
}

TEST(CliPrograms, TheBuildMakesALinkForEachName) {
    std::string names;
    for (const OurProgram* program : all_programs())
        if (program != all_programs().front())
            names += (names.empty() ? "" : " ") + program->called();
    EXPECT_EQ(names, LATCHKEY_OTHER_NAMES);
}

TEST(CliPrograms, EachRunsAndExplainsItself) {
    for (const OurProgram* program : all_programs()) {
        EXPECT_NE(program->run, nullptr) << program->name;
        if (program->actions().empty()) {
            EXPECT_TRUE(program->shown_options().empty()) << program->name;
            continue;
        }
        EXPECT_NE(program->help, nullptr) << program->name;
        EXPECT_TRUE(program->version(PeerRelease::V2_7).starts_with(program->name))
            << program->name;
    }
}

TEST(CliPrograms, OnlyCryptsetupNamesOptionsThatNoActionHas) {
    EXPECT_EQ(program_called("cryptsetup").shown_options().size(), all_options().size());
    for (const OptionSpec* option : program_called("latchkey").shown_options())
        EXPECT_NE(option->name, "hw-opal");
}

}  // namespace
}  // namespace latchkey::cli
