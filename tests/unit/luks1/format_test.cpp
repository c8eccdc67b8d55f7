// SPDX-License-Identifier: GPL-2.0-or-later
// luksFormat, and LUKS1 as an implementation of a format.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/kdf.h"
#include "luks1_testing.h"
#include "support/fault_device.h"

namespace latchkey::luks1 {
namespace {

using test::cheap_params;
using test::file_of;

class Luks1Format : public testing::Test {
  protected:
    Result<std::unique_ptr<formats::LoadedHeader>> create(std::shared_ptr<io::BlockDevice> device,
                                                          const FormatParams& params) {
        return kFormat.create(context_, std::move(device), nullptr, params,
                              test::ramp_key(params.key_bytes));
    }
    static bool all_zero(ByteView bytes) {
        return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
    }

    Context context_;
};

TEST_F(Luks1Format, WritesACompleteHeaderWithoutKeyslots) {
    auto device = file_of(0);
    FormatParams params = cheap_params();
    params.hash = "SHA512";
    params.uuid = "12345678-1234-1234-1234-123456789ABC";
    const auto created = create(device, params);
    ASSERT_TRUE(created) << created.error().message;
    EXPECT_EQ(device->size(), 1032U * 512);  // a file grows up to the start of its data
    const auto header = parse(device->bytes());
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(header->cipher_name, "aes");
    EXPECT_EQ(header->cipher_mode, "cbc-plain64");
    EXPECT_EQ(header->hash, "sha512");
    EXPECT_EQ(header->payload_offset_sectors, 1032U);
    EXPECT_EQ(header->digest_iterations, 1000U);
    EXPECT_EQ(header->uuid, "12345678-1234-1234-1234-123456789abc");
    EXPECT_EQ(header->enabled_keyslots(), 0);
    for (const Keyslot& keyslot : header->keyslots) {
        EXPECT_TRUE(keyslot.disabled());
        EXPECT_FALSE(
            all_zero(device->bytes().subspan(std::size_t{keyslot.area_offset_sectors} * 512, 512)));
    }
    EXPECT_TRUE(all_zero(device->bytes().subspan(1024, 3072)));
    EXPECT_TRUE((*created)->keyslots().empty());
}

TEST_F(Luks1Format, DefaultsAreThoseOfTheSpecification) {
    auto device = file_of(0);
    FormatParams params{.type = "LUKS1", .key_bytes = 64};
    params.kdf.forced_iterations = 1000;
    const auto created = create(device, params);
    ASSERT_TRUE(created) << created.error().message;
    const VolumeInfo info = (*created)->info();
    EXPECT_EQ(info.type, "LUKS1");
    EXPECT_EQ(info.cipher, "aes-xts-plain64");
    EXPECT_EQ(info.hash, "sha256");
    EXPECT_EQ(info.key_bytes, 64U);
    EXPECT_EQ(info.data_offset, 2U << 20);
    EXPECT_EQ(info.uuid.size(), 36U);
    EXPECT_EQ((*created)->header_area_bytes(), 2068480U);
    EXPECT_EQ((*created)->default_kdf().type, "pbkdf2");
    EXPECT_EQ((*created)->default_kdf().hash, "sha256");
}

TEST_F(Luks1Format, WipesWhatLayBeforeTheData) {
    auto device = file_of(2 << 20);
    std::ranges::fill(device->bytes(), std::byte{0x55});
    FormatParams params = cheap_params();
    params.alignment_sectors = 0;
    ASSERT_TRUE(create(device, params));
    EXPECT_TRUE(all_zero(device->bytes().subspan(526848, (1 << 20) - 526848)));
    EXPECT_TRUE(all_zero(device->bytes().subspan(133 * 512, 3 * 512)));  // between two areas
    EXPECT_EQ(device->bytes()[1 << 20], std::byte{0x55});  // the data area is not touched
}

TEST_F(Luks1Format, DetachedHeadersTakeNoMoreThanTheirAreas) {
    auto device = file_of(4096);
    io::MemDevice data(Bytes(65536));
    FormatParams params = cheap_params();
    params.alignment_sectors = 0;
    const VolumeKey key = test::ramp_key(16);
    auto created = kFormat.create(context_, device, &data, params, key);
    ASSERT_TRUE(created) << created.error().message;
    EXPECT_EQ(device->size(), 528384U);
    EXPECT_EQ((*created)->info().data_offset, 0U);
    const auto plan = (*created)->plan(context_, key);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->segments[0].device_offset, 0U);

    params.alignment_sectors = 2048;
    params.detached = true;
    device = file_of(0);
    created = create(device, params);
    ASSERT_TRUE(created) << created.error().message;
    EXPECT_EQ(device->size(), 528384U);
    EXPECT_EQ((*created)->plan(context_, key)->segments[0].device_offset, 2048U);
}

TEST_F(Luks1Format, ABlockDeviceMustHaveTheRoom) {
    auto device = std::make_shared<io::MemDevice>(Bytes(1032 * 512 - 512), "<disk>");
    const auto created = create(device, cheap_params());
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(created.error().message, "LUKS1 needs at least 528384 bytes, <disk> has 527872");
    EXPECT_TRUE(all_zero(device->bytes()));
}

TEST_F(Luks1Format, ADeviceThatForgetsIsNoticed) {
    // It returns zeros when the header is read again.
    auto device = std::make_shared<latchkey::test::FaultDevice>(
        file_of(1 << 20), latchkey::test::Faults{
                              .change_read = [](std::size_t, std::uint64_t, MutableByteView bytes) {
                                  std::ranges::fill(bytes.subspan(170, 4), std::byte{'0'});
                              }});
    FormatParams params = cheap_params();
    params.uuid = "12345678-1234-1234-1234-123456789abc";
    const auto created = create(device, params);
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, Errc::Io);
}

TEST_F(Luks1Format, TheDigestCostsAnEighthOfASecond) {
    FormatParams params = cheap_params();
    params.kdf = {.time_ms = 500};
    ASSERT_TRUE(create(file_of(0), params));
    auto device = file_of(0);
    ASSERT_TRUE(create(device, params));
    const auto measured = crypto::choose_kdf({.type = "pbkdf2", .hash = "sha256", .time_ms = 500},
                                             16, context_.cancelled());
    ASSERT_TRUE(measured);
    const auto iterations = parse(device->bytes())->digest_iterations;
    EXPECT_GT(iterations, measured->iterations / 4 / 3);
    EXPECT_LT(iterations, measured->iterations / 4 * 3);
}

struct Refusal {
    const char* name;
    void (*apply)(FormatParams&);
    Errc code;
    const char* message;
};
class Luks1FormatRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(Luks1FormatRefuses, ByNameBeforeAnythingIsWritten) {
    Context context;
    FormatParams params = cheap_params();
    GetParam().apply(params);
    const auto checked = kFormat.check_create(context, params);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, GetParam().code);
    EXPECT_EQ(checked.error().message, GetParam().message);
    auto device = file_of(1 << 20);
    const auto created =
        kFormat.create(context, device, nullptr, params, test::ramp_key(params.key_bytes));
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().message, GetParam().message);
    EXPECT_TRUE(
        std::ranges::all_of(device->bytes(), [](std::byte b) { return b == std::byte{0}; }));
}

INSTANTIATE_TEST_SUITE_P(
    All, Luks1FormatRefuses,
    testing::Values(Refusal{"SectorSize", [](FormatParams& p) { p.sector_size = 4096; },
                            Errc::NotSupported, "LUKS1 sector size 4096 != 512"},
                    Refusal{"Label", [](FormatParams& p) { p.label = "x"; }, Errc::NotSupported,
                            "LUKS1 has no label and no subsystem"},
                    Refusal{"Subsystem", [](FormatParams& p) { p.subsystem = "x"; },
                            Errc::NotSupported, "LUKS1 has no label and no subsystem"},
                    Refusal{"MetadataSize", [](FormatParams& p) { p.metadata_size = 16384; },
                            Errc::NotSupported, "LUKS1 metadata and keyslots have no other size"},
                    Refusal{"Argon2", [](FormatParams& p) { p.kdf.type = "argon2id"; },
                            Errc::NotSupported, "LUKS1 keyslots take pbkdf2, not argon2id"},
                    Refusal{"Hash", [](FormatParams& p) { p.hash = "sha1337"; },
                            Errc::MissingCipher, "LUKS hash \"sha1337\" is not supported"},
                    Refusal{"ShortHash", [](FormatParams& p) { p.hash = "md5"; },
                            Errc::MissingCipher,
                            "LUKS hash \"md5\" is not supported: 16 bytes < 20"},
                    Refusal{"Uuid", [](FormatParams& p) { p.uuid = "1234"; }, Errc::InvalidArgument,
                            "\"1234\" is not a UUID"},
                    Refusal{"Offset", [](FormatParams& p) { p.data_offset_sectors = 1024; },
                            Errc::InvalidArgument,
                            "data offset 1024 < 1032 sectors, the header's size"},
                    Refusal{"KeyBytes", [](FormatParams& p) { p.key_bytes = 513; },
                            Errc::InvalidArgument, "key bytes 513 > 512"}),
    [](const auto& test) { return test.param.name; });

TEST_F(Luks1Format, RefusesKeysAndCiphersThatDoNotFit) {
    FormatParams params = cheap_params();
    params.cipher = "nocipher-cbc-plain";
    EXPECT_FALSE(create(file_of(0), params));
    params = cheap_params();
    params.key_bytes = 17;
    EXPECT_FALSE(create(file_of(0), params));
    params = cheap_params();
    const auto created = kFormat.create(context_, file_of(0), nullptr, params, test::ramp_key(32));
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().message, "volume key of 32 bytes, 16 were asked for");
    context_.policy.allow_null_cipher = false;
    params.cipher = "null";
    EXPECT_EQ(create(file_of(0), params).error().code, Errc::NotSupported);
}

TEST_F(Luks1Format, PlansTheMapping) {
    auto volume = test::make_volume(context_, {"one"});
    // There must be data after the header.
    auto plan = volume.header->plan(context_, volume.key);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().message, "<file> ends at byte 528384 <= 528384, where the data begins");
    ASSERT_TRUE(volume.device->grow(528384 + 512));
    plan = volume.header->plan(context_, volume.key);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->type, "LUKS1");
    EXPECT_EQ(plan->uuid, volume.header->info().uuid);
    EXPECT_EQ(plan->key_bytes(), 16U);
    ASSERT_EQ(plan->segments.size(), 1U);
    const model::PlanSegment& segment = plan->segments[0];
    EXPECT_EQ(segment.cipher, "aes-cbc-plain64");
    EXPECT_EQ(segment.device_offset, 1032U);
    EXPECT_EQ(segment.iv_offset, 0U);
    EXPECT_EQ(segment.sector_size, 512U);
    EXPECT_FALSE(segment.length);
}

// Sizes of the peer's backups, and which parts of them are zero.
TEST_F(Luks1Format, TheBackupIsAsLargeAsTheReferences) {
    const std::pair<std::uint32_t, std::uint64_t> sizes[] = {
        {16, 528384}, {32, 1052672}, {64, 2068480}};
    for (const auto& [key_bytes, size] : sizes) {
        FormatParams params{.type = "LUKS1", .cipher = "aes-xts-plain64", .key_bytes = key_bytes};
        if (key_bytes == 16) params.cipher = "aes-cbc-plain";
        params.kdf.forced_iterations = 1000;
        const auto created = create(file_of(0), params);
        ASSERT_TRUE(created) << created.error().message;
        EXPECT_EQ((*created)->header_area_bytes(), size);
        const auto holes = (*created)->backup_holes();
        ASSERT_EQ(holes.size(), 2U);
        EXPECT_EQ(holes[0], (ByteRange{1024, 3072}));
        EXPECT_EQ(holes[1].offset + holes[1].length, size);
        EXPECT_EQ((*created)->header_copies(), (std::vector<ByteRange>{{0, 1024}}));
    }
}

// In the layout of 2005 data follow the last area directly and are not part of a backup.
TEST_F(Luks1Format, TheBackupOfAPackedHeaderEndsWhereTheDataBegins) {
    Header header = test::plain_header();
    std::uint32_t offset = 2;
    for (Keyslot& keyslot : header.keyslots) {
        keyslot.area_offset_sectors = offset;
        offset += 125;
    }
    header.payload_offset_sectors = offset;
    auto device = file_of(1 << 20);
    write_record(device->bytes(), serialize(header));
    const auto loaded = *test::load(device);
    EXPECT_EQ(loaded->header_area_bytes(), std::uint64_t{offset} * 512);
    EXPECT_TRUE(loaded->backup_holes().empty());
}

}  // namespace
}  // namespace latchkey::luks1
