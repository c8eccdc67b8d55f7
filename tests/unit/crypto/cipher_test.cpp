// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/cipher.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/lrw.h"
#include "support/random.h"
#include "support/vectors.h"

namespace latchkey::crypto {
namespace {

using test::ramp;

std::unique_ptr<SectorCipher> make(const std::string& spec, ByteView key,
                                   SectorGeometry geometry = {}) {
    const auto parsed = model::parse_cipher_spec(spec);
    EXPECT_TRUE(parsed) << parsed.error().message;
    auto cipher = make_sector_cipher(*parsed, key, geometry);
    EXPECT_TRUE(cipher) << cipher.error().message;
    return std::move(cipher).value();
}

SectorGeometry geometry(const test::Vector& v) {
    return {static_cast<std::uint32_t>(v.number("sector_size")), v.number("iv_large_sectors") != 0};
}

std::string sha256(ByteView bytes) {
    return to_hex(*digest("sha256", bytes));
}

class Sectors : public testing::TestWithParam<test::Vector> {};

TEST_P(Sectors, Match) {
    const test::Vector& v = GetParam();
    const auto cipher = make(v.text("cipher"), v.hex("key"), geometry(v));
    const Bytes plaintext = ramp(3 * v.number("sector_size"));
    Bytes bytes = plaintext;
    ASSERT_TRUE(cipher->encrypt(v.number("sector"), bytes));
    EXPECT_EQ(sha256(bytes), v.text("ciphertext_sha256"));
    ASSERT_TRUE(cipher->decrypt(v.number("sector"), bytes));
    EXPECT_EQ(bytes, plaintext);
}

INSTANTIATE_TEST_SUITE_P(Others, Sectors, testing::ValuesIn(test::read_vectors("sectors.vec")));

class DmCrypt : public testing::TestWithParam<test::Vector> {};

TEST_P(DmCrypt, ReadsAndWritesTheSame) {
    const test::Vector& v = GetParam();
    const auto cipher = make(v.text("cipher"), v.hex("key"), geometry(v));
    const Bytes ciphertext = v.hex("ciphertext");
    Bytes bytes = ciphertext;
    ASSERT_TRUE(cipher->decrypt(v.number("sector"), bytes));
    EXPECT_EQ(sha256(bytes), v.text("plaintext_sha256"));
    ASSERT_TRUE(cipher->encrypt(v.number("sector"), bytes));
    EXPECT_EQ(bytes, ciphertext);
}

INSTANTIATE_TEST_SUITE_P(Written, DmCrypt, testing::ValuesIn(test::read_vectors("dm-crypt.vec")));

TEST(Xts, MatchesTheStandard) {
    const auto vectors = test::read_vectors("xts.vec");
    for (const test::Vector& v : vectors) {
        Bytes bytes = v.hex("plaintext");
        ASSERT_TRUE(make("aes-xts-plain64", v.hex("key"))->encrypt(v.number("sector"), bytes));
        EXPECT_EQ(to_hex(bytes), v.text("ciphertext")) << v;
    }
}

// A block of the draft of IEEE P1619 (2004): key, number 1, text.
TEST(Lrw, MatchesTheDraft) {
    const Bytes key = *from_hex("4562ac25f828176d4c268414b5680185258e2a05e73e9d03ee5a830ccc094c87");
    Bytes bytes(512);
    const Bytes text = *from_hex("30313233343536373839414243444546");
    std::copy(text.begin(), text.end(), bytes.begin());
    ASSERT_TRUE(make("aes-lrw-benbi", key)->encrypt(0, bytes));
    EXPECT_EQ(to_hex(ByteView(bytes).first(16)), "f1b273cd65a3df5fe95d489254634eb8");
}

TEST(Lrw, CountsThroughTheLastNumber) {
    // With tweak key 1 the tweak is the number itself.
    Bytes one(16);
    one[15] = std::byte{1};
    const Bytes last(16, std::byte{0xff});
    Bytes tweaks(48);
    LrwKey(one).write_tweaks(last, tweaks);
    EXPECT_EQ(to_hex(tweaks), std::string(32, 'f') + std::string(63, '0') + "1");
}

// Encrypting a run equals encrypting its parts: no state is carried between sectors or batches.
TEST(SectorCipher, RunsAreTheirSectors) {
    for (const char* spec :
         {"aes-xts-plain64", "aes-cbc-essiv:sha256", "aes-cbc-eboiv", "aes-ctr-plain64"})
        for (const SectorGeometry how : {SectorGeometry{512, false}, SectorGeometry{4096, false},
                                         SectorGeometry{4096, true}}) {
            const auto cipher = make(spec, ramp(32), how);
            Bytes whole = ramp(150 * std::size_t{how.sector_size});
            Bytes parts = whole;
            const std::uint64_t first = 1 << 20;
            ASSERT_TRUE(cipher->encrypt(first, whole));
            for (std::size_t i = 0; i < 150; ++i)
                ASSERT_TRUE(cipher->encrypt(
                    first + i * (how.sector_size / 512),
                    MutableByteView(parts).subspan(i * how.sector_size, how.sector_size)));
            EXPECT_EQ(whole, parts) << spec << " " << how.sector_size;
        }
}

TEST(SectorCipher, TwoThreadsDoNotMeet) {
    const auto cipher = make("aes-cbc-essiv:sha256", ramp(32));
    Bytes expected = ramp(512 * 200);
    ASSERT_TRUE(cipher->encrypt(77, expected));
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 20; ++round) {
                Bytes bytes = ramp(512 * 200);
                if (!cipher->encrypt(77, bytes) || bytes != expected) ++wrong;
                if (!cipher->decrypt(77, bytes) || bytes != ramp(512 * 200)) ++wrong;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

// The rule of Serpent, and of the kernel: a bit, then zeros.
TEST(SectorCipher, ShortKeysAreFilledUp) {
    const auto encrypted = [](const char* spec, ByteView key) {
        Bytes bytes = ramp(1024);
        EXPECT_TRUE(make(spec, key)->encrypt(5, bytes));
        return bytes;
    };
    const auto filled = [](std::size_t length, std::byte fill, std::size_t to) {
        Bytes key = ramp(length);
        key.push_back(fill);
        key.resize(to);
        return key;
    };
    for (const std::size_t length : {1U, 7U, 16U, 20U, 24U, 31U})
        EXPECT_EQ(encrypted("serpent-cbc-plain64", ramp(length)),
                  encrypted("serpent-cbc-plain64", filled(length, std::byte{1}, 32)))
            << length;
    EXPECT_EQ(encrypted("cast5-cbc-plain64", ramp(12)),
              encrypted("cast5-cbc-plain64", filled(12, std::byte{0}, 16)));
    // Each of the two keys of XTS separately.
    Bytes halves = filled(20, std::byte{1}, 32);
    const Bytes all = ramp(40);
    Bytes second(all.begin() + 20, all.end());
    second.push_back(std::byte{1});
    second.resize(32);
    halves.insert(halves.end(), second.begin(), second.end());
    EXPECT_EQ(encrypted("serpent-xts-plain64", all), encrypted("serpent-xts-plain64", halves));
}

// wp256 is the beginning of Whirlpool: with it, the first block of CBC is that of the IV that it produces.
TEST(SectorCipher, EssivByTheKernelsNames) {
    const Bytes key = ramp(32);
    const Bytes whole = *digest("whirlpool", key);
    Bytes iv(512);
    iv[0] = std::byte{3};
    ASSERT_TRUE(make("aes-ecb", ByteView(whole).first(32))->encrypt(0, iv));
    Bytes expected = ramp(512);
    for (std::size_t i = 0; i < 16; ++i) expected[i] ^= iv[i];
    ASSERT_TRUE(make("aes-cbc-null", key)->encrypt(0, expected));
    Bytes bytes = ramp(512);
    ASSERT_TRUE(make("aes-cbc-essiv:wp256", key)->encrypt(3, bytes));
    EXPECT_EQ(bytes, expected);
    EXPECT_TRUE(make("aes-xts-essiv:wp256", ramp(64))->encrypt(3, bytes));
}

TEST(SectorCipher, EqualHalvesOfAnXtsKey) {
    // FIPS forbids them; volumes with them exist.
    Bytes bytes = ramp(512);
    const auto cipher = make("aes-xts-plain64", Bytes(64));
    ASSERT_TRUE(cipher->encrypt(0, bytes));
    EXPECT_NE(bytes, ramp(512));
    ASSERT_TRUE(cipher->decrypt(0, bytes));
    EXPECT_EQ(bytes, ramp(512));
}

TEST(SectorCipher, WeakKeysEncryptToo) {
    Bytes bytes = ramp(512);
    ASSERT_TRUE(make("des3_ede-cbc-plain64", Bytes(24))->encrypt(0, bytes));
    EXPECT_NE(bytes, ramp(512));
}

TEST(SectorCipher, NullChangesNothing) {
    for (const char* spec : {"cipher_null-ecb", "cipher_null-cbc-plain64"})
        for (const std::size_t key_bytes : {0U, 16U, 32U}) {
            const auto cipher = make(spec, Bytes(key_bytes));
            Bytes bytes = ramp(1024);
            ASSERT_TRUE(cipher->encrypt(0, bytes));
            ASSERT_TRUE(cipher->decrypt(9, bytes));
            EXPECT_EQ(bytes, ramp(1024));
        }
}

TEST(SectorCipher, RefusesPartsOfSectors) {
    Bytes bytes(1000);
    EXPECT_EQ(make("aes-xts-plain64", ramp(32))->encrypt(0, bytes).error().message,
              "1000 bytes are not a multiple of sector size 512");
    EXPECT_EQ(make("cipher_null-ecb", {}, {4096})->decrypt(0, bytes).error().message,
              "1000 bytes are not a multiple of sector size 4096");
    EXPECT_TRUE(make("aes-xts-plain64", ramp(32))->encrypt(0, {}));
}

struct RefusedCipher {
    const char* name;
    const char* spec;
    std::size_t key_bytes;
    Errc code;
    const char* message;
};

class CipherRefusal : public testing::TestWithParam<RefusedCipher> {};

TEST_P(CipherRefusal, SaysWhat) {
    const auto spec = model::parse_cipher_spec(GetParam().spec);
    ASSERT_TRUE(spec) << spec.error().message;
    const auto checked = check_cipher(*spec, GetParam().key_bytes);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, GetParam().code);
    EXPECT_EQ(checked.error().message, GetParam().message);
    const auto made = make_sector_cipher(*spec, ramp(GetParam().key_bytes));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, CipherRefusal,
    testing::Values(
        RefusedCipher{"Cipher", "paes-xts-plain64", 32, Errc::MissingCipher,
                      "cipher 'paes' is not available"},
        RefusedCipher{"TwofishKey", "twofish-xts-plain64", 48, Errc::MissingCipher,
                      "cipher 'twofish' with a key of 24 bytes is not available"},
        RefusedCipher{"KeyLength", "aes-cbc-plain64", 20, Errc::InvalidArgument,
                      "cipher 'aes' has no keys of 20 bytes"},
        RefusedCipher{"NoKey", "aes-xts-plain64", 0, Errc::InvalidArgument,
                      "cipher 'aes-xts-plain64' has no keys of 0 bytes"},
        RefusedCipher{"XtsOddKey", "aes-xts-plain64", 33, Errc::InvalidArgument,
                      "cipher 'aes-xts-plain64' has no keys of 33 bytes"},
        RefusedCipher{"XtsShortKey", "aes-xts-plain64", 16, Errc::InvalidArgument,
                      "cipher 'aes' has no keys of 8 bytes"},
        RefusedCipher{"LrwNoTweakKey", "aes-lrw-benbi", 16, Errc::InvalidArgument,
                      "cipher 'aes-lrw-benbi' has no keys of 16 bytes"},
        RefusedCipher{"XtsBlock", "blowfish-xts-plain64", 32, Errc::InvalidArgument,
                      "cipher 'blowfish-xts-plain64': mode 'xts' needs blocks of 16 bytes, not 8"},
        RefusedCipher{"EssivKey", "aes-cbc-essiv:sha512", 32, Errc::InvalidArgument,
                      "cipher 'aes' has no keys of 64 bytes"},
        RefusedCipher{"Aegis", "aegis128-random", 16, Errc::MissingCipher,
                      "cipher 'aegis128-random': mode 'aegis128' is not available in userspace"},
        RefusedCipher{"RandomIv", "aes-xts-random", 32, Errc::MissingCipher,
                      "cipher 'aes-xts-random': IV 'random' is not available in userspace"},
        RefusedCipher{"Elephant", "aes-cbc-elephant", 32, Errc::MissingCipher,
                      "cipher 'aes-cbc-elephant': IV 'elephant' is not available in userspace"},
        RefusedCipher{"Authenticated", "capi:authenc(hmac(sha256),xts(aes))-plain64", 96,
                      Errc::MissingCipher,
                      "cipher 'capi:authenc(hmac(sha256),xts(aes))-plain64': mode 'authenc' is not "
                      "available in "
                      "userspace"}),
    [](const auto& test) { return test.param.name; });

TEST(SectorCipher, RefusesOddSectorSizes) {
    const auto spec = model::parse_cipher_spec("aes-xts-plain64");
    for (const std::uint32_t size : {0U, 256U, 513U, 1536U, 8192U}) {
        const auto cipher = make_sector_cipher(*spec, ramp(32), {size, false});
        ASSERT_FALSE(cipher);
        EXPECT_EQ(cipher.error().message,
                  "sector size " + std::to_string(size) + " is not 512, 1024, 2048 or 4096");
    }
}

TEST(SectorCipher, ChecksWhatItCanDo) {
    for (const auto& [text, bytes] : {std::pair{"aes-xts-plain64", 64U},
                                      {"aes-lrw-benbi", 48U},
                                      {"serpent-cbc-essiv:sha256", 16U},
                                      {"capi:xts(twofish)-plain64", 64U},
                                      {"cipher_null-ecb", 32U}})
        EXPECT_TRUE(check_cipher(*model::parse_cipher_spec(text), bytes)) << text;
}

TEST(CipherRate, IsMeasured) {
    const auto rate = measure_cipher(*model::parse_cipher_spec("aes-xts-plain64"), 64);
    ASSERT_TRUE(rate) << rate.error().message;
    EXPECT_GT(rate->encrypt_mib_s, 1);
    EXPECT_GT(rate->decrypt_mib_s, 1);
    EXPECT_EQ(measure_cipher(*model::parse_cipher_spec("cast6-xts-plain64"), 64).error().code,
              Errc::MissingCipher);
}

}  // namespace
}  // namespace latchkey::crypto
