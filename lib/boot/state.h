// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides how many volumes are opened together: which step is due, and what its result means.
//
//   OpenRequest ...  --State-->  next(): one step  --the runner does it-->  the State takes the result  --> next() ...
//
// Pure: this code reads no device, no key and no clock, and asks no questions.  The runner stops when next() returns Finished.
// The comment of each step says what the runner does and which functions of State take the result.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "latchkey/boot.h"

namespace latchkey::boot {

using Time = std::chrono::steady_clock::time_point;

// ---- steps

// Find the device, read its header.  was_open(), missing(), found(), give_up().
struct Look {
    std::size_t request;
};
// Look again for each device that is missing, in this order.  found(), missing(), give_up() for a device; found_key_device(),
// missing() for the device of a key file (Stage::KeyDeviceMissing).
struct LookAgain {
    std::vector<std::size_t> requests;
};
// Look for the device that the key file lies on.  found_key_device(), missing().
struct FindKeyDevice {
    std::size_t request;
};
// Read the key of the current step of its chain.  LUKS: begin to derive, deriving().  Plain, or a token that opened it:
// unlocked().  not_read(), not_opened().
struct TryKey {
    std::size_t request;
};
// Begin to derive from a passphrase that a person typed before: the one of that index among those that are shared.  deriving().
struct TryTyped {
    std::size_t request;
    std::size_t passphrase;
};
// Wait until any derivation ends.  unlocked(), not_opened().
struct TakeDerived {};
// Activate the mapping.  mapped(), not_mapped().
struct Map {
    std::size_t request;
};
// Check what the mapping shows; make swap or a file system.  finished(); after an error close the mapping, not_mapped().
struct Finish {
    std::size_t request;
};
// Log why a key did not open it, and that another one is tried.  told().
struct TellFailure {
    std::size_t request;
    Error error;
};
// Every passphrase of the last question has been tried.  judge_answers().
struct JudgeAnswers {};
// Ask a person one question for all of these.  answered(), then deriving() or unlocked() of each; or not_answered().
struct AskPerson {
    std::vector<std::size_t> requests;
    keys::Ask question;      // without its prompt
    bool is_shared = false;  // keep the passphrase: it will be tried on other requests, too
};
// Wait a moment for devices.  paused().
struct Pause {};
// The request is done: log that, forget its key.  ended().
struct End {
    std::size_t request;
    Outcome outcome;
    std::optional<Error> error = {};  // of Skipped and Failed
    bool out_of_tries = false;        // the error is that of the last try
};
struct Finished {};

using Next = std::variant<TellFailure, End, Map, Finish, Look, FindKeyDevice, TryKey, TryTyped,
                          TakeDerived, JudgeAnswers, AskPerson, LookAgain, Pause, Finished>;

// ---- state

enum class Stage : std::uint8_t {
    New,
    DeviceMissing,
    KeyDeviceMissing,
    Trying,    // a key of its chain is to be tried
    Deriving,  // a passphrase is being tried
    Unlocked,
    Mapped,
    Over,  // but not reported yet
    Done,
};

// The progress of one request.
struct Progress {
    OpenRequest request = {};
    Stage stage = Stage::New;
    KeyChain chain{{}};  // empty until its device was found
    bool is_luks = false;
    bool key_device_settled = false;  // found, or not worth waiting for
    bool looked_again = false;        // for what is missing, since the last pause
    std::optional<Time> first_looked = {};
    std::size_t next_typed = 0;            // the shared passphrase to try next
    std::optional<Error> last_error = {};  // why the last key did not open it
    bool failure_untold = false;           // last_error is not logged yet
    std::optional<End> end = {};           // once it is Over

    [[nodiscard]] bool is_asking() const;
    // Returns whether passphrases typed for others are tried on it, and the reverse.
    [[nodiscard]] bool shares_answers() const { return is_luks && !request.keys.asks_twice; }
};

// The progress of all requests.
class State {
  public:
    explicit State(std::vector<OpenRequest> requests);

    [[nodiscard]] std::size_t size() const { return all_.size(); }
    [[nodiscard]] const Progress& at(std::size_t one) const { return all_[one]; }
    // Returns how many passphrases that a person typed are shared.
    [[nodiscard]] std::size_t typed() const { return typed_; }
    // Returns whether the answer to the last question did not open all of its requests, and was not judged yet.
    [[nodiscard]] bool has_answer_to_judge() const;

    // ---- what came of a step.  `now`: when it was looked.
    void was_open(std::size_t one);
    // The device is missing.  `error` ends the request if the device does not appear in time.
    void missing(std::size_t one, Error error, Time now);
    // `is_luks`: otherwise there is no header, and nothing can tell whether a passphrase is right.
    void found(std::size_t one, std::vector<KeyStep> steps, bool is_luks, Time now);
    void found_key_device(std::size_t one);
    void deriving(std::size_t one);
    void unlocked(std::size_t one);
    void not_read(std::size_t one, const Error& error);
    void not_opened(std::size_t one, const Error& error);
    void answered(const AskPerson& question);
    void not_answered(const AskPerson& question, const Error& error);
    void judge_answers();
    void mapped(std::size_t one);
    void not_mapped(std::size_t one, const Error& error);
    void finished(std::size_t one);
    // Ends it as Failed, whatever else could be tried.
    void give_up(std::size_t one, Error error);
    void told(std::size_t one);
    void paused();
    void ended(const End& how, Time now);

  private:
    void end(End how);
    void key_failed(std::size_t one, KeyFailure how, const Error& error, bool aloud);
    [[nodiscard]] bool may_come(const Progress& item, Time now) const;

    std::vector<Progress> all_;
    std::size_t typed_ = 0;
    std::vector<std::size_t> answering_ = {};  // the requests of the last question
    bool answer_helped_ = false;               // something was opened since
    std::optional<Time> last_opened_ = {};
};

// Returns the one step that is due.  First what needs no waiting, request by request in their order; then derivations; then a
// question; then missing devices.  `cancelled`: nothing new is begun; each request that is not done ends as Interrupted.
[[nodiscard]] Next next(const State& state, bool cancelled);

// Errors if the device of `one` belongs to another request, too: Busy, the other one comes first; Refused, one of them would
// overwrite it.  `identity_of` returns the same text for two names of one device, "" for a device that is not there.
[[nodiscard]] Result<void> check_device_is_free(
    const State& state, std::size_t one,
    const std::function<std::string(std::size_t request)>& identity_of);

}  // namespace latchkey::boot
