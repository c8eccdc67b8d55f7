// SPDX-License-Identifier: GPL-2.0-or-later
#include "steps.h"

#include <gtest/gtest.h>

#include <utility>

namespace latchkey::test {
namespace {

// The words for each kind of step.
struct InWords {
    const boot::State& state;

    [[nodiscard]] const std::string& name(std::size_t one) const {
        return state.at(one).request.name;
    }
    [[nodiscard]] std::string names(const std::vector<std::size_t>& requests) const {
        std::string all;
        for (const std::size_t one : requests) all += " " + name(one);
        return all;
    }
    std::string operator()(const boot::TellFailure& step) const {
        return "tell " + name(step.request) + ": " + step.error.message;
    }
    std::string operator()(const boot::End& step) const {
        std::string words = name(step.request) + " " + std::string(boot::name_of(step.outcome));
        if (step.out_of_tries) words += ", out of tries";
        if (step.error) words += ": " + step.error->message;
        return words;
    }
    std::string operator()(const boot::Map& step) const { return "map " + name(step.request); }
    std::string operator()(const boot::Finish& step) const {
        return "finish " + name(step.request);
    }
    std::string operator()(const boot::Look& step) const { return "look at " + name(step.request); }
    std::string operator()(const boot::LookAgain& step) const {
        return "look again at" + names(step.requests);
    }
    std::string operator()(const boot::FindKeyDevice& step) const {
        return "find the key device of " + name(step.request);
    }
    std::string operator()(const boot::TryKey& step) const {
        return "try a key of " + name(step.request);
    }
    std::string operator()(const boot::TryTyped& step) const {
        return "try passphrase " + std::to_string(step.passphrase) + " on " + name(step.request);
    }
    std::string operator()(const boot::TakeDerived& /*step*/) const { return "take derived"; }
    std::string operator()(const boot::JudgeAnswers& /*step*/) const { return "judge answers"; }
    std::string operator()(const boot::AskPerson& step) const {
        return "ask for" + names(step.requests);
    }
    std::string operator()(const boot::Pause& /*step*/) const { return "pause"; }
    std::string operator()(const boot::Finished& /*step*/) const { return "finished"; }
};

KeyStep step_from(KeySource source, Then when_wrong, bool counts = true) {
    return {.source = std::move(source),
            .when_unread = Then::Next,
            .when_wrong = when_wrong,
            .counts = counts};
}

}  // namespace

boot::OpenRequest named(std::string name) {
    return {.name = std::move(name)};
}

KeyStep person_step() {
    return {.source = {.from = keys::Ask{}}, .when_wrong = Then::Again};
}
KeyStep file_step() {
    return step_from({.from = keys::File{.path = "/key"}}, Then::Next);
}
KeyStep token_step() {
    return step_from({.from = keys::Token{}}, Then::Next, false);
}
KeyStep empty_passphrase_step() {
    return step_from({.from = keys::Given{}}, Then::Next, false);
}
KeyStep script_step() {
    return {.source = {.from = keys::Script{}}, .when_wrong = Then::Again};
}

Error wrong_passphrase() {
    return fail(Errc::WrongPassphrase, "wrong passphrase");
}
Error no_device() {
    return fail(Errc::NoDevice, "no device");
}

boot::Time after(double seconds) {
    return boot::Time() +
           std::chrono::milliseconds(static_cast<std::int64_t>(1000 * (1000 + seconds)));
}

std::string Steps::due() const {
    return std::visit(InWords{state}, boot::next(state, cancelled));
}

void Steps::is_missing(std::size_t one) {
    state.missing(one, no_device(), after(now));
}

void Steps::answer() {
    const boot::Next step = boot::next(state, cancelled);
    const auto* question = std::get_if<boot::AskPerson>(&step);
    ASSERT_NE(question, nullptr) << due();
    state.answered(*question);
    for (const std::size_t one : question->requests) {
        if (state.at(one).is_luks)
            state.deriving(one);
        else
            state.unlocked(one);
    }
}

void Steps::leave_unanswered(const Error& error) {
    const boot::Next step = boot::next(state, cancelled);
    const auto* question = std::get_if<boot::AskPerson>(&step);
    ASSERT_NE(question, nullptr) << due();
    state.not_answered(*question, error);
}

std::string Steps::tell() {
    const std::string words = due();
    const boot::Next step = boot::next(state, cancelled);
    if (const auto* failure = std::get_if<boot::TellFailure>(&step))
        state.told(failure->request);
    else if (const auto* end = std::get_if<boot::End>(&step))
        state.ended(*end, after(now));
    else
        ADD_FAILURE() << "nothing is to be told: " << words;
    return words;
}

void Steps::open(std::size_t one) {
    const std::string name = state.at(one).request.name;
    state.unlocked(one);
    EXPECT_EQ(due(), "map " + name);
    state.mapped(one);
    EXPECT_EQ(due(), "finish " + name);
    state.finished(one);
    EXPECT_EQ(tell(), name + " opened");
}

}  // namespace latchkey::test
