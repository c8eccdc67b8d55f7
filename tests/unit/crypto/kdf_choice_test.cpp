// SPDX-License-Identifier: GPL-2.0-or-later
// Chooses costs for simulated machines.
#include "crypto/kdf_choice.h"

#include <gtest/gtest.h>

#include <cmath>

namespace latchkey::crypto {
namespace {

constexpr std::uint64_t kGiB = 1024 * 1024;  // in KiB
constexpr Machine kDesktop{32 * kGiB, 24 * kGiB, 0, 8};

// A machine on which Argon2 needs `ns_per_kib` per KiB and pass, and PBKDF2 makes `rate` iterations per second.
struct Fake {
    double ns_per_kib = 1000;
    std::uint64_t rate = 1'000'000;
    std::vector<double> noise = {1};  // factors on the samples, in turn
    int samples = 0;
    std::uint64_t most_memory_kib = 0;

    [[nodiscard]] double time_ms(const model::KdfParams& params) const {
        return static_cast<double>(params.iterations) * static_cast<double>(params.memory_kib) *
               ns_per_kib / 1e6;
    }
    Result<model::KdfParams> choose(const Machine& machine, const model::KdfRequest& request) {
        return choose_kdf_on(
            machine, request,
            [this](const model::KdfParams& params) -> Result<double> {
                most_memory_kib = std::max(most_memory_kib, params.memory_kib);
                return time_ms(params) * noise[static_cast<std::size_t>(samples++) % noise.size()];
            },
            [this](std::string_view) -> Result<std::uint64_t> { return rate; });
    }
};

TEST(ChooseKdf, ShortSamplesOfPbkdf2) {
    EXPECT_EQ(longer_sample(1000, 20), 4001U);
    EXPECT_EQ(longer_sample(1000, 10), 8001U);
    // Between two ticks of a coarse clock the time seems to be 0: the sample grows in steps, not to minutes at once.
    EXPECT_EQ(longer_sample(1000, 0), 8001U);
    EXPECT_EQ(longer_sample(1000, 0.001), 8001U);
}

TEST(ChooseKdf, Argon2TakesTheTimeAskedFor) {
    // From 40 times slower to 100 times faster than a present-day desktop, with targets from 1 s to 10 s.
    for (const double ns : {10.0, 33.0, 100.0, 321.0, 640.0, 1000.0, 2500.0})
        for (const std::uint64_t time_ms : {1000U, 2000U, 5000U, 10000U}) {
            Fake fake{.ns_per_kib = ns};
            const auto params = fake.choose(kDesktop, {.time_ms = time_ms});
            ASSERT_TRUE(params) << params.error().message;
            EXPECT_EQ(params->type, "argon2id");
            EXPECT_EQ(params->lanes, 4U);
            EXPECT_GE(params->iterations, 4U);
            EXPECT_LE(params->memory_kib, kGiB);
            const double ratio = fake.time_ms(*params) / static_cast<double>(time_ms);
            EXPECT_GT(ratio, 0.88) << ns << " ns, " << time_ms << " ms";
            EXPECT_LT(ratio, 0.96) << ns << " ns, " << time_ms << " ms";
            EXPECT_LE(fake.samples, 10);
        }
}

TEST(ChooseKdf, MemoryComesBeforeTime) {
    Fake slow{.ns_per_kib = 1000};  // 2 s are 500 MB in 4 passes
    const auto params = slow.choose(kDesktop, {.time_ms = 2000});
    ASSERT_TRUE(params);
    EXPECT_EQ(params->iterations, 4U);
    EXPECT_NEAR(static_cast<double>(params->memory_kib), 460'000, 5'000);
    Fake fast{.ns_per_kib = 10};
    const auto more = fast.choose(kDesktop, {.time_ms = 2000});
    ASSERT_TRUE(more);
    EXPECT_EQ(more->memory_kib, kGiB);
    EXPECT_NEAR(static_cast<double>(more->iterations), 175, 2);
}

TEST(ChooseKdf, NoiseThatSlowsSamplesDownIsNotBelieved) {
    Fake fake{.ns_per_kib = 1000, .noise = {1.0, 1.3, 1.0, 1.0}};
    const auto params = fake.choose(kDesktop, {.time_ms = 2000});
    ASSERT_TRUE(params);
    EXPECT_GT(fake.time_ms(*params), 1700);
    EXPECT_LT(fake.time_ms(*params), 2200);
}

// With a slow clock, or a machine in power-saving mode: the minimum holds whatever is measured.
TEST(ChooseKdf, FloorHoldsOnTheSlowestMachine) {
    Fake fake{.ns_per_kib = 1e9, .rate = 1};
    const auto argon2 = fake.choose(kDesktop, {.time_ms = 100});
    ASSERT_TRUE(argon2);
    EXPECT_EQ(argon2->iterations, 4U);
    EXPECT_EQ(argon2->memory_kib, 65'536U);
    const auto pbkdf2 = fake.choose(kDesktop, {.type = "pbkdf2", .time_ms = 100});
    ASSERT_TRUE(pbkdf2);
    EXPECT_EQ(pbkdf2->iterations, 1000U);
}

TEST(ChooseKdf, Pbkdf2IsProportional) {
    Fake fake{.rate = 2'000'000};
    const auto params =
        fake.choose(kDesktop, {.type = "pbkdf2", .hash = "sha512", .time_ms = 2000});
    ASSERT_TRUE(params);
    EXPECT_EQ(params->hash, "sha512");
    EXPECT_NEAR(static_cast<double>(params->iterations), 3'680'000, 1);
    EXPECT_EQ(params->memory_kib, 0U);
    EXPECT_EQ(params->lanes, 0U);
    EXPECT_EQ(fake.choose(kDesktop, {.type = "pbkdf2"})->hash, "sha256");
    fake.rate = 40'000'000'000;  // the header's field has 32 bits
    EXPECT_EQ(fake.choose(kDesktop, {.type = "pbkdf2"})->iterations, UINT32_MAX);
}

TEST(ChooseKdf, TimeZeroIsTheDefault) {
    Fake fake;
    EXPECT_EQ(fake.choose(kDesktop, {.type = "pbkdf2", .time_ms = 0})->iterations,
              fake.choose(kDesktop, {.type = "pbkdf2", .time_ms = 2000})->iterations);
}

TEST(ChooseKdf, MemoryIsCappedByTheMachine) {
    Fake fake{.ns_per_kib = 5};
    EXPECT_EQ(fake.choose({kGiB, kGiB / 2, kGiB, 4}, {})->memory_kib, kGiB / 2 - 16 * 1024);
    EXPECT_EQ(fake.choose({kGiB, kGiB, kGiB, 4}, {})->memory_kib, kGiB / 2);
    // Below 4 GiB and without swap: half of the free memory.
    EXPECT_EQ(fake.choose({kGiB, 400'000, 0, 4}, {})->memory_kib, 200'000U);
    EXPECT_EQ(fake.choose({kGiB, 120'000, 0, 4}, {})->memory_kib, 120'000U - 16 * 1024);
    // A small cgroup on a big machine: measuring must also stay within its limit.
    Fake in_cgroup{.ns_per_kib = 5};
    EXPECT_EQ(in_cgroup.choose({64 * kGiB, 48 * 1024, 0, 4}, {})->memory_kib, 32U * 1024);
    EXPECT_LE(in_cgroup.most_memory_kib, 32U * 1024);
    EXPECT_EQ(fake.choose(kDesktop, {.memory_kib = 4 * kGiB})->memory_kib, 4 * kGiB);
}

TEST(ChooseKdf, SmallMemoryTakesMorePasses) {
    Fake fake{.ns_per_kib = 1000};
    const auto params = fake.choose(kDesktop, {.time_ms = 2000, .memory_kib = 1024, .lanes = 1});
    ASSERT_TRUE(params);
    EXPECT_EQ(params->memory_kib, 1024U);
    EXPECT_EQ(params->lanes, 1U);
    EXPECT_NEAR(fake.time_ms(*params), 1840, 60);
}

TEST(ChooseKdf, LanesAreCappedByProcessorsUnlessForced) {
    Fake fake;
    const Machine two{8 * kGiB, 8 * kGiB, 0, 2};
    EXPECT_EQ(fake.choose(two, {})->lanes, 2U);
    EXPECT_EQ(fake.choose(two, {.lanes = 4})->lanes, 2U);
    EXPECT_EQ(fake.choose(kDesktop, {.lanes = 9})->lanes, 4U);
    EXPECT_EQ(fake.choose(kDesktop, {.lanes = 0})->lanes, 4U);
    EXPECT_EQ(fake.choose(two, {.forced_iterations = 4, .lanes = 4})->lanes, 4U);
    EXPECT_EQ(fake.choose(two, {.forced_iterations = 4})->lanes, 4U);
    EXPECT_EQ(fake.choose(two, {.forced_iterations = 4, .lanes = 9})->lanes, 4U);
}

TEST(ChooseKdf, ForcedIsNotMeasured) {
    Fake fake;
    const auto argon2 =
        fake.choose(kDesktop, {.type = "argon2i", .forced_iterations = 5, .memory_kib = 32});
    ASSERT_TRUE(argon2);
    EXPECT_EQ(argon2->type, "argon2i");
    EXPECT_EQ(argon2->iterations, 5U);
    EXPECT_EQ(argon2->memory_kib, 32U);
    EXPECT_EQ(fake.choose(kDesktop, {.forced_iterations = 4})->memory_kib, kGiB);
    EXPECT_EQ(fake.choose(kDesktop, {.type = "pbkdf2", .forced_iterations = 1234})->iterations,
              1234U);
    EXPECT_EQ(fake.samples, 0);
}

struct RefusedChoice {
    const char* name;
    model::KdfRequest request;
    const char* message;
};

class ChooseKdfRefusal : public testing::TestWithParam<RefusedChoice> {};

TEST_P(ChooseKdfRefusal, InThePeersWords) {
    Fake fake;
    const auto params = fake.choose(kDesktop, GetParam().request);
    ASSERT_FALSE(params);
    EXPECT_EQ(params.error().code, Errc::InvalidArgument);
    EXPECT_EQ(params.error().message, GetParam().message);
    EXPECT_EQ(fake.samples, 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, ChooseKdfRefusal,
    testing::Values(
        RefusedChoice{"Type", {.type = "scrypt"}, "there is no KDF 'scrypt'"},
        RefusedChoice{"Pbkdf2Iterations",
                      {.type = "pbkdf2", .forced_iterations = 999},
                      "forced iteration count 999 < 1000, the least of pbkdf2"},
        RefusedChoice{"Argon2Time",
                      {.type = "argon2id", .forced_iterations = 3},
                      "forced iteration count 3 < 4, the least of argon2id"},
        RefusedChoice{"TooMany",
                      {.type = "pbkdf2", .forced_iterations = std::uint64_t{1} << 32},
                      "forced iteration count 4294967296 > 4294967295"},
        RefusedChoice{"LittleMemory",
                      {.type = "argon2id", .forced_iterations = 4, .memory_kib = 31},
                      "KDF memory of 31 KiB is less than the 32 KiB that argon2id needs"},
        RefusedChoice{
            "MuchMemory",
            {.type = "argon2id", .memory_kib = 4'194'305},
            "KDF memory of 4194305 KiB is more than the 4194304 KiB that the format allows"}),
    [](const auto& test) { return test.param.name; });

// Clocks of all kinds.  The real time of a sample is counted too: no sample may take hours.
struct ClockCase {
    const char* name;
    double (*shows)(double real_ms, int sample);
    bool honest = false;  // the choice is near the requested time
};

double stands(double, int) {
    return 0;
}
double ticks(double real_ms, int) {
    return std::floor(real_ms / 10) * 10;
}
double backwards(double real_ms, int) {
    return -real_ms;
}
double far_backwards(double, int) {
    return -1e300;
}
double jumps(double, int) {
    return 1e300;
}
double jumps_once(double real_ms, int sample) {
    return sample == 3 ? 1e12 : real_ms;
}
double no_number(double, int) {
    return std::nan("");
}
double endless(double, int) {
    return HUGE_VAL;
}
double denormal(double, int) {
    return 5e-324;
}
double too_fast(double real_ms, int) {
    return real_ms / 1e9;
}

class ChooseKdfByClock : public testing::TestWithParam<ClockCase> {};

TEST_P(ChooseKdfByClock, Argon2IsBounded) {
    for (const std::uint64_t time_ms : {1U, 100U, 2000U, UINT32_MAX})
        for (const std::uint64_t memory_kib : {std::uint64_t{32}, kGiB, 4 * kGiB}) {
            const Fake machine{.ns_per_kib = 1000};
            double real_ms = 0;
            int samples = 0;
            const auto params = choose_kdf_on(
                kDesktop, {.time_ms = time_ms, .memory_kib = memory_kib},
                [&](const model::KdfParams& tried) -> Result<double> {
                    real_ms += machine.time_ms(tried);
                    return GetParam().shows(machine.time_ms(tried), samples++);
                },
                [](std::string_view) -> Result<std::uint64_t> { return 1; });
            ASSERT_TRUE(params);
            EXPECT_LE(samples, 10);
            EXPECT_LT(real_ms, 60'000) << time_ms << " ms, " << memory_kib << " KiB";
            EXPECT_GE(params->iterations, 4U);
            EXPECT_LE(params->iterations, UINT32_MAX);
            EXPECT_GE(params->memory_kib, 32U);
            EXPECT_LE(params->memory_kib, memory_kib);
            if (!GetParam().honest || time_ms != 2000) continue;
            EXPECT_GT(machine.time_ms(*params), 1500) << memory_kib;
            EXPECT_LT(machine.time_ms(*params), 2600) << memory_kib;
        }
}

TEST_P(ChooseKdfByClock, Pbkdf2IsBounded) {
    for (const bool wall_goes : {false, true}) {
        double real_ms = 0;
        int samples = 0;
        const auto rate = pbkdf2_rate([&](std::uint64_t iterations) -> Result<Elapsed> {
            const double took = static_cast<double>(iterations) / 1000;  // a million per second
            real_ms += took;
            const double shown = GetParam().shows(took, samples++);
            return Elapsed{.computing_ms = shown, .wall_ms = wall_goes ? took : shown};
        });
        ASSERT_TRUE(rate);
        EXPECT_LE(samples, 40);
        EXPECT_LT(real_ms, 60'000);
        EXPECT_GE(*rate, 1U);
        if (!GetParam().honest) continue;
        EXPECT_GT(*rate, 700'000U);
        EXPECT_LT(*rate, 1'300'000U);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, ChooseKdfByClock,
    testing::Values(ClockCase{"StandsStill", stands, true}, ClockCase{"GoesByTicks", ticks, true},
                    ClockCase{"Backwards", backwards, true},
                    ClockCase{"FarBackwards", far_backwards, true}, ClockCase{"Jumps", jumps},
                    ClockCase{"JumpsOnce", jumps_once}, ClockCase{"NoNumber", no_number, true},
                    ClockCase{"Endless", endless, true}, ClockCase{"Denormal", denormal, true},
                    ClockCase{"TooFast", too_fast, true}),
    [](const auto& test) { return test.param.name; });

TEST(ChooseKdf, WhatTwoClocksSay) {
    EXPECT_EQ(derivation_ms({.computing_ms = 90, .wall_ms = 100}), 100);  // waits for other lanes
    EXPECT_EQ(derivation_ms({.computing_ms = 90, .wall_ms = 300}), 90);   // the machine is busy
    EXPECT_EQ(derivation_ms({.computing_ms = 0, .wall_ms = 6}), 6);       // less than one tick
    EXPECT_EQ(derivation_ms({.computing_ms = 0, .wall_ms = 2000}), 2000);
    EXPECT_EQ(derivation_ms({.computing_ms = 50, .wall_ms = 0}), 50);
    EXPECT_EQ(derivation_ms({.computing_ms = -5, .wall_ms = -5}), 0);
    EXPECT_EQ(computing_ms({.computing_ms = 90, .wall_ms = 300}), 90);
    EXPECT_EQ(computing_ms({.computing_ms = 1e9, .wall_ms = 100}), 100);
    EXPECT_EQ(computing_ms({.computing_ms = 0, .wall_ms = 6}), 0);
    EXPECT_EQ(computing_ms({.computing_ms = 0, .wall_ms = 100}), 100);
}

TEST(ChooseKdf, HandsOnTheErrorOfMeasuring) {
    const auto interrupted = [](const model::KdfParams&) -> Result<double> {
        return fail(Errc::Interrupted, "interrupted");
    };
    const auto no_hash = [](std::string_view) -> Result<std::uint64_t> {
        return fail(Errc::MissingCipher, "no hash");
    };
    EXPECT_EQ(choose_kdf_on(kDesktop, {}, interrupted, no_hash).error().code, Errc::Interrupted);
    EXPECT_EQ(choose_kdf_on(kDesktop, {.type = "pbkdf2"}, interrupted, no_hash).error().code,
              Errc::MissingCipher);
}

}  // namespace
}  // namespace latchkey::crypto
