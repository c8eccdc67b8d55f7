// SPDX-License-Identifier: GPL-2.0-or-later
// Whole images, byte for byte: the peer made the vectors with a random source that counts.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

struct Vector {
    const char* name;
    model::KdfParams kdf;
    const char* hash;
    std::uint64_t metadata_size;
    std::uint64_t keyslots_size;
    const char* label;
    const char* subsystem;
    std::size_t headers_bytes;
    std::uint64_t area_offset;
    const char* headers_sha256;
    const char* image_sha256;  // of the first 16 MiB
    const char* area_sha256;   // of the encrypted material
};

const Vector kVectors[] = {
    {"X",
     {.type = "pbkdf2", .hash = "sha256", .iterations = 1000},
     "sha256",
     0,
     0,
     "",
     "",
     32768,
     32768,
     "2d677fe3ea41101dd3bc552c1b8a8f74c97e6cee725f96edbd5e56e076beabda",
     "a041c5f413901b9a33e8846c13cbec1e428826e0d80f1a00b8120ac8f05cce35",
     "9555a6d268560240582cc861f956a9be16d47aca54c6978157ebf5684622999b"},
    {"Y",
     {.type = "argon2id", .iterations = 4, .memory_kib = 32, .lanes = 1},
     "sha256",
     0,
     0,
     "mylabel",
     "mysub",
     32768,
     32768,
     "7c03eeef67951a971ada2fd7df9fc70844607289d605331518126e83615a4d88",
     "7dc7e86ec14e082d76e2f3fb5ad0a97b83968d6227e4afdbc2a976924c1e6a44",
     "2c79bd54c026f943a4b17ff0699988023d1e59bf38498e416e9af59bcfb73d8d"},
    {"Z",
     {.type = "argon2i", .iterations = 4, .memory_kib = 64, .lanes = 2},
     "sha512",
     0x8000,
     1 << 20,
     "",
     "",
     65536,
     65536,
     "ef56969d6873636b69968e9fcda788a97f20708d6d81b88852a3079509b647a2",
     "33c826015c41471d3418120a6a54fbd6d03966b6d755857ea14ae77193f03a7f",
     "5ea4cfc9b0644666c164739533d331d7f875e1efd4bbd838d3c7b17b09bf0953"},
};

std::string sha256(ByteView bytes) {
    const auto digest = crypto::digest("sha256", bytes);
    return digest ? to_hex(*digest) : digest.error().message;
}

class Luks2Vector : public testing::TestWithParam<Vector> {
  protected:
    void SetUp() override {
        const Vector& v = GetParam();
        context_.random = std::make_shared<test::RampRandom>();
        FormatParams params{
            .type = "LUKS2", .cipher = "aes-xts-plain64", .key_bytes = 64, .hash = v.hash};
        params.uuid = "12345678-1234-1234-1234-123456789abc";
        params.label = v.label;
        params.subsystem = v.subsystem;
        params.metadata_size = v.metadata_size;
        params.keyslots_size = v.keyslots_size;
        params.kdf.forced_iterations = 1000;
        device_ = test::file_with(Bytes(32 << 20));
        auto created = kFormat.create(context_, device_, nullptr, params, key_);
        ASSERT_TRUE(created) << created.error().message;
        header_ = std::move(*created);
        formats::KeyslotSpec spec{.kdf = v.kdf, .af_hash = v.hash};
        const auto added =
            header_->add_keyslot(context_, key_, test::passphrase("pass phrase"), spec);
        ASSERT_TRUE(added) << added.error().message;
    }

    Context context_;
    VolumeKey key_ = test::ramp_key(64);
    std::shared_ptr<io::MemDevice> device_;
    std::unique_ptr<formats::LoadedHeader> header_;
};

TEST_P(Luks2Vector, IsWhatTheReferenceWrites) {
    const Vector& v = GetParam();
    const ByteView image = device_->bytes();
    EXPECT_EQ(sha256(image.first(v.headers_bytes)), v.headers_sha256);
    EXPECT_EQ(sha256(image.subspan(v.area_offset, 256000)), v.area_sha256);
    EXPECT_EQ(sha256(image.first(16 << 20)), v.image_sha256);
    EXPECT_EQ(header_->info().sequence_id, 3U);
    EXPECT_EQ(header_->info().sector_size, 4096U);
}

TEST_P(Luks2Vector, OpensAndGivesTheKeyBack) {
    const auto loaded = test::load(device_);
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto opened = (*loaded)->unlock(context_, test::passphrase("pass phrase"), {});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(to_hex(opened->key.bytes()), to_hex(key_.bytes()));
    EXPECT_EQ(test::opens(**loaded, "pass phrasE").error().code, Errc::WrongPassphrase);
}

INSTANTIATE_TEST_SUITE_P(All, Luks2Vector, testing::ValuesIn(kVectors),
                         [](const auto& test) { return std::string(test.param.name); });

constexpr const char* kJsonX =
    R"({"keyslots":{"0":{"type":"luks2","key_size":64,"af":{"type":"luks1","stripes":4000,"hash":"sha256"},"area":{"type":"raw","offset":"32768","size":"258048","encryption":"aes-xts-plain64","key_size":64},"kdf":{"type":"pbkdf2","hash":"sha256","iterations":1000,"salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}},"tokens":{},"segments":{"0":{"type":"crypt","offset":"16777216","size":"dynamic","iv_tweak":"0","encryption":"aes-xts-plain64","sector_size":4096}},"digests":{"0":{"type":"pbkdf2","keyslots":["0"],"segments":["0"],"hash":"sha256","iterations":1000,"salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","digest":"LRO57JV3520XXqZzbAZHiXv9hbTb8JCTCmOMCNi9ze0="}},"config":{"json_size":"12288","keyslots_size":"16744448"}})";

using Luks2VectorX = Luks2Vector;
INSTANTIATE_TEST_SUITE_P(One, Luks2VectorX, testing::Values(kVectors[0]),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(Luks2VectorX, HasTheReferencesJson) {
    EXPECT_EQ(test::json_on(*device_), kJsonX);
}

// The example with several keyslots in section 13: areas, priorities, an unbound key, tokens.
TEST_P(Luks2VectorX, GrowsAsTheReferences) {
    ASSERT_TRUE(header_->add_keyslot(context_, key_, test::passphrase("second"), test::cheap(1)));
    const auto unbound = header_->add_unbound_keyslot(context_, CandidateKey(test::ramp(32)),
                                                      test::passphrase("third"), test::cheap(5));
    ASSERT_TRUE(unbound) << unbound.error().message;
    ASSERT_TRUE(header_->set_priority(context_, 0, Priority::Ignore));
    ASSERT_TRUE(header_->set_priority(context_, 1, Priority::Prefer));
    ASSERT_TRUE(header_->import_token(
        context_, {}, R"({"type":"luks2-keyring","keyslots":["1"],"key_description":"mykey"})",
        false));
    EXPECT_EQ(header_->info().sequence_id, 8U);  // each of these is one commit

    const std::string json = test::json_on(*device_);
    EXPECT_NE(json.find(R"("offset":"290816","size":"258048")"), std::string::npos) << json;
    EXPECT_NE(
        json.find(
            R"("offset":"548864","size":"131072","encryption":"aes-xts-plain64","key_size":64)"),
        std::string::npos)
        << json;
    EXPECT_NE(json.find(R"(Hh8="},"priority":0})"), std::string::npos) << json;
    EXPECT_NE(json.find(R"(Hh8="},"priority":2})"), std::string::npos) << json;
    EXPECT_NE(json.find("KYPaqQ6jOgf09zC4oh2BmaUMJNxmWclucEfvEcmWbGY="), std::string::npos);
    EXPECT_NE(
        json.find(
            R"("tokens":{"0":{"type":"luks2-keyring","keyslots":["1"],"key_description":"mykey"}})"),
        std::string::npos)
        << json;
}

}  // namespace
}  // namespace latchkey::luks2
