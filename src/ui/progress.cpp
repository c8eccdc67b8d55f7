// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/progress.h"

#include <array>
#include <cinttypes>
#include <cmath>

#include "text/format.h"
#include "ui/work_watch.h"

namespace latchkey::cli {
namespace {

double bytes_per_second(const ProgressState& state) {
    if (state.elapsed_ms == 0) return 0;
    return static_cast<double>(state.done_bytes) * 1000.0 / static_cast<double>(state.elapsed_ms);
}

// Multiplies first, so that the result does not depend on how a processor rounds in between.
std::uint64_t remaining_ms(const ProgressState& state) {
    if (state.done_bytes == 0 || state.done_bytes >= state.all_bytes) return 0;
    return static_cast<std::uint64_t>(static_cast<double>(state.all_bytes - state.done_bytes) *
                                      static_cast<double>(state.elapsed_ms) /
                                      static_cast<double>(state.done_bytes));
}

std::string duration(std::uint64_t ms) {
    const std::uint64_t seconds = ms / 1000;
    const std::uint64_t minutes = seconds / 60;
    if (minutes < 90) return untranslated("%02" PRIu64 "m%02" PRIu64 "s", minutes, seconds % 60);
    if (minutes < std::uint64_t{36} * 60)
        return untranslated("%02" PRIu64 "h%02" PRIu64 "m%02" PRIu64 "s", minutes / 60,
                            minutes % 60, seconds % 60);
    return text("%02" PRIu64 " days", minutes / (24 * 60));
}

// Returns MiB below 4 GiB, GiB below 4 TiB, and so on.
std::string amount(std::uint64_t bytes) {
    constexpr std::array kUnits = {"MiB", "GiB", "TiB", "PiB"};
    std::uint64_t value = bytes >> 20;
    std::size_t unit = 0;
    while (value >= 4096 && unit + 1 < kUnits.size()) {
        value >>= 10;
        ++unit;
    }
    return untranslated("%4" PRIu64 " %s", value, kUnits[unit]);
}

std::string speed(const ProgressState& state) {
    constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB"};
    double value = bytes_per_second(state);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    return untranslated("%5.1f %s/s", value, kUnits[unit]);
}

}  // namespace

std::string progress_text(const ProgressState& state) {
    if (state.all_bytes == 0)
        return text("Progress: %s written, speed %s", amount(state.done_bytes).c_str(),
                    speed(state).c_str());
    if (state.done_bytes >= state.all_bytes)
        return text("Finished, time %s, %s written, speed %s", duration(state.elapsed_ms).c_str(),
                    amount(state.done_bytes).c_str(), speed(state).c_str());
    const double percent =
        static_cast<double>(state.done_bytes) * 100.0 / static_cast<double>(state.all_bytes);
    return text("Progress: %5.1f%%, ETA %s, %s written, speed %s", percent,
                duration(remaining_ms(state)).c_str(), amount(state.done_bytes).c_str(),
                speed(state).c_str());
}

std::string progress_json(const ProgressState& state) {
    return untranslated(
        "{\"device_bytes\":\"%" PRIu64 "\",\"device_size\":\"%" PRIu64 "\",\"speed\":\"%" PRIu64
        "\",\"eta_ms\":\"%" PRIu64 "\",\"time_ms\":\"%" PRIu64 "\"}",
        state.done_bytes, state.all_bytes, static_cast<std::uint64_t>(bytes_per_second(state)),
        remaining_ms(state), state.elapsed_ms);
}

bool Progress::is_due(std::uint64_t now_ms, bool finished, std::optional<std::uint32_t> seconds,
                      bool seldom) {
    if (!started_) {
        *this = Progress();
        start_ms_ = last_ms_ = now_ms;
        // Work with a single step prints nothing; the next work starts the clock again.
        started_ = !finished;
        return false;
    }
    if (finished) {
        started_ = false;
        return spoke_ || seconds.has_value();
    }
    std::uint64_t interval = seconds ? std::uint64_t{*seconds} * 1000 : 500;
    if (seldom) {
        const std::uint64_t last_second = (last_ms_ - start_ms_) / 1000;
        interval = (WorkRhythm{}.next(last_second) - last_second) * 1000;
    }
    if (now_ms - last_ms_ < interval) return false;
    last_ms_ = now_ms;
    spoke_ = true;
    return true;
}

}  // namespace latchkey::cli
