// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/benchmark.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Benchmark, CiphersAreMeasuredInBothDirections) {
    Context context;
    for (const char* cipher : {"aes-cbc-plain64", "aes-xts-plain64", "aes"}) {
        const auto speed = benchmark_cipher(context, cipher, 32);
        ASSERT_TRUE(speed) << cipher << ": " << speed.error().message;
        EXPECT_GT(speed->encrypt_mib_s, 0);
        EXPECT_GT(speed->decrypt_mib_s, 0);
    }
}

TEST(Benchmark, WhatCannotBeDoneIsAnError) {
    Context context;
    EXPECT_EQ(benchmark_cipher(context, "aes-cbc-plain64", 31).error().code, Errc::InvalidArgument);
    EXPECT_EQ(benchmark_cipher(context, "rot13-cbc-plain64", 32).error().code,
              Errc::InvalidArgument);
    EXPECT_EQ(benchmark_pbkdf2(context, "nohash", 32).error().code, Errc::MissingCipher);
}

TEST(Benchmark, TellsWhatAKeyslotWouldCost) {
    Context context;
    const auto cost =
        benchmark_kdf(context, {.type = "pbkdf2", .hash = "sha256", .forced_iterations = 4321}, 32);
    ASSERT_TRUE(cost) << cost.error().message;
    EXPECT_EQ(cost->iterations, 4321U);
    EXPECT_EQ(cost->memory_kib, 0U);
}

TEST(Benchmark, CanBeStopped) {
    Context context;
    context.cancel();
    EXPECT_EQ(benchmark_pbkdf2(context, "sha256", 32).error().code, Errc::Interrupted);
    EXPECT_EQ(benchmark_kdf(context, {.type = "argon2id"}, 32).error().code, Errc::Interrupted);
}

}  // namespace
}  // namespace latchkey
