// SPDX-License-Identifier: GPL-2.0-or-later
// Known answers.
#include "crypto/af_splitter.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "support/random.h"

namespace latchkey::crypto {
namespace {

using test::ramp;

struct Known {
    std::size_t key_bytes;
    std::uint32_t stripes;
    const char* hash;
    const char* last_stripe;
};

class AfKnown : public testing::TestWithParam<Known> {};

TEST_P(AfKnown, LastStripe) {
    const auto& [key_bytes, stripes, hash, last_stripe] = GetParam();
    test::RampRandom random;
    const auto material = af_split(ramp(key_bytes), hash, random, stripes);
    ASSERT_TRUE(material) << material.error().message;
    EXPECT_EQ(material->size(), 512U);  // padded
    const std::size_t used = key_bytes * stripes;
    EXPECT_EQ(to_hex(material->bytes().subspan(used - key_bytes, key_bytes)), last_stripe);
    EXPECT_EQ(to_hex(material->bytes().first(key_bytes)), to_hex(ramp(key_bytes)));
    EXPECT_EQ(to_hex(material->bytes().subspan(used)), to_hex(Bytes(512 - used)));
    const auto merged = af_merge(material->bytes(), key_bytes, hash, stripes);
    ASSERT_TRUE(merged) << merged.error().message;
    EXPECT_EQ(to_hex(merged->bytes()), to_hex(ramp(key_bytes)));
}

INSTANTIATE_TEST_SUITE_P(
    All, AfKnown,
    testing::Values(
        Known{32, 3, "sha1", "d675c859bbf711bb954beb6c2e1390b5ca0f067522b328fac7033a628690dfbb"},
        Known{32, 4, "sha256", "7b707b775f90685cfc8ad15296f93fc7a49c68d480271a1568a892b598be936f"},
        Known{16, 2, "sha512", "5af1ce555656d7817ce7eed65df9c939"},
        Known{64, 3, "sha256",
              "0e4dda3910db9aee7952f62bca7b2b034533ec3841d1969e4354db916dd7570b"
              "2088b4c8596752ca02425080251bb3c7946db5b52d372e6fca9338f071328328"}),
    [](const auto& known) {
        return std::string(known.param.hash) + "In" + std::to_string(known.param.stripes) +
               "StripesOf" + std::to_string(known.param.key_bytes);
    });

TEST(AfSplitter, WholeMaterial) {
    test::RampRandom random;
    const auto sha256 = af_split(ramp(32), "sha256", random);
    ASSERT_TRUE(sha256);
    EXPECT_EQ(sha256->size(), af_material_length(32));
    EXPECT_EQ(to_hex(*digest("sha256", sha256->bytes().first(128000))),
              "e1bae316961d79b0eb409bb5786621f439f8d5068125fb3cb0e36c6016936695");
    const auto sha1 = af_split(ramp(32), "sha1", random);
    ASSERT_TRUE(sha1);
    EXPECT_EQ(to_hex(*digest("sha256", sha1->bytes().first(128000))),
              "3e72d741f029a631905b59d93c5f7f24882752666384a92ee837f7f185c6a694");
}

TEST(AfSplitter, MergesWhatItSplit) {
    test::SeededRandom random(7);
    for (const char* hash : {"sha1", "sha256", "sha512", "ripemd160", "whirlpool_gcryptbug"})
        for (const std::size_t length : {16U, 20U, 33U, 48U, 64U, 100U}) {
            Bytes key(length);
            ASSERT_TRUE(random.fill(key));
            auto material = af_split(key, hash, random);
            ASSERT_TRUE(material);
            EXPECT_EQ(material->size() % 512, 0U);
            const auto merged = af_merge(material->bytes(), length, hash);
            ASSERT_TRUE(merged);
            EXPECT_EQ(to_hex(merged->bytes()), to_hex(key)) << hash << " " << length;
            material->bytes()[length * 1000] ^= std::byte{1};
            EXPECT_NE(to_hex(af_merge(material->bytes(), length, hash)->bytes()), to_hex(key));
        }
}

TEST(AfSplitter, OneStripeIsTheKey) {
    test::RampRandom random;
    const auto material = af_split(ramp(16), "sha256", random, 1);
    ASSERT_TRUE(material);
    EXPECT_EQ(to_hex(material->bytes().first(16)), to_hex(ramp(16)));
}

TEST(AfSplitter, Refusals) {
    test::RampRandom random;
    EXPECT_EQ(af_split(ramp(16), "sha256", random, 0).error().message, "AF stripes 0 < 1");
    EXPECT_EQ(af_split({}, "sha256", random).error().message,
              "AF key of 0 bytes cannot be split into 4000 stripes");
    EXPECT_EQ(
        af_merge({}, SIZE_MAX / 2, "sha256").error().message,
        "AF key of " + std::to_string(SIZE_MAX / 2) + " bytes cannot be split into 4000 stripes");
    const Bytes material(63999);
    EXPECT_EQ(af_merge(material, 16, "sha256").error().message,
              "AF material of 63999 bytes < 64000");
    const auto no_hash = af_merge(Bytes(64000), 16, "nohash");
    EXPECT_EQ(no_hash.error().code, Errc::MissingCipher);
    EXPECT_EQ(no_hash.error().message, "hash 'nohash' is not available");
}

class NoRandom final : public RandomSource {
    Result<void> fill(std::span<std::byte>) override { return fail(Errc::Io, "none left"); }
};

TEST(AfSplitter, SaysThatThereAreNoRandomBytes) {
    NoRandom random;
    EXPECT_EQ(af_split(ramp(16), "sha256", random).error().message, "none left");
}

}  // namespace
}  // namespace latchkey::crypto
