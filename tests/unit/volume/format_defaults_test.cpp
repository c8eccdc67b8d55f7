// SPDX-License-Identifier: GPL-2.0-or-later
#include "volume/format_defaults.h"

#include <gtest/gtest.h>

#include "latchkey/volume.h"

namespace latchkey {
namespace {

using volume::complete_format_params;

Result<FormatParams> complete(FormatParams params) {
    Context context;
    return complete_format_params(context, std::move(params));
}

TEST(FormatDefaults, AreThoseThatPeopleKnow) {
    const auto params = complete({});
    ASSERT_TRUE(params) << params.error().message;
    EXPECT_EQ(params->type, "LUKS2");
    EXPECT_EQ(params->cipher, "aes-xts-plain64");
    EXPECT_EQ(params->key_bytes, 64U);  // two keys of 256 bits
    EXPECT_EQ(params->hash, "sha256");
}

TEST(FormatDefaults, KeysAreDoubledForXtsAlone) {
    EXPECT_EQ(complete({.cipher = "aes-cbc-essiv:sha256"})->key_bytes, 32U);
    EXPECT_EQ(complete({.cipher = "serpent-xts-plain64"})->key_bytes, 64U);
    EXPECT_EQ(complete({.cipher = "aes-xts-plain64", .key_bytes = 32})->key_bytes, 32U);
}

TEST(FormatDefaults, ExpandAndLowerNames) {
    const auto params = complete({.type = "luks1", .cipher = "aes", .hash = "SHA512"});
    ASSERT_TRUE(params) << params.error().message;
    EXPECT_EQ(params->type, "LUKS1");
    EXPECT_EQ(params->cipher, "aes-cbc-plain");
    EXPECT_EQ(params->hash, "sha512");
    EXPECT_EQ(complete({.type = "luks"})->type, "LUKS2");
}

struct BadFormat {
    const char* name;
    FormatParams params;
    Errc code;
    const char* message;  // a part of it
};

class FormatRefusal : public testing::TestWithParam<BadFormat> {};

TEST_P(FormatRefusal, ComesBeforeAnythingIsWritten) {
    Context context;
    const auto checked = Volume::check_format(context, GetParam().params);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, GetParam().code) << checked.error().message;
    EXPECT_NE(checked.error().message.find(GetParam().message), std::string::npos)
        << checked.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    All, FormatRefusal,
    testing::Values(
        BadFormat{"Type", {.type = "LUKS3"}, Errc::NotSupported, "unknown type LUKS3"},
        BadFormat{"Cipher", {.cipher = "rot13-xts-plain64"}, Errc::InvalidArgument, "rot13"},
        BadFormat{
            "KeySize", {.cipher = "aes-cbc-plain64", .key_bytes = 64}, Errc::InvalidArgument, "64"},
        BadFormat{"HugeKey",
                  {.cipher = "null", .key_bytes = 513},
                  Errc::InvalidArgument,
                  "key size of 513 bytes is greater than 512"},
        BadFormat{"Hash",
                  {.hash = "nohash"},
                  Errc::MissingCipher,
                  "requested LUKS hash nohash is not supported"},
        BadFormat{"ShortHash",
                  {.hash = "md5"},
                  Errc::MissingCipher,
                  "requested LUKS hash md5 is not supported"},
        BadFormat{
            "Uuid", {.uuid = "not-a-uuid"}, Errc::InvalidArgument, "\"not-a-uuid\" is not a UUID"},
        BadFormat{"Luks1SectorSize",
                  {.type = "LUKS1", .sector_size = 4096},
                  Errc::NotSupported,
                  "LUKS1 sector size 4096 != 512"},
        BadFormat{"Luks1Label", {.type = "LUKS1", .label = "x"}, Errc::NotSupported, "no label"},
        BadFormat{"Luks1Argon",
                  {.type = "LUKS1", .kdf = {.type = "argon2id"}},
                  Errc::NotSupported,
                  "argon2id"},
        BadFormat{"Luks2Label",
                  {.type = "LUKS2", .label = std::string(48, 'x')},
                  Errc::InvalidArgument,
                  "48"},
        BadFormat{
            "Luks2SectorSize", {.type = "LUKS2", .sector_size = 513}, Errc::InvalidArgument, "513"},
        BadFormat{"Luks2MetadataSize",
                  {.type = "LUKS2", .metadata_size = 20000},
                  Errc::InvalidArgument,
                  "20000"}),
    [](const auto& test) { return test.param.name; });

TEST(FormatRefusal, NullCipherCanBeForbidden) {
    Context context;
    EXPECT_TRUE(Volume::check_format(context, {.cipher = "null"}));
    context.policy.allow_null_cipher = false;
    const auto checked = Volume::check_format(context, {.cipher = "null"});
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message, "cipher cipher_null-ecb does not encrypt");
}

}  // namespace
}  // namespace latchkey
