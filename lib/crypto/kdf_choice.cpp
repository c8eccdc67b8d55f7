// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kdf_choice.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "latchkey/condition.h"

namespace latchkey::crypto {
namespace {

using model::KdfParams;
using model::KdfRequest;

// Limits and defaults of new keyslots: docs/formats/luks2.md section 6.
constexpr std::uint64_t kMinPbkdf2Iterations = 1000;
constexpr std::uint64_t kMinArgon2Time = 4;
constexpr std::uint64_t kMinMemoryKib = 32;
constexpr std::uint64_t kMaxMemoryKib = 4'194'304;
constexpr std::uint64_t kDefaultMemoryKib = 1'048'576;
constexpr std::uint64_t kMeasuredMemoryFloorKib = 65'536;  // measuring uses less only if it must
constexpr std::uint64_t kSmallMachineKib = 4 * 1024 * 1024;
constexpr std::uint64_t kSpareKib = 16 * 1024;  // of free memory, left for the rest of this process
constexpr std::uint32_t kMaxLanes = 4;
constexpr std::uint64_t kDefaultTimeMs = 2000;
constexpr double kCoarsestTickMs = 10;  // of the clocks that measure a thread's computing time
constexpr double kBusyFactor =
    1.25;  // wall time over computing time above which the machine counts as busy
constexpr std::uint64_t kMaxNumber = UINT32_MAX;  // numbers in headers have 32 bits

// Opening takes more than this KDF: the digest takes a sixteenth of the same time, then the area is read and merged.
// Aiming a little low keeps both the KDF and the whole near the requested time.
constexpr double kAim = 0.92;

constexpr double kRoughSampleMs = 250;  // shorter samples say little about memory
constexpr double kGoodEnough = 0.03;    // relative to the target time
constexpr int kRoughRounds = 6;
constexpr int kFineRounds = 3;
constexpr double kStep = 16;  // factor from a sample that was too short to the next one

// A measurement never runs longer than this, whatever time was requested; the rest is extrapolated.
constexpr double kLongestSampleMs = 10'000;
// If no clock works, the work of a sample must not grow for ever.  Argon2, KiB times passes: a second or two.  PBKDF2,
// iterations: no machine makes as many in half a sample.
constexpr double kBlindWork = 2.0 * 1024 * 1024;
constexpr std::uint64_t kBlindIterations = 1U << 20;
// The speed of a current machine, used if the clocks stand still: a weak keyslot would be worse than a slow one.
constexpr double kAssumedWorkPerMs = 1000;
constexpr std::uint64_t kAssumedIterationsPerSecond = 1'000'000;

constexpr std::size_t kPbkdf2Samples = 7;
constexpr int kMostPbkdf2Samples = 40;  // including those that were too short
constexpr double kPbkdf2EnoughMs = 4000;
constexpr std::uint64_t kFirstIterations = 1 << 12;

double target_ms(const KdfRequest& request) {
    return kAim * static_cast<double>(request.time_ms == 0 ? kDefaultTimeMs : request.time_ms);
}

std::uint64_t clamped(double value, std::uint64_t least, std::uint64_t most) {
    if (!(value > static_cast<double>(least))) return least;
    if (value >= static_cast<double>(most)) return most;
    return static_cast<std::uint64_t>(value);
}

Result<KdfParams> choose_pbkdf2(const KdfRequest& request,
                                const MeasureIterations& iterations_per_second) {
    KdfParams params{request.type, request.hash.empty() ? "sha256" : request.hash};
    if (request.forced_iterations) {
        params.iterations = *request.forced_iterations;
        return params;
    }
    LK_ASSIGN(const std::uint64_t rate, iterations_per_second(params.hash));
    params.iterations = clamped(static_cast<double>(rate) * target_ms(request) / 1000,
                                kMinPbkdf2Iterations, kMaxNumber);
    return params;
}

// Returns the memory that the machine can spare, whatever was requested.
std::uint64_t memory_cap(const Machine& machine) {
    std::uint64_t cap = machine.physical_kib / 2;
    const std::uint64_t half_free = machine.available_kib / 2;
    if (machine.physical_kib < kSmallMachineKib && machine.swap_kib == 0 &&
        half_free > kMeasuredMemoryFloorKib)
        cap = std::min(cap, half_free);
    // Measuring must not trigger the out-of-memory killer either, in a small cgroup for instance.
    const std::uint64_t free = machine.available_kib - std::min(machine.available_kib, kSpareKib);
    return std::max(std::min(cap, free), kMinMemoryKib);
}

struct Range {
    std::uint64_t least_kib;
    std::uint64_t most_kib;
};

double work(const KdfParams& params) {
    return static_cast<double>(params.iterations) * static_cast<double>(params.memory_kib);
}

// Returns parameters for an amount of work.  Uses as much memory as the range allows before it adds passes.
KdfParams with_work(KdfParams params, double amount, Range range) {
    const auto least = static_cast<double>(kMinArgon2Time);
    params.memory_kib = clamped(amount / least, range.least_kib, range.most_kib);
    const double passes = amount / static_cast<double>(params.memory_kib);
    params.iterations = clamped(std::round(passes), kMinArgon2Time, kMaxNumber);
    // With few passes the steps are coarse: then uses one more pass with a little less memory.
    if (passes > least &&
        std::abs(static_cast<double>(params.iterations) / passes - 1) > kGoodEnough) {
        params.iterations = clamped(std::ceil(passes), kMinArgon2Time, kMaxNumber);
        params.memory_kib = clamped(amount / static_cast<double>(params.iterations),
                                    range.least_kib, range.most_kib);
    }
    return params;
}

// One sample of Argon2 and the time it took; 0 ms if no clock moved.
struct Sample {
    KdfParams params;
    double elapsed_ms = 0;

    [[nodiscard]] bool tells() const { return elapsed_ms >= kCoarsestTickMs; }
    [[nodiscard]] double rate() const {
        return elapsed_ms > 0 ? work(params) / elapsed_ms : kAssumedWorkPerMs;
    }
};

Result<Sample> sample_of(KdfParams params, const MeasureDerivation& measure) {
    LK_ASSIGN(const double elapsed, measure(params));
    return Sample{std::move(params), std::isfinite(elapsed) ? std::max(elapsed, 0.0) : 0};
}

// Returns the work of the next sample when `amount` is wanted.  If the clock has hardly moved, grows by one step only,
// up to a limit.
double next_work(const Sample& last, double amount) {
    if (last.tells()) return amount;
    return std::min({amount, kStep * work(last.params), std::max(kBlindWork, work(last.params))});
}

Result<KdfParams> measure_argon2(KdfParams params, Range range, double target,
                                 const MeasureDerivation& measure) {
    const double aim = std::min(target, kLongestSampleMs);
    params.iterations = kMinArgon2Time;
    params.memory_kib = range.least_kib;
    LK_ASSIGN(Sample sample, sample_of(params, measure));
    for (int i = 0; i < kRoughRounds && sample.elapsed_ms < std::min(kRoughSampleMs, aim); ++i) {
        const double factor = sample.tells() ? 1.2 * kRoughSampleMs / sample.elapsed_ms : kStep;
        const double amount = next_work(sample, work(sample.params) * factor);
        if (!sample.tells() && amount <= work(sample.params)) break;
        LK_ASSIGN(sample, sample_of(with_work(params, amount, range), measure));
    }
    // A sample that must have taken long, but took no time by the clock, was not measured.
    if (!sample.tells() && aim >= 2 * kCoarsestTickMs)
        return with_work(params, kAssumedWorkPerMs * target, range);
    // Noise only makes a sample slower, so the fastest sample near the target counts.
    double rate = sample.rate();
    bool near = std::abs(sample.elapsed_ms / aim - 1) < 0.5;
    for (int i = 0; i < kFineRounds; ++i) {
        const KdfParams next = with_work(params, next_work(sample, rate * aim), range);
        if (near && std::abs(work(next) / work(sample.params) - 1) <= kGoodEnough) break;
        if (work(next) == work(sample.params)) break;
        LK_ASSIGN(sample, sample_of(next, measure));
        rate = near ? std::max(rate, sample.rate()) : sample.rate();
        near = std::abs(sample.elapsed_ms / aim - 1) < 0.5;
    }
    return with_work(params, rate * target, range);
}

Result<KdfParams> choose_argon2(const Machine& machine, const KdfRequest& request,
                                const MeasureDerivation& measure) {
    KdfParams params{.type = request.type};
    const std::uint32_t cpus = std::max(1U, machine.cpus);
    const bool forced = request.forced_iterations.has_value();
    const std::uint32_t asked_lanes = request.lanes.value_or(0);
    params.lanes = std::min(asked_lanes == 0 ? kMaxLanes : asked_lanes, kMaxLanes);
    // More lanes than processors would only help a machine with more processors, such as an attacker's.  What is forced
    // is for another machine, or to be the same everywhere.
    if (!forced) params.lanes = std::min(params.lanes, cpus);
    const std::uint64_t asked_kib =
        request.memory_kib.value_or(0) == 0 ? kDefaultMemoryKib : *request.memory_kib;
    if (asked_kib > kMaxMemoryKib)
        return fail(Errc::InvalidArgument,
                    "KDF memory of %llu KiB is more than the %llu KiB that the format allows",
                    static_cast<unsigned long long>(asked_kib),
                    static_cast<unsigned long long>(kMaxMemoryKib))
            .because(Condition::MemoryCostTooHigh, {}, {}, kMaxMemoryKib);
    if (asked_kib < kMinMemoryKib)
        return fail(Errc::InvalidArgument,
                    "KDF memory of %llu KiB is less than the %llu KiB that %s needs",
                    static_cast<unsigned long long>(asked_kib),
                    static_cast<unsigned long long>(kMinMemoryKib), request.type.c_str())
            .because(Condition::MemoryCostTooLow, request.type, {}, kMinMemoryKib);
    if (forced) {
        params.iterations = *request.forced_iterations;
        params.memory_kib = asked_kib;
        return params;
    }
    // Argon2 needs 8 KiB for each lane; kMinMemoryKib is enough for kMaxLanes.
    static_assert(kMinMemoryKib >= 8 * kMaxLanes);
    const std::uint64_t most_kib = std::min(asked_kib, memory_cap(machine));
    return measure_argon2(params, {std::min(kMeasuredMemoryFloorKib, most_kib), most_kib},
                          target_ms(request), measure);
}

}  // namespace

double computing_ms(const Elapsed& took) noexcept {
    const bool wall = std::isfinite(took.wall_ms) && took.wall_ms > 0;
    const bool computing = std::isfinite(took.computing_ms) && took.computing_ms > 0;
    if (computing) return wall ? std::min(took.computing_ms, took.wall_ms) : took.computing_ms;
    // A clock shows no time between two ticks.  A clock that shows none for longer does not work.
    return wall && took.wall_ms > 2 * kCoarsestTickMs ? took.wall_ms : 0;
}

double derivation_ms(const Elapsed& took) noexcept {
    const double computing = computing_ms(took);
    if (!std::isfinite(took.wall_ms) || took.wall_ms <= 0) return computing;
    // This thread computes one lane all the time.  If it had to wait, the machine was busy.
    return took.wall_ms > kBusyFactor * (computing + kCoarsestTickMs) ? computing : took.wall_ms;
}

Result<std::uint64_t> pbkdf2_rate(const RunIterations& run) {
    std::array<double, kPbkdf2Samples> rates{};
    std::size_t known = 0;
    double spent_ms = 0;
    std::uint64_t iterations = kFirstIterations;
    for (int i = 0; i < kMostPbkdf2Samples && known < rates.size() && spent_ms < kPbkdf2EnoughMs;
         ++i) {
        LK_ASSIGN(const Elapsed took, run(iterations));
        const double elapsed = computing_ms(took);
        spent_ms += elapsed;
        // The first samples only find the number of iterations for a sample, and warm up the processor's clock.
        if (elapsed > kPbkdf2SampleMs / 2) {
            rates[known++] = static_cast<double>(iterations) / elapsed;
        } else {
            if (iterations == kBlindIterations) break;
            iterations = std::min(longer_sample(iterations, elapsed), kBlindIterations);
        }
    }
    if (known == 0) return kAssumedIterationsPerSecond;
    // Uses the median: the fastest sample ran at a turbo clock that the processor does not hold for a whole unlock.
    const auto end = rates.begin() + static_cast<std::ptrdiff_t>(known);
    const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(known / 2);
    std::nth_element(rates.begin(), middle, end);
    return clamped(*middle * 1000, 1, UINT64_MAX);
}

std::uint64_t longer_sample(std::uint64_t iterations, double elapsed_ms) noexcept {
    const double per_ms = static_cast<double>(iterations) / std::max(elapsed_ms, kCoarsestTickMs);
    return static_cast<std::uint64_t>(per_ms * kPbkdf2SampleMs) + 1;
}

Result<KdfParams> choose_kdf_on(const Machine& machine, const KdfRequest& request,
                                const MeasureDerivation& measure,
                                const MeasureIterations& iterations_per_second) {
    KdfRequest known = request;
    if (known.type.empty()) known.type = model::kArgon2id;
    const bool argon2 = known.type == model::kArgon2i || known.type == model::kArgon2id;
    if (!argon2 && known.type != model::kPbkdf2)
        return fail(Errc::InvalidArgument, "there is no KDF '%s'", known.type.c_str())
            .because(Condition::UnknownKdf, known.type);
    const std::uint64_t least = argon2 ? kMinArgon2Time : kMinPbkdf2Iterations;
    if (known.forced_iterations && *known.forced_iterations < least)
        return fail(Errc::InvalidArgument, "forced iteration count %llu < %llu, the least of %s",
                    static_cast<unsigned long long>(*known.forced_iterations),
                    static_cast<unsigned long long>(least), known.type.c_str())
            .because(Condition::IterationsTooFew, known.type, {}, static_cast<long long>(least));
    if (known.forced_iterations && *known.forced_iterations > kMaxNumber)
        return fail(Errc::InvalidArgument, "forced iteration count %llu > %llu",
                    static_cast<unsigned long long>(*known.forced_iterations),
                    static_cast<unsigned long long>(kMaxNumber));
    return argon2 ? choose_argon2(machine, known, measure)
                  : choose_pbkdf2(known, iterations_per_second);
}

}  // namespace latchkey::crypto
