// SPDX-License-Identifier: GPL-2.0-or-later
// A run of requests whose steps are written in words: "look at a", "ask for a b".
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "boot/state.h"

namespace latchkey::test {

// Returns the request of a volume that needs no other, with that name.
[[nodiscard]] boot::OpenRequest named(std::string name);

// Kinds of steps of a chain of keys, as crypttab has them.
[[nodiscard]] KeyStep person_step();
[[nodiscard]] KeyStep file_step();
[[nodiscard]] KeyStep token_step();
[[nodiscard]] KeyStep empty_passphrase_step();
[[nodiscard]] KeyStep script_step();

[[nodiscard]] Error wrong_passphrase();
[[nodiscard]] Error no_device();

// Returns the time that many seconds after the run began.
[[nodiscard]] boot::Time after(double seconds);

class Steps {
  public:
    explicit Steps(std::vector<boot::OpenRequest> requests) : state(std::move(requests)) {}

    // Returns the step that is due.
    [[nodiscard]] std::string due() const;

    // The device of the request is there, and these are its keys.
    template <typename... Keys>
    void is_luks(std::size_t one, Keys... keys) {
        state.found(one, chain_of(std::move(keys)...), true, after(now));
    }
    template <typename... Keys>
    void is_plain(std::size_t one, Keys... keys) {
        state.found(one, chain_of(std::move(keys)...), false, after(now));
    }
    void is_missing(std::size_t one);
    // Answers the question that is due; derivations begin, and plain volumes have their key.
    void answer();
    void leave_unanswered(const Error& error);
    // Tells what is due to be told: a failure or an end.  Returns it.
    std::string tell();
    // Opens a request whose key arrives: maps it, finishes it and tells so.
    void open(std::size_t one);

    boot::State state;
    double now = 0;  // seconds since the run began
    bool cancelled = false;

  private:
    template <typename... Keys>
    static std::vector<KeyStep> chain_of(Keys... keys) {
        std::vector<KeyStep> steps;
        (steps.push_back(std::move(keys)), ...);
        return steps;
    }
};

}  // namespace latchkey::test
