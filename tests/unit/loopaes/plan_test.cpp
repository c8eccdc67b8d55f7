// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "latchkey/loopaes.h"
#include "model/crypt_table.h"

namespace latchkey::loopaes {
namespace {

std::string table_of(const Params& params, int version) {
    const auto made = plan(params, version);
    if (!made) return made.error().message;
    EXPECT_EQ(made->type, "LOOPAES");
    const auto table = model::crypt_table(*made, "7:0", 2048 * 512);
    return table ? *table : table.error().message;
}

std::string zeros(std::size_t bytes) {
    return std::string(2 * bytes, '0');
}

// As the kernel prints the peer's mappings, except for the keys.
TEST(LoopAesPlan, IsThePeersTable) {
    EXPECT_EQ(table_of({}, 1), "0 2048 crypt aes-cbc-plain64 " + zeros(32) + " 0 7:0 0\n");
    EXPECT_EQ(table_of({}, 2), "0 2048 crypt aes:64-cbc-lmk " + zeros(64 * 32) + " 0 7:0 0\n");
    EXPECT_EQ(table_of({.offset_sectors = 10}, 3),
              "0 2038 crypt aes:64-cbc-lmk " + zeros(65 * 32) + " 10 7:0 10\n");
    EXPECT_EQ(table_of({.offset_sectors = 10, .skip_sectors = 3}, 3),
              "0 2038 crypt aes:64-cbc-lmk " + zeros(65 * 32) + " 3 7:0 10\n");
    EXPECT_EQ(table_of({.offset_sectors = 10, .skip_sectors = 0, .size_sectors = 8}, 1),
              "0 8 crypt aes-cbc-plain64 " + zeros(32) + " 0 7:0 10\n");
    EXPECT_EQ(table_of({.cipher = "twofish", .key_bytes = 16}, 2),
              "0 2048 crypt twofish:64-cbc-lmk " + zeros(64 * 16) + " 0 7:0 0\n");
}

TEST(LoopAesPlan, Refuses) {
    EXPECT_EQ(table_of({}, 4), "loop-AES has no version 4");
    EXPECT_EQ(table_of({.cipher = "aes-cbc-plain"}, 2),
              "cipher 'aes-cbc-plain': loop-AES takes the name alone, mode and IV are given");
    // Does not test {.cipher = "foo"}, which the kernel may know.
    EXPECT_EQ(table_of({.key_bytes = 0}, 2), "invalid key size");
    EXPECT_EQ(table_of({.key_bytes = 65}, 2), "invalid key size");
}

}  // namespace
}  // namespace latchkey::loopaes
