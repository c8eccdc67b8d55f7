// SPDX-License-Identifier: GPL-2.0-or-later
// Progress lines of long work, as text or JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace latchkey::cli {

// The progress of the work.
struct ProgressState {
    std::uint64_t done_bytes = 0;
    std::uint64_t all_bytes = 0;  // 0 = unknown: the input is a pipe
    std::uint64_t elapsed_ms = 0;
};

// Returns "Progress:  12.3%, ETA 00m12s,   40 MiB written, speed  12.3 MiB/s", or "Finished, time ..." at the end.
[[nodiscard]] std::string progress_text(const ProgressState& state);
// Returns {"device_bytes":"589824","device_size":"25165824","speed":"538807","eta_ms":"45611","time_ms":"1094"}.
[[nodiscard]] std::string progress_json(const ProgressState& state);

// Decides when to print.  Never at the first call, which starts the clock.  Then at most twice per second, or every
// `seconds`, or `seldom`: as WorkRhythm without a terminal.  At the end only if something was printed before or
// `seconds` is given.
class Progress {
  public:
    [[nodiscard]] bool is_due(std::uint64_t now_ms, bool finished,
                              std::optional<std::uint32_t> seconds, bool seldom = false);
    [[nodiscard]] std::uint64_t elapsed_ms(std::uint64_t now_ms) const {
        return now_ms - start_ms_;
    }

  private:
    bool started_ = false;
    bool spoke_ = false;
    std::uint64_t start_ms_ = 0;
    std::uint64_t last_ms_ = 0;
};

}  // namespace latchkey::cli
