// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "luks1_testing.h"

namespace latchkey::luks1 {
namespace {

class Luks1Restore : public testing::Test {
  protected:
    Result<std::vector<std::string>> check(const std::shared_ptr<io::BlockDevice>& backup,
                                           const std::shared_ptr<io::BlockDevice>& device) {
        return kFormat.check_restore(context_, backup, device);
    }
    std::shared_ptr<io::MemDevice> copy_of(const test::TestVolume& volume) {
        return test::file_with(Bytes(volume.device->bytes().begin(), volume.device->bytes().end()));
    }

    Context context_;
};

TEST_F(Luks1Restore, WarnsOfTheKeyslotsOnly) {
    auto volume = test::make_volume(context_, {"one"});
    const auto warnings = check(copy_of(volume), volume.device);
    ASSERT_TRUE(warnings) << warnings.error().message;
    EXPECT_EQ(*warnings, (std::vector<std::string>{
                             "all keyslots of the header on <file> are replaced by those of the "
                             "backup"}));
}

TEST_F(Luks1Restore, WarnsOfAnotherUuidAndAnotherKey) {
    auto volume = test::make_volume(context_, {"one"});
    auto backup = copy_of(volume);
    ASSERT_TRUE(volume.header->set_uuid(context_, "12345678-1234-1234-1234-123456789abc"));
    auto warnings = check(backup, volume.device);
    ASSERT_TRUE(warnings);
    ASSERT_EQ(warnings->size(), 2U);
    EXPECT_EQ((*warnings)[1], "UUID " + parse(backup->bytes())->uuid +
                                  " of the backup is not 12345678-1234-1234-1234-123456789abc, "
                                  "that of the device");
    backup->bytes()[112] ^= std::byte{1};
    warnings = check(backup, volume.device);
    ASSERT_TRUE(warnings);
    ASSERT_EQ(warnings->size(), 3U);
    EXPECT_EQ((*warnings)[2],
              "the backup holds another volume key than the device: the data on it "
              "would be lost");
}

TEST_F(Luks1Restore, WarnsWhereThereIsNoHeader) {
    auto volume = test::make_volume(context_, {"one"});
    const auto warnings = check(copy_of(volume), test::file_of(1 << 20));
    ASSERT_TRUE(warnings);
    ASSERT_EQ(warnings->size(), 1U);
    EXPECT_EQ((*warnings)[0],
              "<file> has no usable LUKS1 header (no LUKS magic): data that is not encrypted with "
              "the key of this backup would be lost");
}

TEST_F(Luks1Restore, RefusesAnotherOffsetOrKeyLength) {
    auto volume = test::make_volume(context_, {"one"});
    auto backup = copy_of(volume);
    write_record(backup->bytes(), Be32(2048), 104);
    auto checked = check(backup, volume.device);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message, "payload offset 2048 of the backup != 1032 on <file>");

    FormatParams params = test::cheap_params();
    params.key_bytes = 32;
    params.data_offset_sectors = 4096;
    params.cipher = "aes-xts-plain64";
    auto wide = test::make_volume(context_, {}, params);
    params.key_bytes = 16;
    params.cipher = "aes-cbc-plain64";
    auto narrow = test::make_volume(context_, {}, params);
    checked = check(copy_of(wide), narrow.device);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message, "key bytes 32 of the backup != 16 on <file>");
}

TEST_F(Luks1Restore, RefusesABackupThatIsNone) {
    auto volume = test::make_volume(context_, {"one"});
    auto checked = check(test::file_of(4095), volume.device);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message,
              "header backup of 4095 bytes, a LUKS1 one has at least 4096");
    EXPECT_EQ(check(test::file_of(4096), volume.device).error().code, Errc::NotThisFormat);
    auto backup = copy_of(volume);
    write_record(backup->bytes(), Be32(1), 252);
    EXPECT_EQ(check(backup, volume.device).error().message, "keyslot 0: AF stripes 1 != 4000");
    backup = copy_of(volume);
    checked = check(backup, std::make_shared<io::MemDevice>(Bytes(4096)));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::DeviceTooSmall);
    EXPECT_TRUE(check(backup, test::file_of(4096)));  // a file grows
}

}  // namespace
}  // namespace latchkey::luks1
