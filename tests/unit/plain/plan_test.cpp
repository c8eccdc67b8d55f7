// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "latchkey/plain.h"
#include "model/crypt_table.h"

namespace latchkey::plain {
namespace {

const std::string kNoKey32(64, '0');

// Returns the table for a device of 2048 sectors, as the kernel prints it, with zeros for the key.
std::string table_of(const Params& params) {
    const auto made = plan(params);
    if (!made) return made.error().message;
    EXPECT_EQ(made->type, "PLAIN");
    EXPECT_EQ(made->uuid, "");
    const auto table = model::crypt_table(*made, "7:0", 2048 * 512);
    return table ? *table : table.error().message;
}

TEST(PlainPlan, IsThePeersTable) {
    EXPECT_EQ(table_of({.cipher = "aes-cbc-essiv:sha256"}),
              "0 2048 crypt aes-cbc-essiv:sha256 " + kNoKey32 + " 0 7:0 0\n");
    for (const char* cipher : {"aes", "aes-plain", "aes-cbc-plain"})
        EXPECT_EQ(table_of({.cipher = cipher}),
                  "0 2048 crypt aes-cbc-plain " + kNoKey32 + " 0 7:0 0\n");
    for (const char* cipher : {"null", "cipher_null", "cipher_null-ecb"})
        EXPECT_EQ(table_of({.cipher = cipher}), "0 2048 crypt cipher_null-ecb - 0 7:0 0\n");
    EXPECT_EQ(table_of({.cipher = "capi:xts(aes)-plain64"}),
              "0 2048 crypt capi:xts(aes)-plain64 " + kNoKey32 + " 0 7:0 0\n");
    EXPECT_EQ(table_of({.cipher = "aes-ecb"}), "0 2048 crypt aes-ecb " + kNoKey32 + " 0 7:0 0\n");
    EXPECT_EQ(table_of({.cipher = "aes-xts-plain64",
                        .key_bytes = 64,
                        .offset_sectors = 16,
                        .skip_sectors = 8,
                        .size_sectors = 64,
                        .sector_size = 4096,
                        .iv_large_sectors = true}),
              "0 64 crypt aes-xts-plain64 " + std::string(128, '0') +
                  " 8 7:0 16 2 sector_size:4096 iv_large_sectors\n");
    // A size of 0 means the rest.
    EXPECT_EQ(table_of({.cipher = "aes", .offset_sectors = 8, .size_sectors = 0}),
              "0 2040 crypt aes-cbc-plain " + kNoKey32 + " 0 7:0 8\n");
    // Ciphers that the kernel may have and we do not.
    EXPECT_EQ(table_of({.cipher = "capi:adiantum(xchacha12,aes)-plain64"}),
              "0 2048 crypt capi:adiantum(xchacha12,aes)-plain64 " + kNoKey32 + " 0 7:0 0\n");
    EXPECT_EQ(table_of({.cipher = "capi:made-up(thing)-plain64"}),
              "0 2048 crypt capi:made-up(thing)-plain64 " + kNoKey32 + " 0 7:0 0\n");
    EXPECT_EQ(table_of({.cipher = "cast6-xts-plain64"}),
              "0 2048 crypt cast6-xts-plain64 " + kNoKey32 + " 0 7:0 0\n");
}

TEST(PlainPlan, TakesManyKeys) {
    const auto made = plan({.cipher = "aes:64-cbc-lmk", .key_bytes = 1024});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->key_bytes(), 1024U);
}

// A default would be right for some releases of the peer and destroy data of others.
TEST(PlainPlan, HasNoDefaultOfItsOwn) {
    EXPECT_EQ(table_of({}), "no cipher is named");
    const auto key = key_from_passphrase({.cipher = "aes"}, Passphrase(SecretBuffer(3)));
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().message, "hash algorithm  not supported");
}

TEST(PlainPlan, Refuses) {
    EXPECT_EQ(table_of({.key_bytes = 0}), "invalid key size");
    EXPECT_EQ(table_of({.key_bytes = 1025}), "invalid key size");
    EXPECT_EQ(table_of({.cipher = "aes", .key_bytes = 17}), "cipher 'aes' has no keys of 17 bytes");
    EXPECT_EQ(table_of({.cipher = "aes-xts-plain64", .key_bytes = 33}),
              "cipher 'aes-xts-plain64' has no keys of 33 bytes");
    EXPECT_EQ(table_of({.cipher = "foo-cbc-plan"}), "cipher 'foo-cbc-plan': unknown IV 'plan'");
    EXPECT_EQ(table_of({.cipher = "aes-cbc"}), "cipher 'aes-cbc' has no IV");
    EXPECT_EQ(table_of({.cipher = "capi:xts(aes) -plain64"}),
              "cipher 'capi:xts(aes) -plain64': not one word");
    EXPECT_EQ(table_of({.cipher = "capi:xts(aes)-plain64\n0"}),
              "cipher 'capi:xts(aes)-plain64\\x0a0': not one word");
    EXPECT_EQ(table_of({.sector_size = 8192}), "unsupported encryption sector size");
    EXPECT_EQ(table_of({.sector_size = 1536}), "unsupported encryption sector size");
    EXPECT_EQ(table_of({.sector_size = 256}), "unsupported encryption sector size");
    EXPECT_EQ(table_of({.iv_large_sectors = true}),
              "large IV sectors option is supported only for opening plain type device with sector "
              "size larger than 512 bytes");
    EXPECT_EQ(table_of({.size_sectors = 12, .sector_size = 4096}),
              "device size is not aligned to requested sector size");
    EXPECT_EQ(table_of({.skip_sectors = 4, .sector_size = 4096}),
              "skip of 4 sectors is not a multiple of the sector size 4096 bytes");
    EXPECT_EQ(table_of({.offset_sectors = UINT64_MAX, .size_sectors = 8}),
              "offset of 18446744073709551615 sectors is too large");
    EXPECT_EQ(table_of({.offset_sectors = UINT64_MAX / 512, .size_sectors = 8}),
              "offset of 36028797018963967 sectors is too large");
    EXPECT_EQ(table_of({.size_sectors = UINT64_MAX}),
              "size of 18446744073709551615 sectors at offset 0 is more than any device has");
    EXPECT_EQ(table_of({.cipher = "aes:64-cbc-lmk", .key_bytes = 1024, .sector_size = 4096}),
              "cipher 'aes:64-cbc-lmk' has sectors of 512 bytes, not 4096");
}

}  // namespace
}  // namespace latchkey::plain
