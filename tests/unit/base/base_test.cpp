// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "base/hex.h"
#include "base/uuid.h"
#include "latchkey/secret.h"

namespace latchkey {
namespace {

TEST(Endian, LiesOnDiskInItsOwnOrder) {
    EXPECT_EQ(to_hex(record_bytes(Be32(0x00ac71f3))), "00ac71f3");
    EXPECT_EQ(to_hex(record_bytes(Le16(0x0102))), "0201");
    EXPECT_EQ(Be64(0x0102030405060708).value(), 0x0102030405060708U);
}

TEST(Base64, IsThatOfRfc4648Section10) {
    for (const auto& [plain, text] : {std::pair{"", ""},
                                      {"f", "Zg=="},
                                      {"fo", "Zm8="},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg=="},
                                      {"fooba", "Zm9vYmE="},
                                      {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64(as_byte_view(plain)), text);
        const auto back = from_base64(text);
        ASSERT_TRUE(back) << text;
        EXPECT_TRUE(std::ranges::equal(*back, as_byte_view(plain)));
    }
}

TEST(Base64, RefusesWhatNobodyWrites) {
    for (const char* text :
         {"Z", "Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Z===", "====", "Zm 9", "Zg=a"})
        EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Uuid, IsLowerCasedAndChecked) {
    EXPECT_EQ(parse_uuid("12345678-ABCD-1234-1234-123456789abc"),
              "12345678-abcd-1234-1234-123456789abc");
    EXPECT_FALSE(parse_uuid("12345678-abcd-1234-1234-123456789ab"));
    EXPECT_FALSE(parse_uuid("12345678_abcd-1234-1234-123456789abc"));
    EXPECT_FALSE(parse_uuid("12345678-abcd-1234-1234-123456789abg"));
    EXPECT_EQ(make_uuid({}), "00000000-0000-4000-8000-000000000000");
}

TEST(SecretBuffer, IsEmptyAfterItWasMovedFrom) {
    SecretBuffer from = SecretBuffer::copy_of(as_byte_view("secret"));
    const SecretBuffer to = std::move(from);
    EXPECT_EQ(from.size(), 0U);  // NOLINT(bugprone-use-after-move): that is the promise
    EXPECT_EQ(to.size(), 6U);
}

TEST(SecretBuffer, ShrinksToTheFirstBytes) {
    SecretBuffer buffer = SecretBuffer::copy_of(as_byte_view("secret"));
    buffer.shrink(3);
    EXPECT_TRUE(equal_in_constant_time(buffer.bytes(), as_byte_view("sec")));
    EXPECT_FALSE(equal_in_constant_time(buffer.bytes(), as_byte_view("sed")));
    EXPECT_FALSE(equal_in_constant_time(buffer.bytes(), as_byte_view("se")));
}

}  // namespace
}  // namespace latchkey
