// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/progress_line.h"

#include <time.h>
#include <unistd.h>

namespace latchkey::cli {
namespace {

void put_text(std::FILE* stream, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

std::uint64_t now_ms() {
    timespec time = {};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1000 +
           static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

}  // namespace

// Text is for a user who waits.  Programs that start cryptsetup without a terminal get it only with an option.
std::FILE* ProgressLine::stream() const {
    const bool wanted = settings_.progress_json || settings_.progress_seconds.has_value();
    if (!settings_.progress_json && (settings_.batch || settings_.json)) return nullptr;
    const bool out_is_taken = settings_.json || data_on_stdout_;
    if (!out_is_taken && (wanted || ::isatty(STDOUT_FILENO) != 0)) return stdout;
    return wanted || ::isatty(STDERR_FILENO) != 0 || always_explains(settings_) ? stderr : nullptr;
}

void ProgressLine::show(std::uint64_t done, std::uint64_t all) {
    std::FILE* const to = stream();
    if (to == nullptr) return;
    const std::uint64_t now = now_ms();
    const bool finished = all != 0 && done >= all;
    const bool in_a_line =
        !settings_.progress_json && !settings_.progress_seconds && ::isatty(::fileno(to)) != 0;
    const bool seldom = !in_a_line && !settings_.progress_json && !settings_.progress_seconds;
    if (!progress_.is_due(now, finished, settings_.progress_seconds, seldom)) return;
    const ProgressState state{done, all, progress_.elapsed_ms(now)};
    if (settings_.progress_json)
        put_text(to, progress_json(state) + "\n");
    else if (!in_a_line)
        put_text(to, progress_text(state) + "\n");
    else
        put_text(to, "\33[2K\r" + progress_text(state) + (finished ? "\n" : ""));
    std::fflush(to);
    begun_line_ = in_a_line && !finished ? to : nullptr;
}

void ProgressLine::end() {
    if (begun_line_ == nullptr) return;
    put_text(begun_line_, "\n");
    std::fflush(begun_line_);
    begun_line_ = nullptr;
}

}  // namespace latchkey::cli
