// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <utility>

namespace latchkey {

// Runs an action when the scope ends, unless dismissed.
template <typename Action>
class [[nodiscard]] ScopeGuard {
  public:
    explicit ScopeGuard(Action action) : action_(std::move(action)) {}
    ScopeGuard(const ScopeGuard&) = delete;
    ScopeGuard& operator=(const ScopeGuard&) = delete;
    ~ScopeGuard() {
        if (armed_) action_();
    }
    void dismiss() { armed_ = false; }

  private:
    Action action_;
    bool armed_ = true;
};

}  // namespace latchkey
