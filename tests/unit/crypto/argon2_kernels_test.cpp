// SPDX-License-Identifier: GPL-2.0-or-later
// Each kernel of Argon2 by name, compared with published answers and with libgcrypt and libargon2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/hex.h"
#include "crypto/argon2_lanes.h"
#include "crypto/gcrypt/argon2_trust.h"
#include "crypto/gcrypt/kdfs.h"
#include "support/vectors.h"

namespace latchkey::crypto {
namespace {

using kernels::Argon2Kernel;
using kernels::Argon2Run;

const std::atomic<bool> kGoOn{false};

std::string hex_or_error(const Result<SecretBuffer>& key) {
    return key ? to_hex(key->bytes()) : key.error().message;
}

Bytes numbered_bytes(std::size_t length, std::size_t from) {
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::byte>(i * 11 + from);
    return bytes;
}

class Argon2KernelTest : public testing::TestWithParam<Argon2Kernel> {
  protected:
    void SetUp() override {
        if (!kernel.runs_here()) GTEST_SKIP() << "this processor lacks its instructions";
    }
    const Argon2Kernel& kernel = GetParam();
};

// RFC 9106 sections 5.2 and 5.3.
TEST_P(Argon2KernelTest, GivesTheTagsOfTheStandard) {
    const Bytes passphrase(32, std::byte{1});
    const Bytes salt(16, std::byte{2});
    const Bytes secret(8, std::byte{3});
    const Bytes associated(12, std::byte{4});
    const Argon2Inputs inputs{passphrase, salt, secret, associated};
    EXPECT_EQ(hex_or_error(argon2_by(kernel, {"argon2i", "", 3, 32, 4}, inputs, 32, kGoOn)),
              "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8");
    EXPECT_EQ(hex_or_error(argon2_by(kernel, {"argon2id", "", 3, 32, 4}, inputs, 32, kGoOn)),
              "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

TEST_P(Argon2KernelTest, GivesTheKeysOfOtherPrograms) {
    for (const test::Vector& v : test::read_vectors("argon2.vec")) {
        const model::KdfParams params{.type = v.text("kdf"),
                                      .iterations = v.number("time"),
                                      .memory_kib = v.number("memory"),
                                      .lanes = static_cast<std::uint32_t>(v.number("lanes"))};
        const Bytes passphrase = v.hex("passphrase");
        const Bytes salt = v.hex("salt");
        EXPECT_EQ(
            hex_or_error(argon2_by(kernel, params, {passphrase, salt}, v.hex("key").size(), kGoOn)),
            v.text("key"))
            << v.place();
    }
}

// The smallest memory, memory that is no multiple of a segment, more than one block of addresses in a segment, more
// than one part of a segment, keys around a digest of BLAKE2b, passphrases around its block, and empty ones.
TEST_P(Argon2KernelTest, AgreesWithTheLibraries) {
    for (std::size_t i = 0; i < 240; ++i) {
        const auto lanes = static_cast<std::uint32_t>(1 + i % 5);
        const std::uint64_t memory = 8 * lanes + (i % 12 == 11 ? 900 * lanes + i : i * 17 % 90);
        const std::uint64_t passes = 1 + i * 7 % 4;
        const std::size_t length = 4 + i * 29 % 150;
        const Bytes passphrase = numbered_bytes(i * 13 % 140, i);
        const Bytes salt = numbered_bytes(8 + i * 5 % 60, i + 1);
        const model::KdfParams params{i % 2 == 0 ? "argon2id" : "argon2i", "", passes, memory,
                                      lanes};
        EXPECT_EQ(hex_or_error(argon2_by(kernel, params, {passphrase, salt}, length, kGoOn)),
                  hex_or_error(argon2_by_library(params, passphrase, salt, length, kGoOn)))
            << params.type << ", " << passes << " passes, " << memory << " KiB, " << lanes
            << " lanes, " << passphrase.size() << " bytes of passphrase, " << length << " of key";
    }
}

TEST_P(Argon2KernelTest, StopsSoonAfterItIsAskedTo) {
    using Steady = std::chrono::steady_clock;
    for (const std::uint32_t lanes : {1U, 2U}) {
        std::atomic<bool> cancelled{false};
        Steady::time_point asked;
        std::thread canceller([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            asked = Steady::now();
            cancelled = true;
        });
        const Bytes salt = numbered_bytes(32, 0);
        const auto key = argon2_by(kernel, {"argon2id", "", 1'000'000, 16'384, lanes},
                                   {as_byte_view("p"), salt}, 64, cancelled);
        const auto ended = Steady::now();
        canceller.join();
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().code, Errc::Interrupted);
        // The work is a few milliseconds, most of it wiping; the rest allows for other users of the processor.
        EXPECT_LT(ended - asked, std::chrono::milliseconds(500));
    }
}

INSTANTIATE_TEST_SUITE_P(All, Argon2KernelTest,
                         testing::ValuesIn(kernels::all_argon2_kernels().begin(),
                                           kernels::all_argon2_kernels().end()),
                         [](const auto& test) {
                             std::string name(test.param.name);
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

bool on_this_processor() {
    return true;
}
bool on_no_processor() {
    return false;
}
int segments_filled = 0;
void fill_nothing(const Argon2Run& run) {
    if (run.from <= 2 && run.pass == 0 && run.slice == 0 && run.lane == 0) ++segments_filled;
}
// Computes correctly but for one bit of the last block.
void fill_with_a_wrong_bit(const Argon2Run& run) {
    kernels::all_argon2_kernels().back().fill(run);
    const auto& shape = run.shape;
    const bool at_end = run.pass + 1 == shape.passes && run.slice + 1 == kernels::kSlices &&
                        run.lane + 1 == shape.lanes && run.to == shape.segment_blocks();
    if (at_end) run.memory[shape.all_blocks() - 1].words[77] ^= 1U;
}

TEST(Argon2Trust, AKernelThatDisagreesIsNotUsedAndReportedOnce) {
    const Argon2Kernel plain = kernels::all_argon2_kernels().back();
    const std::array kernels = {
        Argon2Kernel{"absent", &on_no_processor, &fill_nothing},
        Argon2Kernel{"idle", &on_this_processor, &fill_nothing},
        Argon2Kernel{"wrong bit", &on_this_processor, &fill_with_a_wrong_bit}, plain};
    Argon2Trust trust(kernels);
    segments_filled = 0;
    ASSERT_NE(trust.best(), nullptr);
    EXPECT_EQ(trust.best()->name, plain.name);
    EXPECT_EQ(segments_filled, 1) << "a kernel was proved twice";
    EXPECT_THAT(trust.broken(), testing::ElementsAre("idle", "wrong bit"));
}

TEST(Argon2Trust, EveryKernelOfThisProcessorIsSound) {
    for (const Argon2Kernel& kernel : kernels::all_argon2_kernels()) {
        if (!kernel.runs_here()) continue;
        Argon2Trust trust({&kernel, 1});
        EXPECT_EQ(trust.best(), &kernel) << kernel.name;
    }
    ASSERT_NE(trusted_argon2_kernel(), nullptr);
}

}  // namespace
}  // namespace latchkey::crypto
