// SPDX-License-Identifier: GPL-2.0-or-later
// A kernel that computes wrong results is found before its first use, reported, and not used.
#include "crypto/gcrypt/kernel_trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/gcrypt/pbkdf2.h"

namespace latchkey::crypto {
namespace {

using kernels::Kernel;
using kernels::State;
using kernels::Stream;
using testing::ElementsAre;
using testing::IsEmpty;

bool here() {
    return true;
}
bool elsewhere() {
    return false;
}

int absorbed = 0;
void absorb_nothing(State&, std::span<const std::byte>) {
    ++absorbed;
}
void advance_nothing(Stream*, std::uint64_t) {}

constexpr Kernel kIdle{"idle", "sha256", 1, 1, 64, {}, &here, &absorb_nothing, &advance_nothing};
constexpr Kernel kAbsent{"absent",        "sha256",        1, 1, 64, {}, &elsewhere,
                         &absorb_nothing, &advance_nothing};

// A correct kernel whose last lane has one wrong bit.
const Kernel* true_kernel = nullptr;
void advance_with_a_wrong_bit(Stream* streams, std::uint64_t iterations) {
    true_kernel->advance(streams, iterations);
    streams[true_kernel->streams - 1].sum[4] ^= 1U;
}

std::vector<std::string> names(const std::vector<const Kernel*>& kernels) {
    std::vector<std::string> names;
    for (const Kernel* kernel : kernels) names.emplace_back(kernel->name);
    return names;
}

TEST(KernelTrust, WhatAgreesIsSound) {
    KernelTrust trust(kernels::all_kernels());
    for (const std::string_view hash : {"sha1", "sha256", "sha512"}) {
        std::vector<const Kernel*> expected;
        for (const Kernel& kernel : kernels::all_kernels())
            if (kernel.hash == hash && kernel.runs_here()) expected.push_back(&kernel);
        EXPECT_EQ(trust.sound(hash), expected);
    }
    EXPECT_THAT(trust.sound("sha384"), IsEmpty());
    EXPECT_THAT(trust.broken(), IsEmpty());
}

TEST(KernelTrust, WhatDoesNotAgreeIsNotUsedAndToldOnce) {
    const std::array kernels = {kIdle, kAbsent};
    KernelTrust trust(kernels);
    absorbed = 0;
    EXPECT_THAT(trust.sound("sha1"), IsEmpty());
    EXPECT_EQ(absorbed, 0) << "it was proved before anybody wanted it";
    EXPECT_THAT(trust.sound("sha256"), IsEmpty());
    const int once = absorbed;
    EXPECT_GT(once, 0);
    EXPECT_THAT(trust.sound("sha256"), IsEmpty());
    EXPECT_EQ(absorbed, once) << "it was proved again";
    EXPECT_THAT(trust.broken(), ElementsAre("idle"));

    Context context;
    std::vector<std::string> log;
    context.log_sink = [&log](LogLevel level, std::string_view text) {
        EXPECT_EQ(level, LogLevel::Warning);
        log.emplace_back(text);
    };
    tell_broken_kernels(context, trust);
    tell_broken_kernels(context, trust);
    EXPECT_THAT(log, ElementsAre("This processor computes idle wrongly, so libgcrypt does it in "
                                 "its place, more slowly: do not trust this machine."));
}

TEST(KernelTrust, OneWrongBitInOneLaneIsFoundAndTheOthersAreUsed) {
    for (const Kernel& kernel : kernels::all_kernels()) {
        if (!kernel.runs_here()) continue;
        true_kernel = &kernel;
        std::vector<Kernel> kernels(kernels::all_kernels().begin(), kernels::all_kernels().end());
        std::vector<std::string> others;
        for (Kernel& each : kernels) {
            if (each.name == kernel.name)
                each.advance = &advance_with_a_wrong_bit;
            else if (each.hash == kernel.hash)
                others.emplace_back(each.name);
        }
        KernelTrust trust(kernels);
        const auto sound = trust.sound(kernel.hash);
        EXPECT_EQ(names(sound), others);
        EXPECT_THAT(trust.broken(), ElementsAre(kernel.name));

        const model::KdfParams params{"pbkdf2", std::string(kernel.hash), 100};
        const std::atomic<bool> not_cancelled{false};
        const auto key =
            pbkdf2_by(sound, params, as_byte_view("p"), as_byte_view("s"), 64, not_cancelled);
        const auto reference =
            pbkdf2_by({}, params, as_byte_view("p"), as_byte_view("s"), 64, not_cancelled);
        ASSERT_TRUE(key && reference);
        EXPECT_EQ(to_hex(key->bytes()), to_hex(reference->bytes()));
    }
}

TEST(KernelTrust, NamesOfHashesAreTakenInAnyCase) {
    EXPECT_EQ(trusted_kernels("SHA256"), trusted_kernels("sha256"));
    EXPECT_THAT(trusted_kernels("nohash"), IsEmpty());
    EXPECT_THAT(trusted_kernels("sha224"), IsEmpty());
}

}  // namespace
}  // namespace latchkey::crypto
