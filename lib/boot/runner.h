// SPDX-License-Identifier: LGPL-2.1-or-later
// Does the steps that next() decides on, and logs what comes of them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "boot/derivations.h"
#include "boot/prepare.h"
#include "boot/state.h"

namespace latchkey::boot {

using Worded = std::function<Error(Error error, const Device& data)>;

class Runner {
  public:
    Runner(Context& context, std::vector<OpenRequest> requests, const KeyReading& reading,
           const Worded& worded);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;
    // As open_all() has it; once.
    [[nodiscard]] std::vector<OpenedVolume> run();

  private:
    // What is held of a request while it is being opened.
    struct Item;

    void perform(const TellFailure& failure);
    void perform(const End& end);
    void perform(const Look& step);
    void perform(const LookAgain& step);
    void perform(const FindKeyDevice& step);
    void perform(const TryKey& step);
    void perform(const TryTyped& step);
    void perform(const TakeDerived& step);
    void perform(const JudgeAnswers& step);
    void perform(const AskPerson& step);
    void perform(const Map& step);
    void perform(const Finish& step);
    void perform(const Pause& step);
    void perform(const Finished& step);

    // Each does a part of a step, and tells the state what came of it.
    void look_for_device(std::size_t one);
    void look_for_key_device(std::size_t one);
    void take_token(std::size_t one);
    void take_plain_key(std::size_t one, KeyIs is, SecretBuffer secret);
    void take_key(std::size_t one, UnlockedVolume opened);
    void derive(std::size_t one, std::shared_ptr<const Passphrase> passphrase);

    [[nodiscard]] const OpenRequest& request(std::size_t one) const {
        return state_.at(one).request;
    }
    [[nodiscard]] const char* name(std::size_t one) const { return request(one).name.c_str(); }
    [[nodiscard]] std::vector<std::string> environment_of(std::size_t one, unsigned tried) const;
    [[nodiscard]] std::string identity_of(std::size_t one);
    [[nodiscard]] std::string prompt_for(const AskPerson& question) const;
    void tell_failure(const End& end);

    Context& context_;
    const KeyReading& reading_;
    const Worded& worded_;
    std::vector<std::unique_ptr<Item>> items_;  // one for each request
    State state_;
    std::vector<std::shared_ptr<const Passphrase>> typed_;  // the shared ones
    Derivations derivations_;
};

}  // namespace latchkey::boot
