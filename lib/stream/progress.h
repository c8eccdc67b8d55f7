// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <mutex>

#include "latchkey/context.h"

namespace latchkey::stream {

[[nodiscard]] inline Error stopped_early() {
    return fail(Errc::Interrupted, "stopped before all data were copied");
}

// Adds up the progress of several threads.  Only one thread at a time calls the sink.
class Progress {
  public:
    // `all` 0: unknown.
    Progress(Context& context, std::uint64_t all, std::uint64_t done = 0)
        : context_(context), all_(all), done_(done) {}

    // Interrupted if the sink asks for it.
    [[nodiscard]] Result<void> add(std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        done_ += bytes;
        if (!context_.progress || context_.progress(done_, all_)) return {};
        return stopped_early();
    }

  private:
    Context& context_;
    std::mutex mutex_;
    std::uint64_t all_;
    std::uint64_t done_;
};

}  // namespace latchkey::stream
