// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot/runner.h"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "boot/finish.h"
#include "boot/read_key.h"
#include "latchkey/find_device.h"
#include "latchkey/mapping.h"
#include "latchkey/peer.h"
#include "latchkey/token_unlock.h"
#include "latchkey/wording.h"

namespace latchkey::boot {
namespace {

using Clock = std::chrono::steady_clock;

// Between two looks for a device.
constexpr std::chrono::milliseconds kPause{100};

UnlockOptions unlock_options(const OpenRequest& request) {
    return {.keyslot = request.keys.keyslot, .any_segment = false};
}

bool is_there(const std::string& device) {
    const auto path = find_device(device);
    return path && ::access(path->c_str(), F_OK) == 0;
}

}  // namespace

struct Runner::Item {
    std::optional<Prepared> prepared = {};
    std::optional<UnlockedVolume> opened = {};  // from the key's arrival until it is mapped
    std::string identity = {};                  // of the device, once it was there
    DeviceIdentity key_file = {};               // that was read
    OpenedVolume result = {};
};

Runner::Runner(Context& context, std::vector<OpenRequest> requests, const KeyReading& reading,
               const Worded& worded)
    : context_(context),
      reading_(reading),
      worded_(worded),
      state_(std::move(requests)),
      derivations_(context) {
    for (std::size_t one = 0; one < state_.size(); ++one)
        items_.push_back(std::make_unique<Item>());
}

Runner::~Runner() = default;

std::vector<OpenedVolume> Runner::run() {
    bool goes_on = true;
    while (goes_on) {
        const bool cancelled = context_.cancelled().load(std::memory_order_relaxed);
        const Next step = next(state_, cancelled);
        std::visit([this](const auto& due) { perform(due); }, step);
        goes_on = !std::holds_alternative<Finished>(step);
    }
    std::vector<OpenedVolume> results;
    for (const auto& item : items_) results.push_back(std::move(item->result));
    return results;
}

// ---- devices

std::string Runner::identity_of(std::size_t one) {
    Item& item = *items_[one];
    if (!item.identity.empty()) return item.identity;
    if (const auto path = find_device(request(one).source)) item.identity = device_identity(*path);
    return item.identity;
}

void Runner::look_for_device(std::size_t one) {
    Item& item = *items_[one];
    auto prepared = prepare(context_, request(one));
    if (!prepared && prepared.error().code == Errc::NoDevice)
        return state_.missing(one, prepared.error(), Clock::now());
    if (!prepared) return state_.give_up(one, std::move(prepared).error());
    item.prepared = std::move(prepared).value();
    const auto free =
        check_device_is_free(state_, one, [this](std::size_t other) { return identity_of(other); });
    if (!free) return state_.give_up(one, free.error());
    const bool is_luks = item.prepared->luks.has_value();
    const plain::Params* plain = is_luks ? nullptr : &item.prepared->plain;
    state_.found(one, request(one).keys.steps(plain), is_luks, Clock::now());
}

void Runner::look_for_key_device(std::size_t one) {
    const std::string& device = request(one).keys.device;
    if (is_there(device)) return state_.found_key_device(one);
    state_.missing(one, fail(Errc::NoDevice, "device %s does not exist", device.c_str()),
                   Clock::now());
}

void Runner::perform(const Look& step) {
    const OpenRequest& wanted = request(step.request);
    if (wanted.wants_measuring)
        context_.log(LogLevel::Warning, "%s: the volume key is not measured into a PCR.",
                     wanted.name.c_str());
    const auto info = mapping::status(context_, wanted.name);
    // If the request names a back end, activating with it reports what it lacks.
    if (!info && !(info.error().code == Errc::NotSupported && !wanted.mapping.backend.empty()))
        return state_.give_up(step.request, Error(info.error()).exits_with(4));
    if (info)
        if (auto served = info->check_served(); !served)
            return state_.give_up(step.request, std::move(served).error());
    if (info && info->active && !info->without_table) return state_.was_open(step.request);
    look_for_device(step.request);
}

void Runner::perform(const LookAgain& step) {
    for (const std::size_t one : step.requests) {
        if (state_.at(one).stage == Stage::KeyDeviceMissing)
            look_for_key_device(one);
        else
            look_for_device(one);
    }
}

void Runner::perform(const FindKeyDevice& step) {
    look_for_key_device(step.request);
}

void Runner::perform(const Pause& /*step*/) {
    std::this_thread::sleep_for(kPause);
    state_.paused();
}

// ---- keys

std::vector<std::string> Runner::environment_of(std::size_t one, unsigned tried) const {
    const auto& make = request(one).environment;
    return make ? make(items_[one]->prepared->source, tried) : std::vector<std::string>();
}

void Runner::take_token(std::size_t one) {
    Item& item = *items_[one];
    auto opened =
        unlock_with_token(context_, *item.prepared->luks, {}, unlock_options(request(one)));
    if (opened) return take_key(one, std::move(opened).value());
    if (request(one).keys.named_tokens)
        context_.log(LogLevel::Warning, "%s: no token opens it: %s.", name(one),
                     phrase(opened.error()).c_str());
    state_.not_opened(one, opened.error());
}

void Runner::take_plain_key(std::size_t one, KeyIs is, SecretBuffer secret) {
    auto key = plain_key(items_[one]->prepared->plain, is, std::move(secret));
    if (!key) return state_.not_opened(one, key.error());
    take_key(one, {.key = std::move(key).value()});
}

void Runner::take_key(std::size_t one, UnlockedVolume opened) {
    items_[one]->opened = std::move(opened);
    state_.unlocked(one);
}

void Runner::derive(std::size_t one, std::shared_ptr<const Passphrase> passphrase) {
    const Item& item = *items_[one];
    derivations_.add(
        {one, &*item.prepared->luks, std::move(passphrase), unlock_options(request(one))});
    state_.deriving(one);
}

void Runner::perform(const TryKey& step) {
    Item& item = *items_[step.request];
    const Prepared& prepared = *item.prepared;
    const KeyChain& chain = state_.at(step.request).chain;
    const KeySource& source = chain.current()->source;
    if (source.is_a<keys::Token>()) return take_token(step.request);
    auto key = read_key(context_, request(step.request), source, reading_,
                        environment_of(step.request, chain.retry()),
                        prepared.luks ? 0 : prepared.plain.key_bytes, item.key_file);
    if (!key) return state_.not_read(step.request, key.error());
    if (!prepared.luks) return take_plain_key(step.request, source.is, std::move(key).value());
    derive(step.request, std::make_shared<const Passphrase>(std::move(key).value()));
}

void Runner::perform(const TryTyped& step) {
    derive(step.request, typed_[step.passphrase]);
}

void Runner::perform(const TakeDerived& /*step*/) {
    Derived derived = derivations_.wait();
    for (const std::string& message : derived.messages)
        context_.log_once(LogLevel::Warning, "%s: %s", name(derived.item), message.c_str());
    if (!derived.opened) return state_.not_opened(derived.item, derived.opened.error());
    context_.debug("%s: keyslot %d opened", name(derived.item), derived.opened->keyslot);
    take_key(derived.item, std::move(derived.opened).value());
}

void Runner::perform(const JudgeAnswers& /*step*/) {
    state_.judge_answers();
}

// "Enter passphrase for a (/dev/sdb1): ", "Enter passphrase for a, b, c, d and 3 more: "
std::string Runner::prompt_for(const AskPerson& question) const {
    constexpr std::size_t kMostNamed = 4;
    const std::size_t count = question.requests.size();
    std::string names;
    for (std::size_t i = 0; i < std::min(count, kMostNamed); ++i)
        names += (i == 0 ? "" : ", ") + request(question.requests[i]).name;
    names = shown(names);
    if (count == 1)
        return strprintf(translate(N_("Enter passphrase for %s (%s): ")), names.c_str(),
                         shown(items_[question.requests.front()]->prepared->source).c_str());
    if (count <= kMostNamed)
        return strprintf(translate(N_("Enter passphrase for %s: ")), names.c_str());
    return strprintf(translate(N_("Enter passphrase for %s and %zu more: ")), names.c_str(),
                     count - kMostNamed);
}

void Runner::perform(const AskPerson& step) {
    keys::Ask question = step.question;
    question.prompt = prompt_for(step);
    auto secret = read_secret(context_, {.from = std::move(question)}, reading_);
    if (!secret) return state_.not_answered(step, secret.error());
    state_.answered(step);
    const std::size_t first = step.requests.front();
    if (!items_[first]->prepared->luks)
        return take_plain_key(first, KeyIs::Passphrase, std::move(secret).value());
    const auto passphrase = std::make_shared<const Passphrase>(std::move(secret).value());
    context_.log(LogLevel::Verbose, "The passphrase is tried on %zu volumes.",
                 step.requests.size());
    if (step.is_shared) typed_.push_back(passphrase);
    for (const std::size_t one : step.requests) derive(one, passphrase);
}

// ---- mappings

void Runner::perform(const Map& step) {
    Item& item = *items_[step.request];
    const Prepared& prepared = *item.prepared;
    const UnlockedVolume opened = std::move(*std::exchange(item.opened, {}));
    const auto plan =
        prepared.luks ? prepared.luks->plan(context_, opened) : plain::plan(prepared.plain);
    if (!plan) return state_.give_up(step.request, plan.error());
    const auto mapped =
        map_prepared(context_, request(step.request), prepared, *plan, opened.keys());
    if (!mapped) {
        const Error& error = mapped.error();
        return state_.not_mapped(step.request, worded_ ? worded_(error, prepared.data) : error);
    }
    state_.mapped(step.request);
}

void Runner::perform(const Finish& step) {
    const OpenRequest& wanted = request(step.request);
    const unsigned tried = state_.at(step.request).chain.tried();
    const auto finished = finish_mapping(context_, wanted, items_[step.request]->prepared->data,
                                         environment_of(step.request, tried));
    if (finished) return state_.finished(step.request);
    if (const auto closed = mapping::close(context_, wanted.name); !closed)
        context_.log(LogLevel::Warning, "%s: cannot be closed again: %s.", wanted.name.c_str(),
                     phrase(closed.error()).c_str());
    state_.not_mapped(step.request, finished.error());
}

// ---- telling

void Runner::perform(const TellFailure& failure) {
    context_.log(LogLevel::Warning, "%s: %s.", name(failure.request),
                 phrase(failure.error).c_str());
    state_.told(failure.request);
}

void Runner::perform(const End& end) {
    Item& item = *items_[end.request];
    item.result.outcome = end.outcome;
    const bool was_looked_at = std::exchange(item.prepared, {}).has_value();
    // Erases the key file after a failure, too, as systemd does, but not after an interruption: the user may try again.
    const bool is_over = end.outcome == Outcome::Opened || end.outcome == Outcome::Failed;
    if (was_looked_at && is_over && !(end.error && end.error->code == Errc::Interrupted))
        erase_key_file(context_, request(end.request), item.key_file);
    switch (end.outcome) {
        case Outcome::Opened:
            context_.log(LogLevel::Normal, "%s: opened.", name(end.request));
            break;
        case Outcome::WasOpen:
            context_.log(LogLevel::Normal, "%s: is open already.", name(end.request));
            break;
        case Outcome::Skipped:
            context_.log(LogLevel::Normal, "%s: skipped, as %s.", name(end.request),
                         phrase(*end.error).c_str());
            break;
        case Outcome::Failed: tell_failure(end); break;
    }
    state_.ended(end, Clock::now());
}

void Runner::tell_failure(const End& end) {
    Error error = *end.error;
    if (end.out_of_tries) {
        error = fail(Errc::WrongPassphrase, "maximum number of tries exceeded");
        error.message += ": " + phrase(*end.error);
    }
    if (error.code != Errc::Interrupted)
        context_.log(LogLevel::Warning, "%s: %s.", name(end.request), phrase(error).c_str());
    items_[end.request]->result.error = std::move(error);
}

void Runner::perform(const Finished& /*step*/) {}

std::vector<OpenedVolume> open_all(Context& context, std::vector<OpenRequest> requests,
                                   const KeyReading& reading, const Worded& worded) {
    return Runner(context, std::move(requests), reading, worded).run();
}

}  // namespace latchkey::boot
