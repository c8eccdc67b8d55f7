// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks1/header.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/hex.h"
#include "luks1_testing.h"

namespace latchkey::luks1 {
namespace {

using test::plain_header;

TEST(Luks1Header, SurvivesSerializeAndParse) {
    Header header = plain_header(64);
    header.keyslots[0] = {kStateEnabled, 123456, {}, header.keyslots[0].area_offset_sectors};
    header.keyslots[0].salt.fill(std::byte{0x5a});
    header.keyslots[3].state = 0x12345678;  // damaged, and stored unchanged
    header.digest.fill(std::byte{0x11});
    header.digest_salt.fill(std::byte{0x22});
    const auto parsed = parse(record_bytes(serialize(header)));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, header);
}

TEST(Luks1Header, LiesWhereTheSpecificationSays) {
    Header header = plain_header(32);
    header.keyslots[7].state = kStateEnabled;
    const HeaderDisk disk = serialize(header);
    const ByteView bytes = record_bytes(disk);
    EXPECT_EQ(to_hex(bytes.first(8)), "4c554b53babe0001");
    EXPECT_EQ(to_hex(bytes.subspan(104, 8)), "0000100000000020");
    EXPECT_EQ(to_hex(bytes.subspan(544, 4)), "00ac71f3");
    EXPECT_EQ(to_hex(bytes.subspan(544 + 40, 8)), "0000070800000fa0");
    EXPECT_EQ(to_hex(bytes.subspan(592, 4)), "00000000");
}

TEST(Luks1Header, ADamagedKeyslotStateConcernsThatKeyslotOnly) {
    Header header = plain_header();
    header.keyslots[0].state = kStateEnabled;
    header.keyslots[1].state = 0x12345678;
    const auto parsed = parse(record_bytes(serialize(header)));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->enabled_keyslots(), 1);
    EXPECT_TRUE(parsed->keyslots[1].invalid());
    EXPECT_EQ(parsed->free_keyslot(), 2);
}

// As LibreCrypt writes it.  If keyslots differ, something is damaged.
TEST(Luks1Header, FewStripesHoldForAllKeyslots) {
    Header header = plain_header(32);
    header.stripes = 2;
    const auto parsed = parse(record_bytes(serialize(header)));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->stripes, 2U);
    EXPECT_EQ(parsed->area_bytes(), 512U);
    for (const std::uint32_t stripes : {0U, 4001U, 0xffffffffU}) {
        header.stripes = stripes;
        EXPECT_EQ(parse(record_bytes(serialize(header))).error().message,
                  "keyslot 0: AF stripes " + std::to_string(stripes) + " != 4000");
    }
    header.stripes = 2;
    HeaderDisk disk = serialize(header);
    disk.keyslots[5].stripes = Be32(3);
    EXPECT_EQ(parse(record_bytes(disk)).error().message, "keyslot 0: AF stripes 2 != 4000");
}

// cryptsetup 1.0.0 put the areas directly after the header, and aligned only the data to 4 KiB.
TEST(Luks1Header, AcceptsThePackedLayoutOf2005) {
    Header header = plain_header(16);
    std::uint32_t offset = 2;
    for (Keyslot& keyslot : header.keyslots) {
        keyslot.area_offset_sectors = offset;
        offset += 125;
    }
    header.payload_offset_sectors = offset;
    const auto parsed = parse(record_bytes(serialize(header)));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, header);
}

TEST(Luks1Header, AcceptsAreasInAnyOrder) {
    Header header = plain_header();
    std::swap(header.keyslots[0].area_offset_sectors, header.keyslots[7].area_offset_sectors);
    EXPECT_TRUE(parse(record_bytes(serialize(header))));
    EXPECT_EQ(header.areas_end_bytes(), 526848U);
}

TEST(Luks1Header, AcceptsUpperCaseHashes) {
    Header header = plain_header();
    header.hash = "SHA256";
    const auto parsed = parse(record_bytes(serialize(header)));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->hash, "SHA256");  // as stored; only repair changes it
}

TEST(Luks1Header, NeedsTheDeviceUpToTheLastArea) {
    const Header header = plain_header();
    EXPECT_TRUE(check_device_size(header, 526848));
    const auto checked = check_device_size(header, 526847);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(checked.error().message, "LUKS1 header needs at least 526848 bytes, not 526847");
}

struct Damage {
    const char* name;
    std::function<void(HeaderDisk&)> apply;
    Errc code;
    const char* message;
};

class Luks1Damage : public testing::TestWithParam<Damage> {};

TEST_P(Luks1Damage, IsRefusedByName) {
    HeaderDisk disk = serialize(plain_header());
    ASSERT_TRUE(parse(record_bytes(disk)));
    GetParam().apply(disk);
    const auto parsed = parse(record_bytes(disk));
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, GetParam().code);
    EXPECT_EQ(parsed.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, Luks1Damage,
    testing::Values(
        Damage{"Magic", [](auto& h) { h.magic[0] = 'l'; }, Errc::NotThisFormat, "no LUKS magic"},
        // The magic of LUKS2's secondary header.
        Damage{"OtherMagic", [](auto& h) { h.magic = {'S', 'K', 'U', 'L', 0xba, 0xbe}; },
               Errc::NotThisFormat, "no LUKS magic"},
        Damage{"Version2", [](auto& h) { h.version = Be16(2); }, Errc::NotThisFormat,
               "LUKS version 2 != 1"},
        Damage{"Version9", [](auto& h) { h.version = Be16(9); }, Errc::CorruptHeader,
               "unsupported LUKS version 9"},
        Damage{"Version0", [](auto& h) { h.version = Be16(0); }, Errc::CorruptHeader,
               "unsupported LUKS version 0"},
        Damage{"CipherUnterminated", [](auto& h) { h.cipher_name.chars.fill('a'); },
               Errc::CorruptHeader, "cipher name: 32 bytes without a NUL"},
        Damage{"ModeControls", [](auto& h) { h.cipher_mode.chars[2] = '\x1b'; },
               Errc::CorruptHeader, "cipher mode: byte 0x1b at 2 is not allowed"},
        Damage{"HashUnknown", [](auto& h) { h.hash = TextField<32>::of("sha1337"); },
               Errc::MissingCipher, "LUKS hash \"sha1337\" is not supported"},
        Damage{"HashShort", [](auto& h) { h.hash = TextField<32>::of("md5"); }, Errc::MissingCipher,
               "LUKS hash \"md5\" is not supported: 16 bytes < 20"},
        Damage{"HashEmpty", [](auto& h) { h.hash = {}; }, Errc::MissingCipher,
               "LUKS hash \"\" is not supported"},
        Damage{"UuidUnterminated", [](auto& h) { h.uuid.chars.fill('1'); }, Errc::CorruptHeader,
               "UUID: 40 bytes without a NUL"},
        Damage{"UuidPath", [](auto& h) { h.uuid = TextField<40>::of("../../etc/passwd"); },
               Errc::CorruptHeader, "UUID: byte 0x2f at 2 is not allowed"},
        Damage{"UuidEightBit", [](auto& h) { h.uuid.chars[35] = '\xe4'; }, Errc::CorruptHeader,
               "UUID: byte 0xe4 at 35 is not allowed"},
        Damage{"KeyBytes0", [](auto& h) { h.key_bytes = Be32(0); }, Errc::CorruptHeader,
               "key bytes 0 is not between 1 and 512"},
        Damage{"KeyBytesHuge", [](auto& h) { h.key_bytes = Be32(0x7fffffff); }, Errc::CorruptHeader,
               "key bytes 2147483647 is not between 1 and 512"},
        // Within the bound, but then the areas no longer fit.
        Damage{"KeyBytesTooMany", [](auto& h) { h.key_bytes = Be32(17); }, Errc::CorruptHeader,
               "keyslot 1: area offset 136 < 141, the end of keyslot 0"},
        Damage{"Stripes", [](auto& h) { h.keyslots[0].stripes = Be32(3999); }, Errc::CorruptHeader,
               "keyslot 0: AF stripes 3999 != 4000"},
        Damage{"StripesOfDisabled", [](auto& h) { h.keyslots[7].stripes = Be32(1); },
               Errc::CorruptHeader, "keyslot 7: AF stripes 1 != 4000"},
        Damage{"AreaInHeader", [](auto& h) { h.keyslots[0].area_offset = Be32(1); },
               Errc::CorruptHeader, "keyslot 0: area offset 1 < 2 sectors, inside the header"},
        Damage{"AreaFar", [](auto& h) { h.keyslots[7].area_offset = Be32(0xffffffff); },
               Errc::CorruptHeader,
               "keyslot 7: area ends at sector 4294967420 > payload offset 2048"},
        Damage{"PayloadInAreas", [](auto& h) { h.payload_offset = Be32(1028); },
               Errc::CorruptHeader, "keyslot 7: area ends at sector 1029 > payload offset 1028"},
        Damage{"AreasOverlap", [](auto& h) { h.keyslots[3].area_offset = Be32(9); },
               Errc::CorruptHeader, "keyslot 3: area offset 9 < 133, the end of keyslot 0"},
        Damage{"AreasEqual", [](auto& h) { h.keyslots[1].area_offset = h.keyslots[0].area_offset; },
               Errc::CorruptHeader, "keyslot 1: area offset 8 < 133, the end of keyslot 0"}),
    [](const auto& test) { return test.param.name; });

TEST(Luks1Header, ACutHeaderIsTooSmallAndNothingIsNotOurs) {
    const HeaderDisk disk = serialize(plain_header());
    const ByteView bytes = record_bytes(disk);
    for (const std::size_t length : {0U, 5U, 6U, 7U}) {
        const auto parsed = parse(bytes.first(length));
        ASSERT_FALSE(parsed) << length;
        EXPECT_EQ(parsed.error().code, Errc::NotThisFormat) << length;
    }
    for (const std::size_t length : {8U, 592U, 1023U}) {
        const auto parsed = parse(bytes.first(length));
        ASSERT_FALSE(parsed) << length;
        EXPECT_EQ(parsed.error().code, Errc::DeviceTooSmall) << length;
        EXPECT_EQ(parsed.error().message,
                  "LUKS1 header needs at least 1024 bytes, not " + std::to_string(length));
    }
}

// Overlap in any pair is found, also of a disabled keyslot and with a detached header's payload 0.
TEST(Luks1Header, EveryOverlapIsSeen) {
    for (int a = 0; a < kKeyslotCount; ++a)
        for (int b = 0; b < kKeyslotCount; ++b) {
            if (a == b) continue;
            Header header = plain_header();
            header.payload_offset_sectors = 0;
            header.keyslot(a).area_offset_sectors = header.keyslot(b).area_offset_sectors + 124;
            EXPECT_FALSE(parse(record_bytes(serialize(header)))) << a << " in " << b;
        }
}

}  // namespace
}  // namespace latchkey::luks1
