// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/opener.h"

#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "activation/activation.h"
#include "crypttab/finish.h"
#include "crypttab/look.h"
#include "latchkey/find_device.h"
#include "text/format.h"
#include "text/wording.h"

namespace latchkey::cli {
namespace {

using crypttab::KeyKind;
using crypttab::Readers;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// How long devices that lie on a new mapping (of LVM, say) may take to turn up.
constexpr milliseconds kGrace{2000};
constexpr milliseconds kPause{100};

enum class State : std::uint8_t { New, Missing, KeyMissing, Trying, Deriving, Asking, Done };

// A number that no format has is a keyslot that is not there.
std::optional<int> keyslot_of(const crypttab::Volume& line) {
    constexpr std::uint64_t kMost = 1000;
    if (!line.key_slot) return std::nullopt;
    return static_cast<int>(std::min(*line.key_slot, kMost));
}

bool is_there(const std::string& device) {
    const auto path = find_device(device);
    return path && ::access(path->c_str(), F_OK) == 0;
}

// What was on the device is lost.
bool overwrites(const crypttab::Volume& line) {
    return line.key == KeyKind::Random || line.swap || !line.tmp.empty();
}

}  // namespace

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::Unfinished: return "unfinished";
        case Outcome::Opened: return "opened";
        case Outcome::WasOpen: return "was-open";
        case Outcome::Skipped: return "skipped";
        case Outcome::Failed: break;
    }
    return "failed";
}

struct Opener::Item {
    LineToOpen what = {};
    std::size_t number = 0;
    State state = State::New;
    OpenedLine result = {};
    std::optional<Prepared> prepared = {};
    KeyChain chain{{}};
    std::size_t next_typed = 0;            // of Opener::typed_
    std::optional<Error> last_error = {};  // why the last way did not open it
    Clock::time_point first_seen = {};
    std::string identity = {};     // of the device, once it was there
    DeviceIdentity key_file = {};  // that was read
    bool key_waited_for = false;   // the device of the key file, as long as it is worth waiting for

    [[nodiscard]] const crypttab::Volume& line() const { return what.line; }
    [[nodiscard]] const char* name() const { return what.line.name.c_str(); }
};

Opener::Opener(Ui& ui, std::vector<LineToOpen> lines, std::string backend)
    : ui_(ui), backend_(std::move(backend)), derivations_(ui.context()) {
    for (LineToOpen& line : lines) {
        items_.push_back(std::make_unique<Item>());
        items_.back()->what = std::move(line);
        items_.back()->number = items_.size() - 1;
        crypttab::Volume& opened = items_.back()->what.line;
        // The device decides, not its name.
        if (opened.key == KeyKind::File && gives_random_bytes(opened.key_path))
            opened.key = KeyKind::Random;
    }
}

Opener::~Opener() = default;

std::vector<OpenedLine> Opener::run() {
    for (;;) {
        advance();
        if (derivations_.under_way()) {
            take(derivations_.wait());
            continue;
        }
        if (!cancelled() && (ask_people() || wait_for_devices())) continue;
        break;
    }
    std::vector<OpenedLine> results;
    for (const auto& item : items_) {
        if (item->state != State::Done) give_up(*item, fail(Errc::Interrupted, "interrupted"));
        results.push_back(std::move(item->result));
    }
    return results;
}

bool Opener::cancelled() const {
    return ui_.context().cancelled().load(std::memory_order_relaxed);
}

// What can be done without asking or waiting.
void Opener::advance() {
    for (const auto& item : items_) {
        if (cancelled()) return;
        if (item->state == State::New) start(*item);
        if (item->state == State::Trying) try_ways(*item);
        if (item->state == State::Asking && shares_passphrases(*item) &&
            item->next_typed < typed_.size())
            try_passphrase(*item, typed_[item->next_typed++]);
    }
}

void Opener::start(Item& item) {
    for (const std::size_t need : item.what.needs) {
        const Item& other = *items_[need];
        if (other.state != State::Done) return;
        if (other.result.outcome == Outcome::Failed || other.result.outcome == Outcome::Skipped)
            return give_up(item,
                           fail(Errc::NoDevice, "it needs %s, which is not open", other.name()));
    }
    if (item.line().skipped)
        return give_up(item, fail(Errc::InvalidArgument, "line %u cannot be used: %s",
                                  item.line().line, item.line().refusal.c_str()));
    if (item.what.entry.find("fixate-volume-key") != nullptr)
        return give_up(item, fail(Errc::NotSupported, "fixate-volume-key is not looked at here"));
    if (item.what.entry.find("tpm2-measure-pcr") != nullptr)
        ui_.warn("%s: the volume key is not measured into a PCR.", item.name());
    const auto info = mapping::status(ui_.context(), item.line().name);
    // The back end that was asked for says itself what it lacks.
    if (!info && !(info.error().code == Errc::NotSupported && !backend_.empty()))
        return give_up(item, Error(info.error()).exits_with(4));
    if (info)
        if (auto served = info->check_served(); !served)
            return give_up(item, std::move(served).error());
    if (info && info->active && !info->without_table) return succeed(item, Outcome::WasOpen);
    item.first_seen = Clock::now();
    find_devices(item);
}

// True if it went on, well or not; false while a device is missing.
bool Opener::find_devices(Item& item) {
    auto prepared = prepare(ui_, item.line(), backend_, item.what.device);
    if (!prepared && prepared.error().code == Errc::NoDevice) {
        item.state = State::Missing;
        item.last_error = std::move(prepared).error();
        return false;
    }
    if (!prepared) {
        give_up(item, std::move(prepared).error());
        return true;
    }
    item.prepared = std::move(prepared).value();
    if (const auto alone = check_others(item); !alone) {
        give_up(item, alone.error());
        return true;
    }
    item.chain =
        KeyChain(steps_of(item.line(), item.prepared->luks ? nullptr : &item.prepared->plain),
                 item.line().tries);
    item.state = State::Trying;
    return true;
}

// Two mappings of one device: of those the first may be opened, unless one of them makes the device anew.  Busy, Refused.
Result<void> Opener::check_others(Item& item) {
    const auto identity_of = [](Item& one) -> const std::string& {
        const auto path = one.identity.empty() ? find_device(one.line().source)
                                               : Result<std::string>(std::string());
        if (one.identity.empty() && path) one.identity = device_identity(*path);
        return one.identity;
    };
    if (identity_of(item).empty()) return {};
    for (const auto& other : items_) {
        const bool failed =
            other->result.outcome == Outcome::Failed || other->result.outcome == Outcome::Skipped;
        if (other.get() == &item || other->line().skipped) continue;
        const bool harm = overwrites(item.line()) || overwrites(other->line());
        if ((failed && !harm) || identity_of(*other) != item.identity) continue;
        if (harm)
            return fail(Errc::Refused,
                        "device %s is that of line %u (%s) too, and one of them would overwrite it",
                        item.line().source.c_str(), other->line().line, other->name());
        if (other->number < item.number || other->state == State::Done)
            return fail(Errc::Busy, "device %s is that of line %u (%s), which is opened before",
                        item.line().source.c_str(), other->line().line, other->name());
    }
    return {};
}

// The same of the device that a key file lies on.
bool Opener::find_key_device(Item& item) {
    if (!is_there(item.line().key_device)) return false;
    item.state = State::Trying;
    return true;
}

// Nobody will bring what is missing any more.
void Opener::stop_waiting(Item& item) {
    if (item.state == State::KeyMissing) {
        item.key_waited_for = true;
        item.state = State::Trying;
    } else if (item.line().no_fail) {
        ui_.say("%s: skipped, as %s.", item.name(), phrase(*item.last_error).c_str());
        succeed(item, Outcome::Skipped);
    } else {
        give_up(item, *item.last_error);
    }
}

void Opener::try_ways(Item& item) {
    while (item.state == State::Trying) {
        if (cancelled()) return;
        const KeyStep* step = item.chain.current();
        if (step == nullptr)
            return give_up(
                item, item.last_error.value_or(fail(
                          Errc::WrongPassphrase, "nothing opens it that need not be asked for")));
        if (step->source.is_a<keys::Ask>()) {
            item.state = State::Asking;
        } else if (step->source.is_a<keys::Token>()) {
            if (try_tokens(item)) return;
        } else if (try_key(item, *step)) {
            return;
        }
    }
}

// True if the item is done; otherwise the next way is due.
bool Opener::try_tokens(Item& item) {
    auto opened = unlock_with_token(ui_.context(), *item.prepared->luks, {},
                                    {.keyslot = keyslot_of(item.line()), .any_segment = false});
    if (opened) {
        open_with_key(item, *opened);
        return item.state == State::Done;
    }
    if (!item.line().tokens.empty())
        ui_.warn("%s: no token opens it: %s.", item.name(), phrase(opened.error()).c_str());
    failed(item, KeyFailure::Wrong, std::move(opened).error(), false);
    return item.state == State::Done;
}

// True if the item is done, or waits for an answer or a device.
bool Opener::try_key(Item& item, const KeyStep& step) {
    const Prepared& prepared = *item.prepared;
    if (step.source.is_a<keys::File>() && item.line().key == KeyKind::FileOnDevice &&
        !item.key_waited_for && !is_there(item.line().key_device)) {
        item.state = State::KeyMissing;
        return true;
    }
    const ScriptRun run{item.what.text, item.what.entry, prepared.source, item.chain.retry()};
    const KeyIs is = step.source.is;
    auto key = read_key(ui_, step.source, item.line(), run,
                        prepared.luks ? 0 : prepared.plain.key_bytes, item.key_file);
    if (!key) {
        failed(item, KeyFailure::Unread, std::move(key).error());
        return item.state == State::Done;
    }
    if (prepared.luks) {
        try_passphrase(item, std::make_shared<const Passphrase>(std::move(key).value()));
        return true;
    }
    const auto opened = open_plain(item, std::move(key).value(), is);
    if (opened)
        succeed(item, Outcome::Opened);
    else
        failed(item, KeyFailure::Wrong, opened.error());
    return item.state == State::Done;
}

void Opener::try_passphrase(Item& item, std::shared_ptr<const Passphrase> passphrase) {
    item.state = State::Deriving;
    derivations_.add({item.number,
                      &*item.prepared->luks,
                      std::move(passphrase),
                      {.keyslot = keyslot_of(item.line()), .any_segment = false}});
}

void Opener::take(Derived derived) {
    Item& item = *items_[derived.item];
    for (const std::string& message : derived.messages)
        ui_.context().log_text_once(LogLevel::Warning,
                                    text("%s: %s", item.name(), message.c_str()));
    const KeySource& source = item.chain.current()->source;
    const bool by_person = source.is_a<keys::Ask>();
    item.state = by_person ? State::Asking : State::Trying;
    if (derived.opened) return open_with_key(item, *derived.opened);
    // Of what people type, more than one passphrase may be for others: a round is judged at its end.
    if (by_person && derived.opened.error().code == Errc::WrongPassphrase)
        item.last_error = std::move(derived.opened).error();
    else
        failed(item, KeyFailure::Wrong, std::move(derived.opened).error(),
               !source.is_a<keys::Given>());
}

void Opener::open_with_key(Item& item, const UnlockedVolume& opened) {
    ui_.debug("%s: keyslot %d opened", item.name(), opened.keyslot);
    auto plan = item.prepared->luks->plan(ui_.context(), opened);
    if (!plan) return give_up(item, std::move(plan).error());
    const auto mapped = map_and_finish(item, *plan, opened.keys());
    if (mapped) return succeed(item, Outcome::Opened);
    if (mapped.error().code != Errc::WrongPassphrase) return give_up(item, mapped.error());
    std::erase(round_, &item);  // this try is told of here
    failed(item, KeyFailure::Wrong, mapped.error());
}

Result<void> Opener::open_plain(Item& item, SecretBuffer secret, KeyIs is) {
    const plain::Params& params = item.prepared->plain;
    LK_ASSIGN(const MappingPlan plan, plain::plan(params));
    LK_ASSIGN(const VolumeKey key, plain_key(params, is, std::move(secret)));
    return map_and_finish(item, plan, key);
}

Result<void> Opener::map_and_finish(Item& item, const MappingPlan& plan, const KeyRing& keys) {
    LK_TRY(map_prepared(ui_, item.line(), *item.prepared, plan, keys));
    const auto environment = crypttab::script_environment(
        item.what.text, item.what.entry, item.prepared->source, item.chain.tried());
    auto finished = finish_mapping(ui_, item.line(), item.prepared->data, environment);
    if (finished) return {};
    if (const auto closed = mapping::close(ui_.context(), item.line().name); !closed)
        ui_.warn("%s: cannot be closed again: %s.", item.name(), phrase(closed.error()).c_str());
    return finished;
}

// Goes on from where a source failed; `aloud` if that is told, and may be the reason that is told in the end.
void Opener::failed(Item& item, KeyFailure how, Error error, bool aloud) {
    const Then then = item.chain.failed(how, error);
    if (item.chain.used_up()) {
        Error over = fail(Errc::WrongPassphrase, "maximum number of tries exceeded");
        over.message += ": " + phrase(error);
        return give_up(item, std::move(over));
    }
    const bool at_end = item.chain.current() == nullptr;  // what that means try_ways() says
    if (then == Then::End && !at_end) return give_up(item, std::move(error));
    if (!aloud) return;
    if (!at_end) ui_.warn("%s: %s.", item.name(), phrase(error).c_str());
    item.last_error = std::move(error);
}

// Nothing tells that a passphrase for others is wrong for a plain volume, and `verify` wants one of its own.
bool Opener::shares_passphrases(const Item& item) const {
    return item.prepared->luks.has_value() && !item.line().verify;
}

keys::Ask Opener::question_for(const std::vector<Item*>& asking) const {
    constexpr std::size_t kMostNamed = 4;
    const Item& first = *asking.front();
    keys::Ask question{.timeout_seconds = first.line().timeout_seconds,
                       .twice = asking.size() == 1 && first.line().verify,
                       .echo = first.line().password_echo == "yes"};
    std::string names = first.line().name;
    for (std::size_t i = 1; i < std::min(asking.size(), kMostNamed); ++i)
        names += ", " + asking[i]->line().name;
    for (const Item* item : asking) {
        // One that may wait for ever lets the others wait with it; one that must not be shown hides all.
        const std::uint64_t seconds = item->line().timeout_seconds;
        question.timeout_seconds = seconds == 0 || question.timeout_seconds == 0
                                       ? 0
                                       : std::max(question.timeout_seconds, seconds);
        question.echo = question.echo && item->line().password_echo == "yes";
    }
    if (asking.size() == 1)
        question.prompt =
            text("Enter passphrase for %s (%s): ", names.c_str(), first.prepared->source.c_str());
    else if (asking.size() <= kMostNamed)
        question.prompt = text("Enter passphrase for %s: ", names.c_str());
    else
        question.prompt = text("Enter passphrase for %s and %zu more: ", names.c_str(),
                               asking.size() - kMostNamed);
    return question;
}

// True if somebody was asked, or one that was to be asked is done for.
bool Opener::ask_people() {
    const bool settled = settle_round();
    std::vector<Item*> asking;
    for (const auto& item : items_) {
        if (item->state != State::Asking) continue;
        if (!asking.empty() && !(shares_passphrases(*asking.front()) && shares_passphrases(*item)))
            continue;
        asking.push_back(item.get());
    }
    if (asking.empty()) return settled;
    auto secret = ask(ui_, question_for(asking));
    if (!secret) {
        const bool is_try = secret.error().code == Errc::WrongPassphrase;
        for (Item* item : asking)
            failed(*item, is_try ? KeyFailure::Wrong : KeyFailure::Unread, secret.error());
        return true;
    }
    Item& first = *asking.front();
    if (!first.prepared->luks) {
        const auto opened = open_plain(first, std::move(secret).value(), KeyIs::Passphrase);
        if (opened)
            succeed(first, Outcome::Opened);
        else
            failed(first, KeyFailure::Wrong, opened.error());
        return true;
    }
    auto passphrase = std::make_shared<const Passphrase>(std::move(secret).value());
    ui_.verbose("The passphrase is tried on %zu volumes.", asking.size());
    round_ = asking;
    opened_before_round_ = opened_;
    if (shares_passphrases(first)) typed_.push_back(passphrase);
    for (Item* item : asking) {
        item->next_typed = typed_.size();
        try_passphrase(*item, passphrase);
    }
    return true;
}

// A passphrase that opened one of them was no mistake of the others.  True if there was a round.
bool Opener::settle_round() {
    const bool helped = opened_ > opened_before_round_;
    const bool any = !round_.empty();
    for (Item* item : std::exchange(round_, {}))
        if (item->state == State::Asking && !helped)
            failed(*item, KeyFailure::Wrong,
                   item->last_error.value_or(fail(Errc::WrongPassphrase, "wrong passphrase")));
    return any;
}

// What lies on a volume may turn up some time after that one was opened.
bool Opener::may_come(const Item& item) const {
    constexpr std::uint64_t kForEver = std::uint64_t{100} * 365 * 86400;
    const crypttab::Volume& line = item.line();
    const std::uint64_t patience = item.state == State::KeyMissing ? line.keyfile_timeout_seconds
                                                                   : line.device_timeout_seconds;
    const auto now = Clock::now();
    return now < item.first_seen + std::chrono::seconds(std::min(patience, kForEver)) ||
           (opened_ > 0 && now < last_opened_ + kGrace);
}

// True if there is something to go on with, or to look for again.
bool Opener::wait_for_devices() {
    bool waits = false;
    bool moved = false;
    for (const auto& item : items_) {
        if (item->state != State::Missing && item->state != State::KeyMissing) continue;
        const bool came =
            item->state == State::Missing ? find_devices(*item) : find_key_device(*item);
        const bool late = !came && !may_come(*item);
        if (late) stop_waiting(*item);
        (came || late ? moved : waits) = true;
    }
    if (waits && !moved) std::this_thread::sleep_for(kPause);
    return waits || moved;
}

void Opener::succeed(Item& item, Outcome outcome) {
    item.state = State::Done;
    item.result.outcome = outcome;
    item.prepared.reset();
    if (outcome == Outcome::WasOpen) ui_.say("%s: is open already.", item.name());
    if (outcome != Outcome::Opened) return;
    erase_key_file(ui_, item.line(), item.key_file);
    ++opened_;
    last_opened_ = Clock::now();
    ui_.say("%s: opened.", item.name());
}

void Opener::give_up(Item& item, Error error) {
    // systemd does so too; but who breaks off wants to come again.
    if (item.prepared && error.code != Errc::Interrupted)
        erase_key_file(ui_, item.line(), item.key_file);
    item.state = State::Done;
    item.result.outcome = Outcome::Failed;
    item.prepared.reset();
    if (error.code != Errc::Interrupted) ui_.warn("%s: %s.", item.name(), phrase(error).c_str());
    item.result.error = std::move(error);
}

}  // namespace latchkey::cli
