// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/kdf.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "base/hex.h"
#include "base/sanitizers.h"
#include "support/child.h"
#include "support/vectors.h"

namespace latchkey::crypto {
namespace {

using Clock = std::chrono::steady_clock;

const std::atomic<bool> never{false};

class Pbkdf2 : public testing::TestWithParam<test::Vector> {};

TEST_P(Pbkdf2, Matches) {
    const test::Vector& v = GetParam();
    const Bytes expected = v.hex("key");
    const auto key = derive({"pbkdf2", v.text("hash"), v.number("iterations")}, v.hex("passphrase"),
                            v.hex("salt"), expected.size(), never);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(to_hex(key->bytes()), v.text("key"));
}

INSTANTIATE_TEST_SUITE_P(Others, Pbkdf2, testing::ValuesIn(test::read_vectors("pbkdf2.vec")));

class Argon2 : public testing::TestWithParam<test::Vector> {};

TEST_P(Argon2, Matches) {
    const test::Vector& v = GetParam();
    const Bytes expected = v.hex("key");
    const auto key = derive({.type = v.text("kdf"),
                             .iterations = v.number("time"),
                             .memory_kib = v.number("memory"),
                             .lanes = static_cast<std::uint32_t>(v.number("lanes"))},
                            v.hex("passphrase"), v.hex("salt"), expected.size(), never);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(to_hex(key->bytes()), v.text("key"));
}

INSTANTIATE_TEST_SUITE_P(Others, Argon2, testing::ValuesIn(test::read_vectors("argon2.vec")));

struct RefusedDerivation {
    const char* name;
    model::KdfParams params;
    std::size_t length;
    Errc code;
    const char* message;
};

class KdfRefusal : public testing::TestWithParam<RefusedDerivation> {};

TEST_P(KdfRefusal, SaysWhich) {
    const Bytes salt(32);
    const auto begin = Clock::now();
    const auto key = derive(GetParam().params, as_byte_view("p"), salt, GetParam().length, never);
    EXPECT_LT(Clock::now() - begin, std::chrono::milliseconds(500));
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, GetParam().code);
    EXPECT_EQ(key.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, KdfRefusal,
    testing::Values(RefusedDerivation{"Type",
                                      {"scrypt", "", 1},
                                      32,
                                      Errc::MissingCipher,
                                      "key derivation function 'scrypt' is not available"},
                    RefusedDerivation{"NoType",
                                      {"", "sha256", 1},
                                      32,
                                      Errc::MissingCipher,
                                      "key derivation function '' is not available"},
                    RefusedDerivation{"Hash",
                                      {"pbkdf2", "sha257", 1},
                                      32,
                                      Errc::MissingCipher,
                                      "hash 'sha257' is not available"},
                    RefusedDerivation{"Iterations",
                                      {"pbkdf2", "sha256", 0},
                                      32,
                                      Errc::InvalidArgument,
                                      "pbkdf2 iterations 0 < 1"},
                    RefusedDerivation{"Length",
                                      {"pbkdf2", "sha256", 1},
                                      0,
                                      Errc::InvalidArgument,
                                      "derived key length 0 < 1"},
                    RefusedDerivation{"Time",
                                      {"argon2id", "", 0, 32, 1},
                                      32,
                                      Errc::InvalidArgument,
                                      "argon2id time 0 is not within 1 and 4294967295"},
                    RefusedDerivation{"TimeWraps",
                                      {"argon2i", "", std::uint64_t{1} << 32, 32, 1},
                                      32,
                                      Errc::InvalidArgument,
                                      "argon2i time 4294967296 is not within 1 and 4294967295"},
                    RefusedDerivation{"Lanes",
                                      {"argon2id", "", 4, 32, 0},
                                      32,
                                      Errc::InvalidArgument,
                                      "argon2id lanes 0 are not within 1 and 16777215"},
                    RefusedDerivation{"ManyLanes",
                                      {"argon2id", "", 4, 32, 0x1000000},
                                      32,
                                      Errc::InvalidArgument,
                                      "argon2id lanes 16777216 are not within 1 and 16777215"},
                    RefusedDerivation{"Memory",
                                      {"argon2id", "", 4, 31, 4},
                                      32,
                                      Errc::InvalidArgument,
                                      "argon2id memory 31 KiB < 32 KiB, 8 for each lane"},
                    RefusedDerivation{"ShortKey",
                                      {"argon2id", "", 4, 32, 1},
                                      3,
                                      Errc::InvalidArgument,
                                      "argon2id cannot make a key of 3 bytes"}),
    [](const auto& test) { return test.param.name; });

#if __SIZEOF_SIZE_T__ > 4  // elsewhere no caller can ask for so much
INSTANTIATE_TEST_SUITE_P(
    Large, KdfRefusal,
    testing::Values(RefusedDerivation{"Pbkdf2Length",
                                      {"pbkdf2", "sha256", 1},
                                      (std::size_t{1} << 32) * 32,
                                      Errc::InvalidArgument,
                                      "pbkdf2 cannot make a key of 137438953472 bytes"},
                    RefusedDerivation{"MemoryWraps",
                                      {"argon2i", "", 4, (std::uint64_t{1} << 32) + 32, 1},
                                      32,
                                      Errc::InvalidArgument,
                                      "argon2i memory 4294967328 KiB > 4294967295 KiB"}),
    [](const auto& test) { return test.param.name; });
#endif

// Starts a derivation that would take hours and cancels it.
void expect_interrupted(const model::KdfParams& params, std::chrono::milliseconds limit) {
    std::atomic<bool> cancelled{false};
    Clock::time_point asked;
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        asked = Clock::now();
        cancelled = true;
    });
    const Bytes salt(32);
    const auto key = derive(params, as_byte_view("p"), salt, 64, cancelled);
    const auto ended = Clock::now();
    canceller.join();
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::Interrupted);
    EXPECT_LT(ended - asked, limit);
}

TEST(Kdf, Pbkdf2IsInterrupted) {
    expect_interrupted({"pbkdf2", "sha256", 4'000'000'000}, std::chrono::milliseconds(1000));
}

TEST(Kdf, Argon2IsInterrupted) {
    expect_interrupted({"argon2id", "", 1'000'000, 65'536, 4}, std::chrono::milliseconds(3000));
}

TEST(Kdf, CancelledBeforeItBegins) {
    const std::atomic<bool> cancelled{true};
    const Bytes salt(32);
    EXPECT_EQ(derive({"argon2id", "", 4, 4'000'000, 4}, {}, salt, 64, cancelled).error().code,
              Errc::Interrupted);
}

TEST(Kdf, Argon2OfAnEmptyPassphrase) {
    const Bytes salt =
        *from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    const auto key = derive({"argon2id", "", 5, 1000, 3}, {}, salt, 48, never);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(to_hex(key->bytes()),
              "b005bd1aa59aa11708505414ac9a30d582f89f95a38d43263ee7b6865264b0ccd2037a578c1b37b2"
              "1a2b148b54536687");
}

TEST(Kdf, Argon2OfAnEmptyPassphraseIsInterrupted) {
    std::atomic<bool> cancelled{false};
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        cancelled = true;
    });
    const Bytes salt(32);
    // About a second of work.
    const auto key = derive({"argon2id", "", 100, 16'384, 1}, {}, salt, 64, cancelled);
    canceller.join();
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::Interrupted);
}

// The maximum of the format, which libgcrypt 1.10.1 computes as 0 bytes.  The key is libargon2's for one pass.
TEST(Kdf, Argon2OfFourGib) {
    constexpr std::uint64_t kFourGibKib = 4'194'304;
    if (sizeof(std::size_t) == 4) GTEST_SKIP() << "a process of 32 bits has no such memory";
    if (available_memory_kib() < kFourGibKib + kFourGibKib / 4)
        GTEST_SKIP() << "needs 5 GiB of free memory";
    const Bytes salt(32);
    const auto key =
        derive({"argon2id", "", 1, kFourGibKib, 4}, as_byte_view("p"), salt, 32, never);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(to_hex(key->bytes()),
              "27fa4c4f034882ea025a52c270623d4a446aa270850570310f762d2f5699d560");
}

TEST(Kdf, SaysThatMemoryCannotBeHad) {
    if (kAddressSanitizer) GTEST_SKIP() << "it needs the address space that is taken away here";
    const int status = test::in_child([] {
        const rlimit limit{1 << 30, 1 << 30};
        if (::setrlimit(RLIMIT_AS, &limit) != 0) return 10;
        const Bytes salt(32);
        const auto key =
            derive({"argon2id", "", 4, 2'097'152, 4}, as_byte_view("p"), salt, 64, never);
        if (key) return 11;
        if (key.error().message != "argon2id needs 2097152 KiB of memory, which is not available")
            return 12;
        return key.error().code == Errc::OutOfMemory ? 0 : 13;
    });
    EXPECT_EQ(status, 0);
}

TEST(Kdf, ManyThreadsAtOnce) {
    const Bytes salt(32);
    const model::KdfParams params{"argon2id", "", 4, 256, 4};
    const auto alone = derive(params, as_byte_view("p"), salt, 64, never);
    ASSERT_TRUE(alone);
    const std::string expected = to_hex(alone->bytes());
    std::atomic<int> same = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const auto key = derive(params, as_byte_view("p"), salt, 64, never);
            if (key && to_hex(key->bytes()) == expected) ++same;
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(same, 4);
}

TEST(KdfMeasure, GivesARateAndATime) {
    const auto rate = measure_pbkdf2("sha256", 64, never);
    ASSERT_TRUE(rate) << rate.error().message;
    const auto half = measure_pbkdf2("sha256", 32, never);
    ASSERT_TRUE(half);
    // 64 bytes are two blocks: twice the work, or less if a processor computes both at once.
    const double ratio = static_cast<double>(*half) / static_cast<double>(*rate);
    EXPECT_GT(ratio, 0.9);
    EXPECT_LT(ratio, 2.8);
    EXPECT_EQ(measure_pbkdf2("nohash", 32, never).error().code, Errc::MissingCipher);

    const auto elapsed = measure_derivation({"argon2id", "", 4, 1024, 1}, 32, never);
    ASSERT_TRUE(elapsed) << elapsed.error().message;
    EXPECT_GT(*elapsed, 0.1);
}

}  // namespace
}  // namespace latchkey::crypto
