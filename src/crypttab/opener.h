// SPDX-License-Identifier: GPL-2.0-or-later
// Opens lines of crypttab: in their order, headers first, derivations side by side, and asks as seldom as it can.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypttab/derivations.h"
#include "crypttab/keys.h"
#include "crypttab/prepare.h"
#include "latchkey/crypttab_order.h"
#include "ui/ui.h"

namespace latchkey::cli {

enum class Outcome : std::uint8_t {
    Unfinished,
    Opened,
    WasOpen,  // before we came
    Skipped,  // nofail, and its device is not there
    Failed,
};
[[nodiscard]] std::string_view name_of(Outcome outcome);

struct LineToOpen {
    crypttab::Line text = {};
    crypttab::Entry entry = {};
    crypttab::Volume line = {};
    std::vector<std::size_t> needs = {};  // indices of lines before this one
    DeviceIdentity device = {};           // that its source was seen to be; unknown = nobody looked
};
struct OpenedLine {
    Outcome outcome = Outcome::Unfinished;
    std::optional<Error> error = {};
};

class Opener {
  public:
    Opener(Ui& ui, std::vector<LineToOpen> lines, std::string backend = {});
    ~Opener();
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;
    // What became of each, told as it happens.  Nothing stays of those that failed.
    [[nodiscard]] std::vector<OpenedLine> run();

  private:
    struct Item;
    void advance();
    void start(Item& item);
    bool find_devices(Item& item);
    [[nodiscard]] Result<void> check_others(Item& item);
    bool find_key_device(Item& item);
    void stop_waiting(Item& item);
    void try_ways(Item& item);
    bool try_tokens(Item& item);
    bool try_key(Item& item, const KeyStep& step);
    void try_passphrase(Item& item, std::shared_ptr<const Passphrase> passphrase);
    void take(Derived derived);
    void open_with_key(Item& item, const UnlockedVolume& opened);
    Result<void> open_plain(Item& item, SecretBuffer secret, KeyIs is);
    Result<void> map_and_finish(Item& item, const MappingPlan& plan, const KeyRing& keys);
    void failed(Item& item, KeyFailure how, Error error, bool aloud = true);
    bool ask_people();
    bool settle_round();
    bool wait_for_devices();
    void succeed(Item& item, Outcome outcome);
    void give_up(Item& item, Error error);
    [[nodiscard]] bool may_come(const Item& item) const;
    [[nodiscard]] bool cancelled() const;
    [[nodiscard]] bool shares_passphrases(const Item& item) const;
    [[nodiscard]] keys::Ask question_for(const std::vector<Item*>& asking) const;

    Ui& ui_;
    std::string backend_;
    std::vector<std::unique_ptr<Item>> items_;
    std::vector<std::shared_ptr<const Passphrase>>
        typed_;  // those that opened something, or are being tried
    Derivations derivations_;
    std::vector<Item*> round_;  // who was waiting when a passphrase was last typed
    std::size_t opened_ = 0;
    std::size_t opened_before_round_ = 0;
    std::chrono::steady_clock::time_point last_opened_ = {};
};

}  // namespace latchkey::cli
