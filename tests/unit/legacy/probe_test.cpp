// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "io/mem_device.h"
#include "latchkey/crypt_device.h"
#include "latchkey/legacy.h"
#include "legacy/candidates.h"
#include "support/program.h"
#include "support/random.h"
#include "support/secrets.h"
#include "support/temp_dir.h"

namespace latchkey::legacy {
namespace {

constexpr const char* kPassphrase = "a passphrase of long ago";

class LegacyProbe : public testing::Test {
  protected:
    // Returns a disk of noise with a file system, encrypted according to `params`.
    std::shared_ptr<io::MemDevice> disk(const plain::Params& params,
                                        const std::vector<std::string>& make) {
        const test::TempDir directory;
        const std::string path = directory.sparse_file("image", 8 << 20);
        std::vector<std::string> command = make;
        command.push_back(path);
        EXPECT_EQ(test::run_program(command).status, 0) << make[0];
        const Bytes clear = test::read_file(path);

        Bytes noise(clear.size() + params.offset_sectors * 512);
        test::SeededRandom(3).fill(noise).value();
        auto device = std::make_shared<io::MemDevice>(std::move(noise));
        const auto opened = open_crypt_device(
            context_, *plain::plan(params),
            *plain::key_from_passphrase(params, test::passphrase(kPassphrase)), Device(device));
        EXPECT_TRUE(opened) << opened.error().message;
        EXPECT_TRUE(write_device(*opened, 0, clear));
        return device;
    }
    std::string best(const std::shared_ptr<io::MemDevice>& device,
                     std::optional<std::uint64_t> offset = {}) {
        const auto result = probe(context_, Device(device), test::passphrase(kPassphrase), offset);
        if (!result) return result.error().message;
        EXPECT_GT(result->tried, 500U);
        if (result->findings.empty()) return "nothing";
        const Finding& first = result->findings[0];
        return first.signatures[0].name + " " + first.params.cipher + " " +
               std::to_string(8 * first.params.key_bytes) + " " + first.params.hash + " " +
               std::to_string(first.params.offset_sectors) + "/" +
               std::to_string(first.params.skip_sectors);
    }

    Context context_;
    const std::vector<std::string> ext4_{"/sbin/mkfs.ext4", "-q", "-F"};
};

TEST_F(LegacyProbe, FindsTheDefaultsOfTheirTime) {
    EXPECT_EQ(best(disk({.cipher = "aes-cbc-plain", .hash = "ripemd160"}, ext4_)),
              "ext4 aes-cbc-plain 256 ripemd160 0/0");
    EXPECT_EQ(best(disk({.cipher = "aes-xts-plain64", .hash = "sha256"}, ext4_)),
              "ext4 aes-xts-plain64 256 sha256 0/0");
}

// The superblock is visible with any IV; the sectors' first blocks show which IV is right.
TEST_F(LegacyProbe, TellsIvsApart) {
    for (const char* cipher : {"twofish-cbc-null", "twofish-cbc-plain", "twofish-cbc-essiv:sha256"})
        EXPECT_EQ(best(disk({.cipher = cipher, .key_bytes = 16, .hash = "sha1"}, ext4_)),
                  std::string("ext4 ") + cipher + " 128 sha1 0/0");
}

TEST_F(LegacyProbe, LooksIntoPartitions) {
    EXPECT_EQ(
        best(disk(
            {.cipher = "serpent-ecb", .key_bytes = 24, .hash = "sha256:16", .offset_sectors = 63},
            ext4_)),
        "nothing");
    EXPECT_EQ(best(disk({.cipher = "blowfish-cbc-plain",
                         .key_bytes = 20,
                         .hash = "ripemd160:20",
                         .offset_sectors = 63,
                         .skip_sectors = 63},
                        {"/sbin/mkswap", "-q"})),
              "swap blowfish-cbc-plain 160 ripemd160 63/63");
}

TEST_F(LegacyProbe, TakesAnOffset) {
    const auto device =
        disk({.cipher = "aes-cbc-plain", .hash = "plain", .offset_sectors = 1000}, ext4_);
    EXPECT_EQ(best(device, 1000), "ext4 aes-cbc-plain 256 plain 1000/0");
    EXPECT_EQ(best(device), "nothing");
    EXPECT_EQ(best(device, 1 << 30), "device <memory> has no sector there");
}

TEST_F(LegacyProbe, WritesNothingAndFindsNothingInNoise) {
    Bytes noise(1 << 20);
    test::SeededRandom(4).fill(noise).value();
    const auto device = std::make_shared<io::MemDevice>(noise);
    const auto result = probe(context_, Device(device), test::passphrase(kPassphrase));
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->findings.empty());
    EXPECT_TRUE(std::equal(noise.begin(), noise.end(), device->bytes().begin()));
}

TEST_F(LegacyProbe, CanBeStopped) {
    context_.cancel();
    const auto result = probe(context_, Device(std::make_shared<io::MemDevice>(Bytes(1 << 20))),
                              test::passphrase(kPassphrase));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::Interrupted);
}

TEST(LegacyCandidates, AreDifferentAndKnownOnesFirst) {
    const auto list = candidates();
    EXPECT_EQ(list[0].params.cipher, "aes-cbc-plain");
    EXPECT_EQ(list[0].known_from, "cryptsetup 0.1 to 1.0.x, losetup (debian)");
    for (std::size_t i = 0; i < list.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_FALSE(list[i].params.cipher == list[j].params.cipher &&
                         list[i].params.hash == list[j].params.hash &&
                         list[i].params.key_bytes == list[j].params.key_bytes);
}

}  // namespace
}  // namespace latchkey::legacy
