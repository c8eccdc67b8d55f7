// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/token_unlock.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "io/keyring.h"

namespace latchkey {
namespace {

constexpr std::string_view kKeyringToken = "luks2-keyring";

// The caller's keyring, or else the kernel's.
class UsedKeyring {
  public:
    explicit UsedKeyring(io::Keyring* given) : used_(given) {
        if (used_ != nullptr) return;
        own_ = io::system_keyring();
        used_ = own_.get();
    }
    io::Keyring& operator*() { return *used_; }
    io::Keyring* operator->() { return used_; }

  private:
    io::Keyring* used_;
    std::unique_ptr<io::Keyring> own_;
};

Result<Passphrase> read_user_key(io::Keyring& keyring, std::string_view description) {
    LK_ASSIGN(SecretBuffer payload, keyring.read("user", description));
    return Passphrase(std::move(payload));
}

Result<std::string> key_description(const Volume& volume, int token) {
    LK_ASSIGN(const std::string text, volume.export_token(token));
    const auto json = nlohmann::json::parse(text, nullptr, false);
    // Whoever stored the token was told of a missing member; another program's may lack it.
    const auto found = json.is_object() ? json.find("key_description") : json.end();
    if (!json.is_object() || found == json.end() || !found->is_string())
        return fail(Errc::NoUsableToken, "token %d has no key_description", token);
    return found->get<std::string>();
}

// Those keyslots of the token that may be tried, the preferred ones first.
std::vector<int> keyslots_of(const Volume& volume, const TokenInfo& token,
                             const TokenUnlockOptions& options) {
    std::vector<KeyslotInfo> found;
    for (const KeyslotInfo& slot : volume.keyslots()) {
        if (std::ranges::find(token.keyslots, slot.number) == token.keyslots.end()) continue;
        if (options.keyslot && *options.keyslot != slot.number) continue;
        const bool named = options.token.has_value() || options.keyslot.has_value();
        if (slot.priority == Priority::Ignore && !named) continue;
        if (slot.unbound && !options.any_segment) continue;
        if (slot.usable) found.push_back(slot);
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &KeyslotInfo::priority);
    std::vector<int> numbers;
    for (const KeyslotInfo& slot : found) numbers.push_back(slot.number);
    return numbers;
}

bool is_wanted(const TokenInfo& token, const TokenUnlockOptions& options) {
    return token.type == kKeyringToken && (!options.token || *options.token == token.number) &&
           (options.type.empty() || options.type == token.type);
}

// Whether the next token may be tried after this failure.
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
                                       const std::vector<int>& keyslots, const Passphrase& passphrase,
                                       bool any_segment) {
    Error last{Errc::WrongPassphrase, translate("no keyslot opens")};
    for (const int keyslot : keyslots) {
        auto opened =
            volume.unlock(context, passphrase, {.keyslot = keyslot, .any_segment = any_segment});
        if (opened || opened.error().code != Errc::WrongPassphrase) return opened;
        last = std::move(opened).error();
    }
    return last;
}

}  // namespace

Result<UnlockedVolume> unlock_with_token(Context& context, const Volume& volume,
                                         const TokenUnlockOptions& options, io::Keyring* keyring) {
    UsedKeyring keys(keyring);
    std::string failures;
    for (const TokenInfo& token : volume.tokens()) {
        if (!is_wanted(token, options)) continue;
        const std::vector<int> keyslots = keyslots_of(volume, token, options);
        if (keyslots.empty()) continue;
        auto passphrase = token_passphrase(volume, token.number, &*keys);
        auto opened = passphrase ? unlock_keyslots(context, volume, keyslots, *passphrase,
                                                   options.any_segment)
                                 : Result<UnlockedVolume>(passphrase.error());
        if (opened || !goes_on(opened.error())) return opened;
        if (!failures.empty()) failures += "; ";
        failures += strprintf("token %d: %s", token.number, opened.error().message.c_str());
    }
    if (failures.empty())
        return fail(Errc::NoUsableToken, "no token that could open a keyslot is there");
    return Error{Errc::WrongPassphrase, std::move(failures)};
}

Result<Passphrase> token_passphrase(const Volume& volume, int token, io::Keyring* keyring) {
    const auto tokens = volume.tokens();
    const auto found = std::ranges::find(tokens, token, &TokenInfo::number);
    if (found == tokens.end())
        return fail(Errc::NoUsableToken, "token %d is not in use", token);
    if (found->type != kKeyringToken)
        return fail(Errc::NoUsableToken, "token %d is of type %s, which gives no passphrase here",
                    token, found->type.c_str());
    LK_ASSIGN(const std::string description, key_description(volume, token));
    return keyring_passphrase(description, keyring);
}

Result<Passphrase> keyring_passphrase(std::string_view description, io::Keyring* keyring) {
    UsedKeyring keys(keyring);
    return read_user_key(*keys, description);
}

Result<CandidateKey> keyring_volume_key(std::string_view key, io::Keyring* keyring) {
    UsedKeyring keys(keyring);
    if (key.starts_with('%')) key.remove_prefix(1);
    const std::size_t colon = key.find(':');
    const std::string type(colon == std::string_view::npos ? std::string_view("user")
                                                           : key.substr(0, colon));
    if (colon != std::string_view::npos) key.remove_prefix(colon + 1);
    if (type != "user")
        return fail(Errc::NotSupported, "a volume key of keyring type %s cannot be read",
                    type.c_str());
    LK_ASSIGN(SecretBuffer payload, keys->read(type, key));
    return CandidateKey(std::move(payload));
}

}  // namespace latchkey
