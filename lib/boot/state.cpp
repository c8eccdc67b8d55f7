// SPDX-License-Identifier: LGPL-2.1-or-later
// What the result of a step means for its request, and for the others.
#include "boot/state.h"

#include <algorithm>
#include <utility>

namespace latchkey::boot {
namespace {

// How long devices that lie on a new mapping (of LVM, say) may take to turn up.
constexpr std::chrono::milliseconds kGrace{2000};
// Longer than anybody waits, and short enough to be added to a time.
constexpr std::uint64_t kForEver = std::uint64_t{100} * 365 * 86400;

}  // namespace

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::Opened: return "opened";
        case Outcome::WasOpen: return "was-open";
        case Outcome::Skipped: return "skipped";
        case Outcome::Failed: break;
    }
    return "failed";
}

bool Progress::is_asking() const {
    const KeyStep* step = chain.current();
    return stage == Stage::Trying && step != nullptr && step->source.is_a<keys::Ask>();
}

State::State(std::vector<OpenRequest> requests) {
    for (OpenRequest& request : requests) all_.push_back({.request = std::move(request)});
}

void State::end(End how) {
    Progress& item = all_[how.request];
    item.stage = Stage::Over;
    item.failure_untold = false;
    item.end = std::move(how);
}

void State::give_up(std::size_t one, Error error) {
    end({.request = one, .outcome = Outcome::Failed, .error = std::move(error)});
}

void State::was_open(std::size_t one) {
    end({.request = one, .outcome = Outcome::WasOpen});
}

// ---- devices

// A device that lies on a new mapping turns up some time after that mapping was made.
bool State::may_come(const Progress& item, Time now) const {
    const std::uint64_t patience = item.stage == Stage::KeyDeviceMissing
                                       ? item.request.keys.device_seconds
                                       : item.request.device_seconds;
    return now < *item.first_looked + std::chrono::seconds(std::min(patience, kForEver)) ||
           (last_opened_ && now < *last_opened_ + kGrace);
}

void State::missing(std::size_t one, Error error, Time now) {
    Progress& item = all_[one];
    if (!item.first_looked) item.first_looked = now;
    const bool first_time = item.stage == Stage::New || item.stage == Stage::Trying;
    if (item.stage == Stage::New) item.stage = Stage::DeviceMissing;
    if (item.stage == Stage::Trying) item.stage = Stage::KeyDeviceMissing;
    item.looked_again = !first_time;
    if (first_time || may_come(item, now)) return;
    if (item.stage == Stage::KeyDeviceMissing)
        found_key_device(one);  // reading the key file tells what is wrong
    else if (item.request.may_be_missing)
        end({.request = one, .outcome = Outcome::Skipped, .error = std::move(error)});
    else
        give_up(one, std::move(error));
}

void State::found(std::size_t one, std::vector<KeyStep> steps, bool is_luks, Time now) {
    Progress& item = all_[one];
    if (!item.first_looked) item.first_looked = now;
    item.chain = KeyChain(std::move(steps), item.request.keys.tries);
    item.is_luks = is_luks;
    item.stage = Stage::Trying;
}

void State::found_key_device(std::size_t one) {
    all_[one].key_device_settled = true;
    all_[one].stage = Stage::Trying;
}

void State::paused() {
    for (Progress& item : all_) item.looked_again = false;
}

// ---- keys

void State::deriving(std::size_t one) {
    Progress& item = all_[one];
    if (item.is_asking() && item.next_typed < typed_) ++item.next_typed;
    item.stage = Stage::Deriving;
}

void State::unlocked(std::size_t one) {
    all_[one].stage = Stage::Unlocked;
}

// Goes on in the chain.  `aloud`: logs the failure, which may also become the error of the request.
void State::key_failed(std::size_t one, KeyFailure how, const Error& error, bool aloud) {
    Progress& item = all_[one];
    const Then then = item.chain.failed(how, error);
    const bool at_end = item.chain.current() == nullptr;  // next() says what that means
    if (item.chain.used_up())
        return end(
            {.request = one, .outcome = Outcome::Failed, .error = error, .out_of_tries = true});
    if (then == Then::End && !at_end) return give_up(one, error);
    item.stage = Stage::Trying;
    if (!aloud) return;
    item.last_error = error;
    item.failure_untold = !at_end;
}

void State::not_read(std::size_t one, const Error& error) {
    key_failed(one, KeyFailure::Unread, error, true);
}

void State::not_opened(std::size_t one, const Error& error) {
    Progress& item = all_[one];
    const KeySource& source = item.chain.current()->source;
    // Of passphrases that a person types, more than one may be for other requests: judge_answers() judges them.
    if (source.is_a<keys::Ask>() && error.code == Errc::WrongPassphrase) {
        item.last_error = error;
        item.stage = Stage::Trying;
        return;
    }
    // Nobody chose a token, or the empty passphrase.
    const bool aloud = !source.is_a<keys::Token>() && !source.is_a<keys::Given>();
    key_failed(one, KeyFailure::Wrong, error, aloud);
}

void State::answered(const AskPerson& question) {
    if (!all_[question.requests.front()].is_luks) return;  // its only answer is its key
    if (question.is_shared) ++typed_;
    answering_ = question.requests;
    answer_helped_ = false;
    for (const std::size_t one : question.requests) all_[one].next_typed = typed_;
}

void State::not_answered(const AskPerson& question, const Error& error) {
    // Answers that differ are a try.
    const KeyFailure how =
        error.code == Errc::WrongPassphrase ? KeyFailure::Wrong : KeyFailure::Unread;
    for (const std::size_t one : question.requests) key_failed(one, how, error, true);
}

bool State::has_answer_to_judge() const {
    return std::ranges::any_of(answering_,
                               [this](std::size_t one) { return all_[one].is_asking(); });
}

// A passphrase that opened one request was not a mistake for the others.
void State::judge_answers() {
    for (const std::size_t one : std::exchange(answering_, {})) {
        if (!all_[one].is_asking() || answer_helped_) continue;
        const Error error =
            all_[one].last_error.value_or(fail(Errc::WrongPassphrase, "wrong passphrase"));
        key_failed(one, KeyFailure::Wrong, error, true);
    }
}

void State::told(std::size_t one) {
    all_[one].failure_untold = false;
}

// ---- mappings

void State::mapped(std::size_t one) {
    all_[one].stage = Stage::Mapped;
}

void State::not_mapped(std::size_t one, const Error& error) {
    if (error.code != Errc::WrongPassphrase) return give_up(one, error);
    std::erase(answering_, one);  // this try is counted and logged here
    key_failed(one, KeyFailure::Wrong, error, true);
}

void State::finished(std::size_t one) {
    end({.request = one, .outcome = Outcome::Opened});
}

void State::ended(const End& how, Time now) {
    Progress& item = all_[how.request];
    item.end = how;
    item.stage = Stage::Done;
    item.failure_untold = false;
    // Devices may have come with it.
    for (Progress& other : all_) other.looked_again = false;
    if (how.outcome != Outcome::Opened) return;
    answer_helped_ = true;
    last_opened_ = now;
}

}  // namespace latchkey::boot
