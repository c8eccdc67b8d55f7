// SPDX-License-Identifier: LGPL-2.1-or-later
// Work whose bytes are not those that the caller's progress counts.
#pragma once

#include <utility>

#include "latchkey/context.h"

namespace latchkey {

// Takes the context's progress sink away until it is destroyed.
class WithoutProgress {
  public:
    explicit WithoutProgress(Context& context)
        : context_(context), sink_(std::exchange(context.progress, {})) {}
    WithoutProgress(const WithoutProgress&) = delete;
    WithoutProgress& operator=(const WithoutProgress&) = delete;
    ~WithoutProgress() { context_.progress = std::move(sink_); }

  private:
    Context& context_;
    ProgressSink sink_;
};

}  // namespace latchkey
