// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot/question.h"

#include <algorithm>

namespace latchkey::boot {
namespace {

bool share_question(const Progress& one, const Progress& other) {
    return one.shares_answers() && other.shares_answers();
}

// Makes the question fit one more request: a request that may wait for ever lets the others wait with it; a request whose
// answer must not be shown hides it for all.
void add_to(keys::Ask& question, const OpenRequest& request) {
    const std::uint64_t seconds = request.keys.answer_seconds;
    const bool for_ever = seconds == 0 || question.timeout_seconds == 0;
    question.timeout_seconds = for_ever ? 0 : std::max(question.timeout_seconds, seconds);
    question.echo = question.echo && request.keys.echo;
}

}  // namespace

std::optional<AskPerson> next_question(const State& state) {
    std::optional<AskPerson> asked;
    for (std::size_t one = 0; one < state.size(); ++one) {
        const Progress& item = state.at(one);
        const OpenRequest& request = item.request;
        if (!item.is_asking()) continue;
        if (!asked) {
            asked = AskPerson{.requests = {one},
                              .question = {.timeout_seconds = request.keys.answer_seconds,
                                           .twice = request.keys.asks_twice,
                                           .echo = request.keys.echo},
                              .is_shared = item.shares_answers()};
        } else if (share_question(state.at(asked->requests.front()), item)) {
            asked->requests.push_back(one);
            add_to(asked->question, request);
        }
    }
    return asked;
}

}  // namespace latchkey::boot
