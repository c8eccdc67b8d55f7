// SPDX-License-Identifier: GPL-2.0-or-later
// Headers that would cost too much are refused before any allocation.
#include <gtest/gtest.h>

#include <chrono>

#include "crypto/kdf.h"
#include "crypto/memory_limits.h"

namespace latchkey::crypto {
namespace {

constexpr std::uint64_t kTwoTiB = std::uint64_t{2} << 30;  // in KiB

struct Cost {
    const char* name;
    model::KdfParams params;
    const char* message;
    const char* hint;
};

class KdfCost : public testing::TestWithParam<Cost> {};

TEST_P(KdfCost, IsRefusedAtOnce) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = check_kdf_cost(GetParam().params, KdfPolicy{});
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::CostRefused);
    EXPECT_EQ(result.error().message, GetParam().message);
    EXPECT_EQ(result.error().hint, GetParam().hint);
}

INSTANTIATE_TEST_SUITE_P(
    All, KdfCost,
    testing::Values(
        Cost{"Iterations",
             {"pbkdf2", "sha256", 2'000'000'000},
             "pbkdf2 iterations 2000000000 > 1000000000 that are allowed",
             "if you trust this header, --kdf-max-iterations 2000000000 allows it"},
        Cost{"Time",
             {"argon2id", "", std::uint64_t{1} << 31, 65'536, 4},
             "argon2id time 2147483648 > 10000 that is allowed",
             "if you trust this header, --kdf-max-time 2147483648 allows it"},
        Cost{"Memory",
             {"argon2i", "", 4, kTwoTiB, 4},
             "argon2i memory 2147483648 KiB > 4194304 KiB that are allowed",
             "if you trust this header, --kdf-max-memory 2147483648K allows it"},
        Cost{"Lanes",
             {"argon2id", "", 4, 65'536, 100'000},
             "argon2id lanes 100000 > 64 that are allowed",
             "no program writes that many: the header is damaged, or hostile"},
        Cost{"Work",
             {"argon2id", "", 10'000, 4'194'304, 4},
             // 10000 passes or 4 GiB are allowed, but not both.
             "argon2id time 10000 times memory 4194304 KiB > 1073741824 KiB that are allowed",
             "if you trust this header, --kdf-max-time 10000 allows it"}),
    [](const auto& test) { return test.param.name; });

TEST(KdfCostPolicy, CanBeRaised) {
    KdfPolicy policy;
    policy.max_iterations = 2'000'000'000;
    EXPECT_TRUE(check_kdf_cost({"pbkdf2", "sha256", 2'000'000'000}, policy));
    EXPECT_FALSE(check_kdf_cost({"pbkdf2", "sha256", 2'000'000'001}, policy));
    policy.max_memory_kib = 1000;
    EXPECT_TRUE(check_kdf_cost({"argon2id", "", 4, 1000, 1}, policy));
    EXPECT_EQ(check_kdf_cost({"argon2id", "", 4, 1001, 1}, policy).error().message,
              "argon2id memory 1001 KiB > 1000 KiB that are allowed");
}

TEST(KdfCostPolicy, WorkThatOverflowsIsRefused) {
    KdfPolicy policy;
    policy.max_memory_kib = UINT64_MAX;
    policy.max_time = UINT32_MAX;
    EXPECT_EQ(check_kdf_cost({"argon2id", "", UINT32_MAX, UINT64_MAX / 2, 1}, policy).error().code,
              Errc::CostRefused);
}

TEST(KdfCostPolicy, MemoryThatIsNotThereIsRefused) {
    const std::uint64_t more = system_memory_headroom().kib + 64 * 1024 * 1024;
    KdfPolicy policy;
    policy.max_memory_kib = UINT64_MAX;
    policy.max_work_kib = UINT64_MAX;
    const auto result = check_kdf_cost({"argon2id", "", 4, more, 4}, policy);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::OutOfMemory);
    EXPECT_NE(result.error().message.find("argon2id memory " + std::to_string(more) + " KiB > "),
              std::string::npos)
        << result.error().message;
    policy.check_available_memory = false;
    EXPECT_TRUE(check_kdf_cost({"argon2id", "", 4, more, 4}, policy));
}

TEST(KdfCostPolicy, DigestIterations) {
    EXPECT_TRUE(check_iterations(1'000'000'000, KdfPolicy{}, "digest 0"));
    const auto result = check_iterations(2'000'000'000, KdfPolicy{}, "digest 0");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::CostRefused);
    EXPECT_EQ(result.error().message,
              "digest 0: pbkdf2 iterations 2000000000 > 1000000000 that are allowed");
    EXPECT_EQ(result.error().hint,
              "if you trust this header, --kdf-max-iterations 2000000000 allows it");
}

TEST(Machine, HasMemoryAndProcessors) {
    EXPECT_GT(physical_memory_kib(), 100'000U);
    EXPECT_GT(available_memory_kib(), 1'000U);
    EXPECT_GE(online_cpus(), 1U);
}

}  // namespace
}  // namespace latchkey::crypto
