// SPDX-License-Identifier: LGPL-2.1-or-later
// Measures derivations with real clocks, for choose_kdf() and `benchmark`.
#include <algorithm>
#include <chrono>
#include <ctime>

#include "crypto/kdf.h"
#include "crypto/kdf_choice.h"
#include "crypto/memory_limits.h"

namespace latchkey::crypto {
namespace {

constexpr double kShortDerivationMs =
    300;  // a shorter derivation is repeated, because short samples vary more

// Returns this thread's CPU time.  By wall time a busy machine would make PBKDF2 look slow, and the keyslot weak.
double thread_ms() {
    struct timespec now {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double wall_ms() {
    return std::chrono::duration<double, std::milli>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Bytes sample_bytes(std::size_t length) {
    return Bytes(length, std::byte{0x5a});
}

Result<Elapsed> run(const model::KdfParams& params, std::size_t key_length,
                    const std::atomic<bool>& cancelled) {
    const Bytes passphrase = sample_bytes(16);
    const Bytes salt = sample_bytes(32);
    const double wall_begin = wall_ms();
    const double begin = thread_ms();
    LK_TRY(derive(params, passphrase, salt, key_length, cancelled));
    return Elapsed{.computing_ms = thread_ms() - begin, .wall_ms = wall_ms() - wall_begin};
}

}  // namespace

Result<std::uint64_t> measure_pbkdf2(std::string_view hash, std::size_t key_length,
                                     const std::atomic<bool>& cancelled) {
    model::KdfParams params{std::string(model::kPbkdf2), std::string(hash)};
    return pbkdf2_rate([&](std::uint64_t iterations) {
        params.iterations = iterations;
        return run(params, key_length, cancelled);
    });
}

Result<double> measure_derivation(const model::KdfParams& params, std::size_t key_length,
                                  const std::atomic<bool>& cancelled) {
    LK_ASSIGN(const Elapsed first, run(params, key_length, cancelled));
    const double elapsed = derivation_ms(first);
    if (elapsed > kShortDerivationMs) return elapsed;
    LK_ASSIGN(const Elapsed second, run(params, key_length, cancelled));
    return std::min(elapsed, derivation_ms(second));
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
