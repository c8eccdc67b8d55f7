// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/journal.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/temp_dir.h"

namespace latchkey::stream {
namespace {

const CopyIdentity kThisCopy{
    .text = "/dev/sda to img", .from_bytes = 5000, .to_bytes = 6000, .to_file = 77};

TEST(CopyJournal, TextIsReadBack) {
    const std::string text = journal_text(kThisCopy, 4096);
    EXPECT_EQ(text,
              "latchkey copy 1\nof /dev/sda to img\nfrom-bytes 5000\nto-bytes 6000\nto-file 77\n"
              "done-bytes 4096\n");
    const auto entry = parse_journal(text);
    ASSERT_TRUE(entry) << entry.error().message;
    EXPECT_EQ(entry->identity, kThisCopy);
    EXPECT_EQ(entry->done_bytes, 4096U);
}

TEST(CopyJournal, RefusesAnyOtherText) {
    const std::string good = journal_text(kThisCopy, 4096);
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(parse_journal(good.substr(0, length))) << length;
    EXPECT_FALSE(parse_journal(good + "more\n"));
    EXPECT_FALSE(parse_journal("latchkey copy 2" + good.substr(15)));
    EXPECT_FALSE(parse_journal(journal_text(kThisCopy, 5001)));  // beyond the end
    std::string letters = good;
    letters.replace(letters.find("4096"), 4, "40x6");
    EXPECT_FALSE(parse_journal(letters));
}

TEST(CopyJournal, RemembersAndForgets) {
    const test::TempDir folder;
    const Journal journal(folder / "state", kThisCopy);
    EXPECT_EQ(*journal.load(), 0U);
    ASSERT_TRUE(journal.save(1024));
    ASSERT_TRUE(journal.save(2048));
    EXPECT_EQ(*journal.load(), 2048U);
    journal.remove();
    EXPECT_EQ(*journal.load(), 0U);
}

TEST(CopyJournal, RefusesThatOfAnotherCopy) {
    const test::TempDir folder;
    ASSERT_TRUE(Journal(folder / "state", kThisCopy).save(1024));
    CopyIdentity other = kThisCopy;
    other.to_bytes = 7000;
    const auto loaded = Journal(folder / "state", other).load();
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Errc::InvalidArgument);
    EXPECT_EQ(
        loaded.error().message,
        (folder / "state") +
            " is the journal of another copy: /dev/sda to img, 5000 to 6000 bytes; this one is "
            "/dev/sda to img, 5000 to 7000 bytes");
}

// The file that has the target's name now is not the file that was copied to.
TEST(CopyJournal, KnowsTheFileThatWasCopiedTo) {
    const test::TempDir folder;
    ASSERT_TRUE(Journal(folder / "state", kThisCopy).save(1024));
    CopyIdentity other = kThisCopy;
    other.to_file = 78;
    const auto loaded = Journal(folder / "state", other).load();
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().message, "the journal " + (folder / "state") +
                                          " is of a copy to another file: inode 77 != 78");
    EXPECT_TRUE(Journal(folder / "state", other).check_for_new_target());
    other.text = "something else";
    EXPECT_FALSE(Journal(folder / "state", other).check_for_new_target());
}

TEST(CopyJournal, WritesThroughNoLink) {
    const test::TempDir folder;
    const std::string victim = folder.file("victim", "precious");
    std::filesystem::create_symlink(victim, folder / "state.new");
    ASSERT_TRUE(Journal(folder / "state", kThisCopy).save(1024));
    EXPECT_EQ(std::filesystem::file_size(victim), 8U);
    EXPECT_EQ(*Journal(folder / "state", kThisCopy).load(), 1024U);
}

}  // namespace
}  // namespace latchkey::stream
