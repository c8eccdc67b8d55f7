// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides which source is tried next.  No other code decides this.
#include <utility>

#include "latchkey/key_source.h"

namespace latchkey {
namespace {

// Returns what the step's own rule says, without regard to the steps after it.
Then rule_of(const KeyStep& step, KeyFailure how, const Error& error) {
    if (error.code == Errc::Interrupted) return Then::End;
    if (how == KeyFailure::Unread) return step.when_unread;
    const bool is_wrong = error.code == Errc::WrongPassphrase || step.source.is_a<keys::Token>();
    return is_wrong ? step.when_wrong : Then::End;
}

}  // namespace

KeyChain::KeyChain(std::vector<KeyStep> steps, unsigned tries)
    : steps_(std::move(steps)), tries_(tries) {}

const KeyStep* KeyChain::current() const {
    return at_ < steps_.size() ? &steps_[at_] : nullptr;
}

void KeyChain::skip() {
    ++at_;
    retry_ = 0;
}

Then KeyChain::failed(KeyFailure how, const Error& error) {
    const KeyStep& step = steps_[at_];
    Then then = rule_of(step, how, error);
    if (then == Then::End) return then;
    if (step.counts) ++tried_;
    if (then == Then::Next && at_ + 1 == steps_.size()) {
        skip();
        return Then::End;
    }
    if (step.counts && tries_ != 0 && tried_ >= tries_) {
        used_up_ = true;
        return Then::End;
    }
    if (then == Then::Next)
        skip();
    else
        ++retry_;
    return then;
}

}  // namespace latchkey
