// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks2/binary_header.h"

#include <functional>

#include "base/hex.h"
#include "crypto/hash.h"
#include "samples.h"

namespace latchkey::luks2 {
namespace {

using test::refusal;

class Luks2HeaderVector : public testing::TestWithParam<test::HeaderVector> {};

TEST_P(Luks2HeaderVector, IsWrittenByteForByte) {
    const test::HeaderVector& vector = GetParam();
    Bytes both = test::copy_bytes(vector, 0);
    const Bytes secondary = test::copy_bytes(vector, vector.header_size);
    both.insert(both.end(), secondary.begin(), secondary.end());
    EXPECT_EQ(to_hex(*crypto::digest("sha256", both)), vector.sha256);
}

TEST_P(Luks2HeaderVector, IsReadAsWritten) {
    const test::HeaderVector& vector = GetParam();
    for (const std::uint64_t offset : {std::uint64_t{0}, vector.header_size}) {
        const Bytes bytes = test::copy_bytes(vector, offset);
        const auto header = parse_binary_header(bytes, offset);
        ASSERT_TRUE(header) << header.error().message;
        EXPECT_TRUE(verify_checksum(bytes, *header));
        EXPECT_EQ(header->header_size, vector.header_size);
        EXPECT_EQ(header->sequence_id, 3U);
        EXPECT_EQ(header->offset, offset);
        EXPECT_EQ(header->label, vector.label);
        EXPECT_EQ(header->subsystem, vector.subsystem);
        EXPECT_EQ(header->uuid, "12345678-1234-1234-1234-123456789abc");
        EXPECT_EQ(header->checksum_algorithm, "sha256");
        EXPECT_EQ(header->salt, test::ramp_salt());
    }
}

INSTANTIATE_TEST_SUITE_P(All, Luks2HeaderVector,
                         testing::Values(test::vector_x(), test::vector_y(), test::vector_z()),
                         [](const auto& test) { return test.param.name; });

struct Damage {
    const char* name;
    std::uint64_t offset;  // of the copy
    std::function<void(HeaderDisk&)> apply;
    Errc code;
    const char* message;
};

class Luks2BinaryDamage : public testing::TestWithParam<Damage> {};

TEST_P(Luks2BinaryDamage, IsRefusedByName) {
    const Damage& damage = GetParam();
    const Bytes bytes = test::copy_bytes(test::vector_x(), damage.offset);
    auto disk = read_record<HeaderDisk>(bytes);
    damage.apply(disk);
    EXPECT_EQ(refusal(parse_binary_header(record_bytes(disk), damage.offset), damage.code),
              damage.message);
}

INSTANTIATE_TEST_SUITE_P(
    All, Luks2BinaryDamage,
    testing::Values(Damage{"Magic", 0, [](auto& h) { h.magic[0] = 'l'; }, Errc::NotThisFormat,
                           "no LUKS2 magic"},
                    Damage{"SecondaryMagicAt0", 0, [](auto& h) { h.magic = kSecondaryMagic; },
                           Errc::NotThisFormat, "no LUKS2 magic"},
                    Damage{"PrimaryMagicElsewhere", 0x4000,
                           [](auto& h) { h.magic = kPrimaryMagic; }, Errc::NotThisFormat,
                           "no LUKS2 magic"},
                    Damage{"Version1", 0, [](auto& h) { h.version = Be16(1); }, Errc::NotThisFormat,
                           "version 1 != 2"},
                    Damage{"Version3", 0, [](auto& h) { h.version = Be16(3); }, Errc::CorruptHeader,
                           "version 3 != 2"},
                    Damage{"SecondaryVersion1", 0x4000, [](auto& h) { h.version = Be16(1); },
                           Errc::CorruptHeader, "version 1 != 2"},
                    Damage{"Offset", 0, [](auto& h) { h.offset = Be64(512); }, Errc::CorruptHeader,
                           "hdr_offset 512 != 0"},
                    Damage{"SecondaryOffset", 0x4000, [](auto& h) { h.offset = Be64(0x8000); },
                           Errc::CorruptHeader, "hdr_offset 32768 != 16384"},
                    Damage{"SizeZero", 0, [](auto& h) { h.header_size = Be64(0); },
                           Errc::CorruptHeader, "hdr_size 0 is not 16 KiB * 2^n up to 4 MiB"},
                    Damage{"SizeSmall", 0, [](auto& h) { h.header_size = Be64(0x2000); },
                           Errc::CorruptHeader, "hdr_size 8192 is not 16 KiB * 2^n up to 4 MiB"},
                    Damage{"SizeOdd", 0, [](auto& h) { h.header_size = Be64(0x4001); },
                           Errc::CorruptHeader, "hdr_size 16385 is not 16 KiB * 2^n up to 4 MiB"},
                    Damage{"SizeNoPowerOf2", 0, [](auto& h) { h.header_size = Be64(0xc000); },
                           Errc::CorruptHeader, "hdr_size 49152 is not 16 KiB * 2^n up to 4 MiB"},
                    Damage{"SizeLarge", 0, [](auto& h) { h.header_size = Be64(0x800000); },
                           Errc::CorruptHeader, "hdr_size 8388608 is not 16 KiB * 2^n up to 4 MiB"},
                    Damage{"SizeHuge", 0, [](auto& h) { h.header_size = Be64(UINT64_MAX); },
                           Errc::CorruptHeader,
                           "hdr_size 18446744073709551615 is not 16 KiB * 2^n up to 4 MiB"},
                    Damage{"SecondarySize", 0x4000, [](auto& h) { h.header_size = Be64(0x8000); },
                           Errc::CorruptHeader,
                           "hdr_size 32768 != 16384 (offset of the secondary)"}),
    [](const auto& test) { return test.param.name; });

TEST(Luks2BinaryHeader, EveryByteCounts) {
    const Bytes good = test::copy_bytes(test::vector_x(), 0);
    const auto header = parse_binary_header(good, 0);
    ASSERT_TRUE(header);
    // The whole used part of the binary header, some of the padding, the text and the unused zeros after it.
    for (std::size_t i = 0; i < good.size(); i += i < 520 ? 1 : 97) {
        Bytes bad = good;
        bad[i] ^= std::byte{1};
        const bool behind_digest = i >= 0x1c0 + 32 && i < 0x200;  // zeros that are not read
        EXPECT_EQ(verify_checksum(bad, *header).has_value(), behind_digest) << i;
    }
}

TEST(Luks2BinaryHeader, NamesTheChecksum) {
    Bytes bytes = test::copy_bytes(test::vector_y(), 0);
    const auto header = parse_binary_header(bytes, 0);
    bytes[0x1c0] ^= std::byte{0xff};
    EXPECT_EQ(refusal(verify_checksum(bytes, *header)), "checksum b96b78f9.. != 466b78f9..");
}

TEST(Luks2BinaryHeader, TakesAnyHashThatTheLibraryKnows) {
    for (const char* algorithm : {"sha1", "sha512", "SHA256"}) {
        const Bytes bytes = test::copy_bytes(test::vector_x(), 0, 3, algorithm);
        const auto header = parse_binary_header(bytes, 0);
        ASSERT_TRUE(header) << header.error().message;
        EXPECT_TRUE(verify_checksum(bytes, *header)) << algorithm;
    }
    Bytes bytes = test::copy_bytes(test::vector_x(), 0);
    auto disk = read_record<HeaderDisk>(bytes);
    disk.checksum_algorithm = TextField<32>::of("md5000");
    write_record(bytes, disk);
    const auto result = verify_checksum(bytes, *parse_binary_header(bytes, 0));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::MissingCipher);
    EXPECT_NE(result.error().message.find("md5000"), std::string::npos);
}

TEST(Luks2BinaryHeader, ReadsTextsWithoutNulUpToTheirLastByte) {
    auto disk = read_record<HeaderDisk>(test::copy_bytes(test::vector_x(), 0));
    disk.label.chars.fill('l');
    disk.subsystem.chars.fill('s');
    disk.uuid.chars.fill('u');
    const auto header = parse_binary_header(record_bytes(disk), 0);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->label, std::string(47, 'l'));
    EXPECT_EQ(header->subsystem, std::string(47, 's'));
    EXPECT_EQ(header->uuid, std::string(39, 'u'));
}

TEST(Luks2BinaryHeader, RefusesTextsThatDoNotFit) {
    const auto write = [](auto change) {
        BinaryHeader header{.header_size = 0x4000, .checksum_algorithm = "sha256"};
        change(header);
        return serialize_copy(header, "{}");
    };
    EXPECT_TRUE(write([](auto& h) { h.label = std::string(47, 'x'); }));
    EXPECT_EQ(
        refusal(write([](auto& h) { h.label = std::string(48, 'x'); }), Errc::InvalidArgument),
        "label has 48 bytes, at most 47 fit");
    EXPECT_EQ(
        refusal(write([](auto& h) { h.subsystem = std::string(49, 'x'); }), Errc::InvalidArgument),
        "subsystem has 49 bytes, at most 47 fit");
    EXPECT_EQ(refusal(write([](auto& h) { h.uuid = std::string(40, 'x'); }), Errc::InvalidArgument),
              "UUID has 40 bytes, at most 39 fit");
    EXPECT_EQ(
        refusal(write([](auto& h) { h.label = std::string("a\0b", 3); }), Errc::InvalidArgument),
        "label has a NUL byte");
}

}  // namespace
}  // namespace latchkey::luks2
