// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "luks1_testing.h"

namespace latchkey::luks1 {
namespace {

using Lines = std::vector<std::string>;

class Luks1Repair : public testing::Test {
  protected:
    void SetUp() override { volume_.emplace(test::make_volume(context_, {"one", "two"})); }

    HeaderDisk disk() { return read_record<HeaderDisk>(volume_->device->bytes()); }
    template <typename Edit>
    void damage(Edit edit) {
        HeaderDisk header = disk();
        edit(header);
        write_record(volume_->device->bytes(), header);
    }
    Result<Lines> repair() { return kFormat.repair(context_, volume_->device); }
    void expect_lines(const Lines& expected) {
        const auto done = repair();
        ASSERT_TRUE(done) << done.error().message;
        EXPECT_EQ(*done, expected);
    }
    void expect_refused(Errc code, const std::string& message) {
        const Bytes before(volume_->device->bytes().begin(), volume_->device->bytes().end());
        const auto done = repair();
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, code);
        EXPECT_EQ(done.error().message, message);
        EXPECT_TRUE(std::ranges::equal(before, volume_->device->bytes()));
    }
    void expect_both_open() {
        const auto header = test::load(volume_->device);
        ASSERT_TRUE(header) << header.error().message;
        EXPECT_EQ(*test::opens(**header, "one"), 0);
        EXPECT_EQ(*test::opens(**header, "two"), 1);
    }

    Context context_;
    std::optional<test::TestVolume> volume_;
};

TEST_F(Luks1Repair, WritesNothingWhereNothingIsWrong) {
    damage([](HeaderDisk& h) { h.padding[7] = 1; });
    const Bytes before(volume_->device->bytes().begin(), volume_->device->bytes().end());
    expect_lines({});
    EXPECT_TRUE(std::ranges::equal(before, volume_->device->bytes()));
}

// The lines are those that the peer prints for the same damage.
TEST_F(Luks1Repair, MendsDisabledKeyslots) {
    damage([](HeaderDisk& h) {
        h.keyslots[2].stripes = Be32(3999);
        h.keyslots[3].area_offset = Be32(393);
        h.keyslots[3].salt.fill(std::byte{0x33});
        h.keyslots[5].state = Be32(0x12345678);
        h.keyslots[5].iterations = Be32(77);
        h.keyslots[5].stripes = Be32(0);
    });
    expect_lines({"Keyslot 2: stripes repaired (3999 -> 4000).", "Keyslot 2: salt wiped.",
                  "Keyslot 3: offset repaired (393 -> 392).", "Keyslot 3: salt wiped.",
                  "Keyslot 5: stripes repaired (0 -> 4000).", "Keyslot 5: salt wiped."});
    const Header header = *parse(volume_->device->bytes());
    EXPECT_EQ(header.keyslots[3], (Keyslot{.area_offset_sectors = 392}));
    EXPECT_EQ(header.keyslots[5], (Keyslot{.area_offset_sectors = 648}));
    expect_both_open();
    expect_lines({});
}

TEST_F(Luks1Repair, SeesABootSectorsSignature) {
    damage([](HeaderDisk& h) {
        h.keyslots[6].salt[6] = std::byte{0x55};
        h.keyslots[6].salt[7] = std::byte{0xaa};
        h.keyslots[4].stripes = Be32(1);  // the signature alone violates no rule
    });
    ASSERT_EQ(volume_->device->bytes()[0x1fe], std::byte{0x55});
    expect_lines({"Keyslot 4: stripes repaired (1 -> 4000).", "Keyslot 4: salt wiped.",
                  "Keyslot 6: bogus partition signature.", "Keyslot 6: salt wiped."});
    EXPECT_EQ(volume_->device->bytes()[0x1fe], std::byte{0});
    expect_both_open();
}

TEST_F(Luks1Repair, LowersTheHash) {
    damage([](HeaderDisk& h) { h.hash = TextField<32>::of("SHA256"); });
    expect_both_open();  // unchanged
    expect_lines({"Cipher hash repaired to lowercase (sha256)."});
    EXPECT_EQ(disk().hash.view(), "sha256");
    expect_both_open();
}

TEST_F(Luks1Repair, TakesTheIvFromEcb) {
    damage([](HeaderDisk& h) { h.cipher_mode = TextField<32>::of("ecb-plain64"); });
    expect_lines({"Cipher mode repaired (ecb-plain64 -> ecb)."});
    EXPECT_EQ(disk().cipher_mode.view(), "ecb");
}

TEST_F(Luks1Repair, NeverTouchesAnEnabledKeyslot) {
    damage([](HeaderDisk& h) { h.keyslots[1].stripes = Be32(3999); });
    expect_refused(Errc::CorruptHeader, "repair failed: keyslot 1: AF stripes 3999 != 4000");
}

TEST_F(Luks1Repair, LeavesToAPersonWhatItCannotKnow) {
    damage([](HeaderDisk& h) {
        h.keyslots[2].stripes = Be32(1);
        h.key_bytes = Be32(24);
    });
    expect_refused(
        Errc::CorruptHeader,
        "non standard key size, manual repair required: key bytes 24 is not 16, 32 or 64");
    damage([](HeaderDisk& h) {
        h.key_bytes = Be32(16);
        h.keyslots[0].area_offset = Be32(2);
    });
    expect_refused(
        Errc::CorruptHeader,
        "non standard keyslots alignment, manual repair required: keyslot 0: area offset "
        "2 < 8");
    damage([](HeaderDisk& h) {
        h.keyslots[0].area_offset = Be32(8);
        h.hash = TextField<32>::of("SHA1337");
    });
    expect_refused(Errc::MissingCipher, "repair failed: LUKS hash \"sha1337\" is not supported");
    damage([](HeaderDisk& h) {
        h.hash = TextField<32>::of("sha256");
        h.cipher_mode = TextField<32>::of("ecb-\x1b[2J");
    });
    expect_refused(Errc::CorruptHeader,
                   "repair failed: cipher mode: byte 0x1b at 4 is not allowed");
    damage([](HeaderDisk& h) { h.version = Be16(9); });
    expect_refused(Errc::CorruptHeader, "unsupported LUKS version 9");
    damage([](HeaderDisk& h) { h.magic[0] = 'X'; });
    expect_refused(Errc::NotThisFormat, "no LUKS magic");
}

TEST_F(Luks1Repair, ATruncatedDeviceIsBeyondRepair) {
    auto device = test::file_with(
        Bytes(volume_->device->bytes().begin(), volume_->device->bytes().begin() + 24576));
    const auto done = kFormat.repair(context_, device);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "LUKS1 header needs at least 526848 bytes, not 24576");
    device = test::file_with(
        Bytes(volume_->device->bytes().begin(), volume_->device->bytes().begin() + 592));
    EXPECT_EQ(kFormat.repair(context_, device).error().code, Errc::DeviceTooSmall);
}

}  // namespace
}  // namespace latchkey::luks1
