// SPDX-License-Identifier: LGPL-2.1-or-later
// Which step is due.  The only place that decides the order of steps.
#include <algorithm>

#include "boot/question.h"
#include "boot/state.h"

namespace latchkey::boot {
namespace {

bool is_missing(const Progress& item) {
    return item.stage == Stage::DeviceMissing || item.stage == Stage::KeyDeviceMissing;
}

// Returns the step that completes something already begun.  It precedes all other steps, also after a cancellation.
std::optional<Next> completion_of(const State& state, std::size_t one) {
    const Progress& item = state.at(one);
    if (item.failure_untold) return TellFailure{one, *item.last_error};
    if (item.stage == Stage::Over) return *item.end;
    if (item.stage == Stage::Unlocked) return Map{one};
    if (item.stage == Stage::Mapped) return Finish{one};
    return std::nullopt;
}

// Returns the first step of a request, or nothing while a request that it needs is not open yet.
std::optional<Next> first_step_of(const State& state, std::size_t one) {
    const OpenRequest& request = state.at(one).request;
    for (const std::size_t need : request.needs) {
        const Progress& other = state.at(need);
        if (other.stage != Stage::Done) return std::nullopt;
        if (other.end->outcome == Outcome::Failed || other.end->outcome == Outcome::Skipped)
            return End{
                one, Outcome::Failed,
                fail(Errc::NoDevice, "it needs %s, which is not open", other.request.name.c_str())};
    }
    if (request.refusal) return End{one, Outcome::Failed, request.refusal};
    return Look{one};
}

// Returns the step of a request whose keys are being tried, or nothing if a person has to be asked.
std::optional<Next> key_step_of(const State& state, std::size_t one) {
    const Progress& item = state.at(one);
    const KeyStep* step = item.chain.current();
    if (step == nullptr)
        return End{one, Outcome::Failed,
                   item.last_error.value_or(fail(
                       Errc::WrongPassphrase,
                       "no key file, token or script opened it, and no passphrase is asked for"))};
    if (item.is_asking()) {
        if (item.shares_answers() && item.next_typed < state.typed())
            return TryTyped{one, item.next_typed};
        return std::nullopt;
    }
    if (step->source.is_a<keys::File>() && !item.request.keys.device.empty() &&
        !item.key_device_settled)
        return FindKeyDevice{one};
    return TryKey{one};
}

// Returns what a request can do without waiting for anything.
std::optional<Next> immediate_step_of(const State& state, std::size_t one) {
    switch (state.at(one).stage) {
        case Stage::New: return first_step_of(state, one);
        case Stage::Trying: return key_step_of(state, one);
        default: return std::nullopt;
    }
}

// Returns the first answer that `step_of` gives for a request.
template <typename StepOf>
std::optional<Next> first_of(const State& state, StepOf step_of) {
    for (std::size_t one = 0; one < state.size(); ++one)
        if (auto step = step_of(state, one)) return step;
    return std::nullopt;
}

bool any_is_deriving(const State& state) {
    for (std::size_t one = 0; one < state.size(); ++one)
        if (state.at(one).stage == Stage::Deriving) return true;
    return false;
}

// Returns the step that waits for missing devices, or nothing if none is missing.
std::optional<Next> wait_for_devices(const State& state) {
    std::vector<std::size_t> missing;
    bool looked_for_all = true;
    for (std::size_t one = 0; one < state.size(); ++one) {
        if (!is_missing(state.at(one))) continue;
        missing.push_back(one);
        looked_for_all = looked_for_all && state.at(one).looked_again;
    }
    if (missing.empty()) return std::nullopt;
    if (looked_for_all) return Pause{};
    return LookAgain{std::move(missing)};
}

std::optional<Next> interruption_of(const State& state, std::size_t one) {
    if (state.at(one).stage == Stage::Done) return std::nullopt;
    return End{one, Outcome::Failed, fail(Errc::Interrupted, "interrupted")};
}

}  // namespace

Next next(const State& state, bool cancelled) {
    if (auto step = first_of(state, completion_of)) return *step;
    if (!cancelled)
        if (auto step = first_of(state, immediate_step_of)) return *step;
    if (any_is_deriving(state)) return TakeDerived{};
    if (!cancelled) {
        if (state.has_answer_to_judge()) return JudgeAnswers{};
        if (auto question = next_question(state)) return *std::move(question);
        if (auto step = wait_for_devices(state)) return *step;
    }
    if (auto step = first_of(state, interruption_of)) return *step;
    return Finished{};
}

}  // namespace latchkey::boot
