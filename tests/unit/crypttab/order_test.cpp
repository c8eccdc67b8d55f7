// SPDX-License-Identifier: GPL-2.0-or-later
// The order in which lines are opened and closed, and the environment of their scripts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "latchkey/crypttab_order.h"

namespace latchkey::crypttab {
namespace {

using testing::ElementsAre;

std::vector<Meaning> volumes_of(std::string_view text, Readers reader = Readers::Systemd) {
    std::vector<Meaning> volumes;
    const auto file = parse(text);
    EXPECT_TRUE(file);
    for (const Line& line : file->lines) volumes.push_back(meaning(read_entry(line, reader)));
    return volumes;
}

// Returns "b a<b": names in order, each with those that it needs.
std::string opening(const std::vector<Meaning>& volumes,
                    const std::vector<std::string>& names = {}) {
    const auto steps = opening_order(volumes, names);
    if (!steps) return steps.error().message;
    std::string text;
    for (const Step& step : *steps) {
        if (!text.empty()) text += ' ';
        text += volumes[step.volume].name;
        for (const std::size_t need : step.needs) text += "<" + volumes[need].name;
    }
    return text;
}

std::string closing(const std::vector<Meaning>& volumes,
                    const std::vector<std::string>& names = {}) {
    const auto order = closing_order(volumes, names);
    if (!order) return order.error().message;
    std::string text;
    for (const std::size_t one : *order) text += (text.empty() ? "" : " ") + volumes[one].name;
    return text;
}

TEST(CrypttabOrder, LinesKeepTheirOrderWhereNothingSaysOtherwise) {
    const auto volumes = volumes_of("c /dev/c\nb /dev/b\na /dev/a - noauto\n");
    EXPECT_EQ(opening(volumes), "c b");
    EXPECT_EQ(opening(volumes, {"a"}), "a");
    EXPECT_EQ(opening(volumes, {"b", "c", "b"}), "c b");
    EXPECT_EQ(closing(volumes), "a b c");
    EXPECT_EQ(closing(volumes, {"c"}), "c");
}

TEST(CrypttabOrder, WhatLiesOnAnotherComesAfterIt) {
    EXPECT_EQ(opening(volumes_of("a /dev/mapper/b\nb /dev/b\n")), "b a<b");
    EXPECT_EQ(opening(volumes_of("a /dev/a /dev/mapper/b\nb /dev/b\n")), "b a<b");
    EXPECT_EQ(opening(volumes_of("a /dev/a /key:/dev/mapper/b\nb /dev/b\n")), "b a<b");
    EXPECT_EQ(opening(volumes_of("a /dev/a - header=/dev/mapper/b\nb /dev/b\n")), "b a<b");
    EXPECT_EQ(opening(volumes_of("a /dev/a - header=/h:/dev/mapper/b\nb /dev/b\n")), "b a<b");
    EXPECT_EQ(opening(volumes_of("a /dev/a b luks,keyscript=decrypt_derived\nb /dev/b none\n",
                                 Readers::Debian)),
              "b a<b");
    EXPECT_EQ(opening(volumes_of("a /dev/mapper/b /dev/mapper/c\nb /dev/mapper/c\nc /dev/c\n")),
              "c b<c a<b<c");
    // Lines that come first in the file do not wait for others.
    EXPECT_EQ(opening(volumes_of("a /dev/a\nx /dev/mapper/z\nb /dev/b\nz /dev/z\n")), "a b z x<z");
    EXPECT_EQ(opening(volumes_of("a /dev/mapper/elsewhere\n")), "a");
}

TEST(CrypttabOrder, WhatANamedLineNeedsIsOpenedToo) {
    const auto volumes =
        volumes_of("a /dev/mapper/b\nb /dev/mapper/c - noauto\nc /dev/c - noauto\nd /dev/d\n");
    EXPECT_EQ(opening(volumes, {"a"}), "c b<c a<b");
    EXPECT_EQ(opening(volumes), "c b<c a<b d");
    EXPECT_EQ(closing(volumes, {"b"}), "b");
    EXPECT_EQ(closing(volumes), "d a b c");
}

TEST(CrypttabOrder, OfTwoLinesWithOneNameTheFirstCounts) {
    const auto volumes = volumes_of("a /dev/a\na /dev/mapper/a\n");
    const auto steps = opening_order(volumes, {});
    ASSERT_TRUE(steps);
    ASSERT_EQ(steps->size(), 1U);
    EXPECT_EQ(steps->front().volume, 0U);
}

TEST(CrypttabOrder, RefusesWhatCannotBe) {
    EXPECT_EQ(opening(volumes_of("a /dev/a\n"), {"b"}), "no line of the crypttab is called 'b'");
    EXPECT_EQ(closing(volumes_of("a /dev/a\n"), {"b"}), "no line of the crypttab is called 'b'");
    // Lines that only wait for the circle are not named.
    const auto volumes =
        volumes_of("x /dev/mapper/b\nb /dev/mapper/c\nc /dev/c /dev/mapper/b\nd /dev/d\n");
    EXPECT_EQ(opening(volumes), "lines of the crypttab wait for each other: 2 (b), 3 (c)");
    EXPECT_EQ(opening(volumes, {"d"}), "d");
    EXPECT_EQ(closing(volumes), "c b x d");
    // A line that waits for itself.
    for (const std::string_view line :
         {"a /dev/mapper/a\n", "a /dev/a /dev/mapper/a\n", "a /dev//mapper/./a\n",
          "a /dev/a /k:/dev/mapper/a\n", "a /dev/a - header=/dev/mapper/a\n",
          "a /dev/disk/by-id/dm-name-a\n"})
        EXPECT_EQ(opening(volumes_of(line)), "line 1 of the crypttab waits for its own mapping, a")
            << line;
    EXPECT_EQ(opening(volumes_of("a\\x20b /dev/disk/by-id/dm-name-a\\x20b\n")), "a\\x20b");
    EXPECT_EQ(
        opening(volumes_of("a\\040b /dev/disk/by-id/dm-name-a\\x20b none luks\n", Readers::Debian)),
        "line 1 of the crypttab waits for its own mapping, a b");
    EXPECT_EQ(closing(volumes_of("a /dev/mapper/a\nb /dev/b\n")), "a b");
    EXPECT_EQ(lines_in_circles(volumes), (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(lines_in_circles(volumes_of("a /dev/mapper/a\nb /dev/mapper/a\n")),
              std::vector<std::size_t>{0});
}

TEST(CrypttabOrder, TenThousandLinesAreNoTrouble) {
    std::vector<Meaning> volumes(10000);
    for (std::size_t i = 0; i < volumes.size(); ++i) {
        volumes[i].name = std::to_string(i);
        volumes[i].source = "/dev/mapper/" + std::to_string(i + 1);
    }
    const auto steps = opening_order(volumes, {});
    ASSERT_TRUE(steps);
    EXPECT_EQ(steps->front().volume, volumes.size() - 1);
    EXPECT_EQ(steps->back().volume, 0U);
    volumes.back().source = "/dev/mapper/" + std::to_string(volumes.size() - 1);
    EXPECT_EQ(lines_in_circles(volumes).size(), 1U);
}

std::vector<std::string> told(std::string_view text, std::string_view device, unsigned tried) {
    const auto file = parse(text);
    EXPECT_TRUE(file);
    const Line& line = file->lines.at(0);
    auto environment = script_environment(line, read_entry(line, Readers::Debian), device, tried);
    std::ranges::sort(environment);
    return environment;
}

// The kernel suite crypttab_open compares this with Debian's own scripts.
TEST(CrypttabScripts, AreToldFieldsAndOptions) {
    EXPECT_THAT(told("my\\040name UUID=1 argu\\054ment "
                     "luks,keyscript=told,key-slot=0,read-only,hash=a\\054b,check,"
                     "unknown=x,tmp\n",
                     "/dev/sda1", 2),
                ElementsAre("CRYPTTAB_KEY=argu,ment", "CRYPTTAB_NAME=my name",
                            "CRYPTTAB_OPTIONS=luks,keyscript=told,key-slot=0,read-only,hash=a,b,"
                            "check,unknown=x,tmp",
                            "CRYPTTAB_OPTION_check=/lib/cryptsetup/checks/blkid",
                            "CRYPTTAB_OPTION_hash=a,b",
                            "CRYPTTAB_OPTION_keyscript=/lib/cryptsetup/scripts/told",
                            "CRYPTTAB_OPTION_keyslot=0", "CRYPTTAB_OPTION_luks=yes",
                            "CRYPTTAB_OPTION_readonly=yes", "CRYPTTAB_OPTION_tmp=ext4",
                            "CRYPTTAB_SOURCE=/dev/sda1", "CRYPTTAB_TRIED=2",
                            "_CRYPTTAB_KEY=argu\\054ment", "_CRYPTTAB_NAME=my\\040name",
                            "_CRYPTTAB_OPTIONS=luks,keyscript=told,key-slot=0,read-only,hash="
                            "a\\054b,check,unknown=x,tmp",
                            "_CRYPTTAB_SOURCE=UUID=1"));
    // Of a repeated option the last one counts; text after a blank is an option too.
    EXPECT_THAT(told("a b c tries=1,tries=2 x\n", "b", 0),
                testing::AllOf(testing::Contains("CRYPTTAB_OPTION_tries=2 x"),
                               testing::Contains("_CRYPTTAB_OPTIONS=tries=1,tries=2 x")));
}

TEST(CrypttabScripts, LieWhereDebianKeepsThem) {
    EXPECT_EQ(script_path("decrypt_keyctl"), "/lib/cryptsetup/scripts/decrypt_keyctl");
    EXPECT_EQ(script_path("/bin/mine"), "/bin/mine");
    EXPECT_EQ(check_path(""), "/lib/cryptsetup/checks/blkid");
    EXPECT_EQ(check_path("/bin/mine"), "/bin/mine");
}

TEST(CrypttabMeaning, HasWhatOpeningNeeds) {
    const Meaning volume =
        volumes_of(
            "a b none verify,try-empty-password,password-echo=yes,keyfile-erase,timeout=1min30s,"
            "x-systemd.device-timeout=5,same-cpu-crypt,no-write-workqueue,link-volume-key=@u::x\n")
            .front();
    EXPECT_TRUE(volume.verify && volume.try_empty_password && volume.keyfile_erase);
    EXPECT_TRUE(volume.same_cpu_crypt && volume.no_write_workqueue);
    EXPECT_FALSE(volume.submit_from_crypt_cpus || volume.no_read_workqueue);
    EXPECT_EQ(volume.password_echo, "yes");
    EXPECT_EQ(volume.timeout_seconds, 90U);
    EXPECT_EQ(volume.device_timeout_seconds, 5U);
    EXPECT_EQ(volume.link_volume_key, "@u::x");
    EXPECT_EQ(volumes_of("a b none timeout=soon\n").front().timeout_seconds, 0U);
    EXPECT_FALSE(
        volumes_of("a b none verify,keyfile-erase=no\n", Readers::Systemd).front().keyfile_erase);
}

}  // namespace
}  // namespace latchkey::crypttab
