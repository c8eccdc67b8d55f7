// SPDX-License-Identifier: LGPL-2.1-or-later
// The clock behind choose_kdf() and `benchmark`.
#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

#include "crypto/kdf.h"
#include "crypto/kdf_choice.h"
#include "crypto/memory_limits.h"

namespace latchkey::crypto {
namespace {

constexpr std::size_t kPbkdf2Samples = 7;
constexpr std::uint64_t kFirstIterations = 1 << 12;
constexpr double kShortDerivationMs = 300;  // is repeated, as short samples vary more
constexpr double kBusyFactor = 1.25;  // of wall time over computing: others want the processors

// Time that this thread computed.  A busy machine would make PBKDF2 look slow, and so the keyslot weak.
double thread_ms() {
    struct timespec now {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

Bytes sample_bytes(std::size_t length) {
    return Bytes(length, std::byte{0x5a});
}

}  // namespace

Result<std::uint64_t> measure_pbkdf2(std::string_view hash, std::size_t key_length,
                                     const std::atomic<bool>& cancelled) {
    const Bytes passphrase = sample_bytes(16);
    const Bytes salt = sample_bytes(32);
    model::KdfParams params{std::string(model::kPbkdf2), std::string(hash), kFirstIterations};
    std::array<double, kPbkdf2Samples> rates{};
    for (std::size_t sample = 0; sample < rates.size();) {
        const double begin = thread_ms();
        LK_TRY(derive(params, passphrase, salt, key_length, cancelled));
        const double elapsed = thread_ms() - begin;
        // The first ones only find out how many iterations a sample has; they wake up the clock, too.
        if (elapsed > kPbkdf2SampleMs / 2) {
            rates[sample++] = static_cast<double>(params.iterations) / elapsed;
        } else {
            params.iterations = longer_sample(params.iterations, elapsed);
        }
    }
    // The best one is a processor at its highest clock, which it does not hold for the seconds of an unlock.
    const auto middle = rates.begin() + rates.size() / 2;
    std::ranges::nth_element(rates, middle);
    return static_cast<std::uint64_t>(*middle * 1000);
}

Result<double> measure_derivation(const model::KdfParams& params, std::size_t key_length,
                                  const std::atomic<bool>& cancelled) {
    const Bytes passphrase = sample_bytes(16);
    const Bytes salt = sample_bytes(32);
    double best = 0;
    for (int sample = 0; sample < 2; ++sample) {
        const auto begin = std::chrono::steady_clock::now();
        const double thread_begin = thread_ms();
        LK_TRY(derive(params, passphrase, salt, key_length, cancelled));
        const double computing = thread_ms() - thread_begin;
        const double wall =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                .count();
        // This thread works on one lane all the time; where it had to wait, the machine was busy.
        const double elapsed = wall > kBusyFactor * computing ? computing : wall;
        best = sample == 0 ? elapsed : std::min(best, elapsed);
        if (elapsed > kShortDerivationMs) break;
    }
    return best;
}

Result<model::KdfParams> choose_kdf(const model::KdfRequest& request, std::size_t key_length,
                                    const std::atomic<bool>& cancelled) {
    const Machine machine{physical_memory_kib(), available_memory_kib(), swap_kib(), online_cpus()};
    return choose_kdf_on(
        machine, request,
        [&](const model::KdfParams& params) {
            return measure_derivation(params, key_length, cancelled);
        },
        [&](std::string_view hash) { return measure_pbkdf2(hash, key_length, cancelled); });
}

}  // namespace latchkey::crypto
