// SPDX-License-Identifier: GPL-2.0-or-later
// Each kernel of PBKDF2 by name, compared with published answers and with libgcrypt.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/hex.h"
#include "crypto/gcrypt/pbkdf2.h"
#include "support/vectors.h"

namespace latchkey::crypto {
namespace {

const std::atomic<bool> kNeverStopped{false};

std::string key_of(Kernels kernels, const model::KdfParams& params, ByteView passphrase,
                   ByteView salt, std::size_t length) {
    const auto key = pbkdf2_by(kernels, params, passphrase, salt, length, kNeverStopped);
    return key ? to_hex(key->bytes()) : key.error().message;
}

Bytes counted_bytes(std::size_t length, int from) {
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i)
        bytes[i] = static_cast<std::byte>(static_cast<int>(i) * 7 + from);
    return bytes;
}

class Pbkdf2Kernel : public testing::TestWithParam<kernels::Kernel> {
  protected:
    void SetUp() override {
        if (!kernel.runs_here()) GTEST_SKIP() << "this processor lacks its instructions";
    }
    const kernels::Kernel& kernel = GetParam();
    std::array<const kernels::Kernel*, 1> alone = {&kernel};
};

TEST_P(Pbkdf2Kernel, GivesThePublishedKeys) {
    int vectors = 0;
    for (const test::Vector& v : test::read_vectors("pbkdf2.vec")) {
        if (v.text("hash") != kernel.hash) continue;
        ++vectors;
        const model::KdfParams params{"pbkdf2", v.text("hash"), v.number("iterations")};
        EXPECT_EQ(key_of(alone, params, v.hex("passphrase"), v.hex("salt"), v.hex("key").size()),
                  v.text("key"))
            << v.place();
    }
    EXPECT_GT(vectors, 0);
}

// Every length of a passphrase, with various lengths of all other inputs: around a block, a digest, and empty.
TEST_P(Pbkdf2Kernel, AgreesWithLibgcrypt) {
    for (std::size_t length = 0; length <= 300; ++length) {
        const Bytes passphrase = counted_bytes(length, 1);
        const Bytes salt = counted_bytes(length * 37 % 101, 2);
        const std::size_t key_length = 1 + length * 53 % (kernel.streams * 80);
        const model::KdfParams params{"pbkdf2", std::string(kernel.hash), 1 + length * 29 % 50};
        EXPECT_EQ(key_of(alone, params, passphrase, salt, key_length),
                  key_of({}, params, passphrase, salt, key_length))
            << length << " bytes of passphrase, " << salt.size() << " of salt, " << key_length
            << " of key, " << params.iterations << " iterations";
    }
}

// The test above gives every lane another block, but the same passphrase; several keyslots differ in all.
TEST_P(Pbkdf2Kernel, KeepsItsLanesApart) {
    std::vector<kernels::Stream> together(kernel.streams);
    for (std::size_t i = 0; i < together.size(); ++i) {
        together[i] = begin_stream(kernel, counted_bytes(20 + i, static_cast<int>(i)));
        together[i].step = words_of(kernel, counted_bytes(kernel.hash == "sha1" ? 20 : 32, 9));
        together[i].sum = together[i].step;
    }
    const std::vector<kernels::Stream> begun = together;
    kernel.advance(together.data(), 5);
    for (std::size_t i = 0; i < together.size(); ++i) {
        std::vector<kernels::Stream> same_in_all(kernel.streams, begun[i]);
        kernel.advance(same_in_all.data(), 5);
        for (const kernels::Stream& one : same_in_all) {
            EXPECT_EQ(together[i].sum, one.sum) << "lane " << i;
            EXPECT_EQ(together[i].step, one.step) << "lane " << i;
        }
    }
}

TEST_P(Pbkdf2Kernel, GoesOnWhereItLookedWhetherToStop) {
    const Bytes salt = counted_bytes(32, 3);
    for (const std::uint64_t iterations : {2047U, 2048U, 2049U, 2050U, 4097U, 5000U}) {
        const model::KdfParams params{"pbkdf2", std::string(kernel.hash), iterations};
        EXPECT_EQ(key_of(alone, params, as_byte_view("p"), salt, 64),
                  key_of({}, params, as_byte_view("p"), salt, 64))
            << iterations;
    }
}

TEST_P(Pbkdf2Kernel, StopsSoonAfterItIsAskedTo) {
    using Steady = std::chrono::steady_clock;
    std::atomic<bool> cancelled{false};
    Steady::time_point asked;
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        asked = Steady::now();
        cancelled = true;
    });
    const model::KdfParams params{"pbkdf2", std::string(kernel.hash), 4'000'000'000};
    const auto key =
        pbkdf2_by(alone, params, as_byte_view("p"), counted_bytes(32, 4), 64, cancelled);
    const auto ended = Steady::now();
    canceller.join();
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::Interrupted);
    // The work is one millisecond; the rest allows for other users of the processor.
    EXPECT_LT(ended - asked, std::chrono::milliseconds(500));
}

INSTANTIATE_TEST_SUITE_P(All, Pbkdf2Kernel,
                         testing::ValuesIn(kernels::all_kernels().begin(),
                                           kernels::all_kernels().end()),
                         [](const auto& test) {
                             std::string name(test.param.name);
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Pbkdf2Kernel);

// As for a LUKS1 header with sha1 and a key of 64 bytes: 4 blocks, only 4 bytes of the last one used.
TEST(Pbkdf2Kernels, TogetherGiveAnyNumberOfBlocks) {
    for (const std::string_view hash : {"sha1", "sha256", "sha512"}) {
        std::vector<const kernels::Kernel*> all;
        for (const kernels::Kernel& kernel : kernels::all_kernels())
            if (kernel.hash == hash && kernel.runs_here()) all.push_back(&kernel);
        const Bytes salt = counted_bytes(32, 5);
        const model::KdfParams params{"pbkdf2", std::string(hash), 10};
        for (std::size_t length = 1; length <= 1100; length += 19)
            EXPECT_EQ(key_of(all, params, as_byte_view("p"), salt, length),
                      key_of({}, params, as_byte_view("p"), salt, length))
                << hash << ' ' << length;
    }
}

}  // namespace
}  // namespace latchkey::crypto
