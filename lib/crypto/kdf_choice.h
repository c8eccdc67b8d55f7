// SPDX-License-Identifier: LGPL-2.1-or-later
// The choice of KDF parameters without the clock and the machine: tests bring their own.
#pragma once

#include <cstdint>
#include <functional>

#include "latchkey/error.h"
#include "model/kdf_params.h"

namespace latchkey::crypto {

struct Machine {
    std::uint64_t physical_kib = 0;
    std::uint64_t available_kib = 0;  // now, for a new allocation
    std::uint64_t swap_kib = 0;
    unsigned cpus = 1;
};

// What two clocks say of one piece of work.  They may be coarse, stand still, go backwards or jump.
struct Elapsed {
    double computing_ms = 0;  // that this thread computed
    double wall_ms = 0;
};
// Milliseconds that a thread computed alone, or with others that wait for it (Argon2); 0 if no clock tells.
[[nodiscard]] double computing_ms(const Elapsed& took) noexcept;
[[nodiscard]] double derivation_ms(const Elapsed& took) noexcept;

// Milliseconds that one derivation takes.
using MeasureDerivation = std::function<Result<double>(const model::KdfParams&)>;
// PBKDF2 iterations per second.
using MeasureIterations = std::function<Result<std::uint64_t>(std::string_view hash)>;

// How long a sample of PBKDF2 should take.
inline constexpr double kPbkdf2SampleMs = 80;

// Iterations of the next sample of PBKDF2, after one that was too short by the thread's clock.  That clock may go by ticks
// of 10 ms: what ran between two of them seems to have taken no time, and must not be believed.
[[nodiscard]] std::uint64_t longer_sample(std::uint64_t iterations, double elapsed_ms) noexcept;

// One run of PBKDF2.
using RunIterations = std::function<Result<Elapsed>(std::uint64_t iterations)>;
// Iterations per second, at least 1.  Bounded in rounds and work, whatever the clocks say; what a machine of
// today does, if they say nothing.
[[nodiscard]] Result<std::uint64_t> pbkdf2_rate(const RunIterations& run);

// See choose_kdf() in kdf.h.  Bounded in rounds and work, whatever `measure` says.
[[nodiscard]] Result<model::KdfParams> choose_kdf_on(
    const Machine& machine, const model::KdfRequest& request, const MeasureDerivation& measure,
    const MeasureIterations& iterations_per_second);

}  // namespace latchkey::crypto
