// SPDX-License-Identifier: LGPL-2.1-or-later
#include "keys/token_unlock.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "io/keyring.h"
#include "luks2/json_text.h"
#include "luks2/token_types.h"

namespace latchkey {
namespace {

const luks2::TokenType* unsealed_type(std::string_view name) {
    const luks2::TokenType* type = luks2::find_token_type(name);
    return type != nullptr && type->unseal != nullptr ? type : nullptr;
}

Result<Passphrase> unseal(const Volume& volume, int token, const luks2::TokenType& type,
                          io::Keyring& keyring) {
    LK_ASSIGN(const std::string text, volume.export_token(token));
    LK_ASSIGN(const Json object, luks2::parse_json(text));
    return type.unseal(object, keyring);
}

// A named token or keyslot is tried even if its priority is ignore.
bool is_named(const keys::Token& tokens, const UnlockOptions& options) {
    return tokens.number.has_value() || options.keyslot.has_value();
}

// Returns the keyslots of the token that may be tried, the preferred ones first; only those of `priority`, if given.
std::vector<int> keyslots_of(const Volume& volume, const TokenInfo& token,
                             const UnlockOptions& options, std::optional<Priority> priority) {
    std::vector<KeyslotInfo> found;
    for (const KeyslotInfo& slot : volume.keyslots()) {
        if (std::ranges::find(token.keyslots, slot.number) == token.keyslots.end()) continue;
        if (options.keyslot && *options.keyslot != slot.number) continue;
        if (priority && slot.priority != *priority) continue;
        if (slot.unbound && !options.any_segment) continue;
        if (slot.usable) found.push_back(slot);
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &KeyslotInfo::priority);
    std::vector<int> numbers;
    for (const KeyslotInfo& slot : found) numbers.push_back(slot.number);
    return numbers;
}

bool is_wanted(const TokenInfo& token, const keys::Token& wanted) {
    return (!wanted.number || *wanted.number == token.number) &&
           (wanted.type.empty() || wanted.type == token.type);
}

// Returns whether the next token may be tried after this failure of the key in the keyring.
bool goes_on(const Error& error) {
    switch (error.code) {
        case Errc::WrongPassphrase:
        case Errc::NoUsableToken:
        case Errc::NotFound:
        case Errc::AccessDenied:
        case Errc::NotSupported:
        case Errc::NothingToRead: return true;
        default: return false;
    }
}

Result<UnlockedVolume> unlock_keyslots(Context& context, const Volume& volume,
                                       const std::vector<int>& keyslots,
                                       const Passphrase& passphrase, bool any_segment) {
    Error last{Errc::WrongPassphrase, translate("no keyslot opens")};
    for (const int keyslot : keyslots) {
        auto opened =
            volume.unlock(context, passphrase, {.keyslot = keyslot, .any_segment = any_segment});
        if (opened || opened.error().code != Errc::WrongPassphrase) return opened;
        last = std::move(opened).error();
    }
    return last;
}

// The state of one call of unlock_with_token().
class Attempt {
  public:
    Attempt(Context& context, const Volume& volume, const keys::Token& tokens,
            const UnlockOptions& options, io::Keyring& keyring)
        : context_(context),
          volume_(volume),
          tokens_(tokens),
          options_(options),
          keyring_(keyring) {}

    Result<UnlockedVolume> run() {
        // A named token is tried with all its keyslots at once.
        std::vector<std::optional<Priority>> passes = {Priority::Prefer, Priority::Normal};
        if (is_named(tokens_, options_)) passes = {std::nullopt};
        LK_TRY(volume_.check_cost(context_, all_keyslots()));
        for (const auto& priority : passes)
            for (const TokenInfo& token : volume_.tokens())
                if (is_wanted(token, tokens_))
                    if (auto answer = try_token(token, priority)) return *std::move(answer);
        if (failures_.empty())
            return fail(Errc::NoUsableToken, "there is no token that could open a keyslot");
        return Error{worst_, std::move(failures_)};
    }

  private:
    // Returns the keyslots of all tokens that may be tried, one token after the other.
    [[nodiscard]] std::vector<int> all_keyslots() const {
        std::vector<int> all;
        for (const TokenInfo& token : volume_.tokens())
            if (is_wanted(token, tokens_) && gives_passphrases(token.type))
                for (const int keyslot : keyslots_of(volume_, token, options_, {}))
                    if (is_named(tokens_, options_) || !is_ignored(keyslot)) all.push_back(keyslot);
        return all;
    }
    [[nodiscard]] bool gives_passphrases(const std::string& type) const {
        if (unsealed_type(type) != nullptr) return !tokens_.pin;
        return tokens_.opener != nullptr && tokens_.opener->opens(type);
    }
    [[nodiscard]] bool is_ignored(int keyslot) const {
        const auto slots = volume_.keyslots();
        const auto found = std::ranges::find(slots, keyslot, &KeyslotInfo::number);
        return found != slots.end() && found->priority == Priority::Ignore;
    }

    // Returns nothing if the next token may be tried.
    std::optional<Result<UnlockedVolume>> try_token(const TokenInfo& token,
                                                    std::optional<Priority> priority) {
        const std::vector<int> keyslots = keyslots_of(volume_, token, options_, priority);
        if (keyslots.empty()) return std::nullopt;
        const Passphrase* passphrase = nullptr;
        if (const auto known = opened_.find(token.number); known != opened_.end()) {
            passphrase = known->second ? &*known->second : nullptr;
        } else {
            auto answer = open(token);
            if (!answer) return answer.error();
            passphrase = *answer;
        }
        if (passphrase == nullptr) return std::nullopt;
        auto unlocked =
            unlock_keyslots(context_, volume_, keyslots, *passphrase, options_.any_segment);
        if (unlocked || unlocked.error().code != Errc::WrongPassphrase) return unlocked;
        remember(token, unlocked.error());
        return std::nullopt;
    }

    // Returns nullptr if the token gives no passphrase; an error ends the attempt.  Asks a token only once for all its
    // keyslots, because the user may have to touch it.
    Result<const Passphrase*> open(const TokenInfo& token) {
        std::optional<Passphrase>& entry = opened_[token.number];
        if (const luks2::TokenType* type = unsealed_type(token.type)) {
            if (tokens_.pin) return static_cast<const Passphrase*>(nullptr);
            auto found = unseal(volume_, token.number, *type, keyring_);
            if (found)
                entry = *std::move(found);
            else if (goes_on(found.error()))
                remember(token, Error{Errc::WrongPassphrase, found.error().message});
            else
                return std::move(found).error();
        } else if (tokens_.opener != nullptr && tokens_.opener->opens(token.type)) {
            auto found = tokens_.opener->open(token, tokens_.pin ? &*tokens_.pin : nullptr);
            if (found)
                entry = *std::move(found);
            else if (rank(found.error().code) > 0)
                remember(token, found.error());
            else
                return std::move(found).error();
        }
        return entry ? &*entry : nullptr;
    }

    // Returns how useful an error is to the user; 0 if it is not the failure of one token.
    static int rank(Errc code) {
        switch (code) {
            case Errc::TokenNeedsPin: return 4;
            case Errc::NoDevice: return 3;
            case Errc::WrongPassphrase: return 2;
            case Errc::NoUsableToken: return 1;
            default: return 0;
        }
    }

    void remember(const TokenInfo& token, const Error& error) {
        if (!failures_.empty()) failures_ += "; ";
        failures_ += strprintf("token %d: %s", token.number, error.message.c_str());
        if (rank(error.code) > rank(worst_)) worst_ = error.code;
    }

    Context& context_;
    const Volume& volume_;
    const keys::Token& tokens_;
    const UnlockOptions& options_;
    io::Keyring& keyring_;
    std::map<int, std::optional<Passphrase>> opened_;  // by token; empty = it gave none
    std::string failures_;
    Errc worst_ = Errc::NoUsableToken;
};

}  // namespace

Result<UnlockedVolume> keys::unlock_with_token(Context& context, const Volume& volume,
                                               const Token& tokens, const UnlockOptions& options,
                                               io::Keyring& keyring) {
    return Attempt(context, volume, tokens, options, keyring).run();
}

Result<Passphrase> keys::token_passphrase(const Volume& volume, int token, io::Keyring& keyring) {
    const auto tokens = volume.tokens();
    const auto found = std::ranges::find(tokens, token, &TokenInfo::number);
    if (found == tokens.end()) return fail(Errc::NoUsableToken, "token %d is not in use", token);
    const luks2::TokenType* type = unsealed_type(found->type);
    if (type == nullptr)
        return fail(Errc::NoUsableToken, "token %d is of type %s, which gives no passphrase here",
                    token, found->type.c_str());
    return unseal(volume, token, *type, keyring);
}

Result<UnlockedVolume> unlock_with_token(Context& context, const Volume& volume,
                                         const keys::Token& tokens, const UnlockOptions& options) {
    return keys::unlock_with_token(context, volume, tokens, options, *io::system_keyring());
}

Result<Passphrase> token_passphrase(const Volume& volume, int token) {
    return keys::token_passphrase(volume, token, *io::system_keyring());
}

Result<std::string> seal_token(std::string_view type, const TokenSeal& with) {
    const luks2::TokenType* known = luks2::find_token_type(type);
    if (known == nullptr || known->seal == nullptr)
        return fail(Errc::NotSupported, "tokens of type %s cannot be made here",
                    std::string(type).c_str());
    LK_ASSIGN(const Json token, known->seal(with));
    return luks2::json_to_text(token);
}

}  // namespace latchkey
