// SPDX-License-Identifier: LGPL-2.1-or-later
// Chooses KDF parameters independently of the real clock and machine, so that tests can supply both.
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

// The time of one piece of work by two clocks.  They may be coarse, stand still, go backwards or jump.
struct Elapsed {
    double computing_ms = 0;  // by the thread's CPU clock
    double wall_ms = 0;
};
// Returns the milliseconds that a thread computed, alone or while other threads wait for it (Argon2); 0 if no clock
// tells.
[[nodiscard]] double computing_ms(const Elapsed& took) noexcept;
[[nodiscard]] double derivation_ms(const Elapsed& took) noexcept;

// Returns the milliseconds that one derivation takes.
using MeasureDerivation = std::function<Result<double>(const model::KdfParams&)>;
// Returns PBKDF2 iterations per second.
using MeasureIterations = std::function<Result<std::uint64_t>(std::string_view hash)>;

// The target duration of a PBKDF2 sample.
inline constexpr double kPbkdf2SampleMs = 80;

// Returns the iterations of the next PBKDF2 sample after one that was too short by the thread's clock.  That clock may
// tick every 10 ms, so a sample between two ticks seems to take no time; such a value is not used.
[[nodiscard]] std::uint64_t longer_sample(std::uint64_t iterations, double elapsed_ms) noexcept;

// Runs PBKDF2 once.
using RunIterations = std::function<Result<Elapsed>(std::uint64_t iterations)>;
// Returns iterations per second, at least 1.  Bounded in rounds and work, whatever the clocks report.  If they report
// nothing, returns the speed of a current machine.
[[nodiscard]] Result<std::uint64_t> pbkdf2_rate(const RunIterations& run);

// See choose_kdf() in kdf.h.  Bounded in rounds and work, whatever `measure` returns.
[[nodiscard]] Result<model::KdfParams> choose_kdf_on(
    const Machine& machine, const model::KdfRequest& request, const MeasureDerivation& measure,
    const MeasureIterations& iterations_per_second);

}  // namespace latchkey::crypto
