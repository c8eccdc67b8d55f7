// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/unlocking.h"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>

#include "cli/options.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/secret_sources.h"

namespace latchkey::cli {
namespace {

bool is_named(const keys::Token& tokens) {
    return tokens.number || !tokens.type.empty();
}

// Returns the peer's error for a requested token that did not open; --debug shows the reason.
Error token_failure(Ui& ui, const keys::Token& tokens, Error error) {
    ui.debug("%s", error.message.c_str());
    const char* const type = tokens.type.c_str();
    if (error.code == Errc::WrongPassphrase) {
        if (tokens.number)
            error.sentence =
                text("Token %d cannot unlock assigned keyslot(s) (wrong keyslot passphrase).",
                     *tokens.number);
        else if (!tokens.type.empty())
            error.sentence = text(
                "Token (type %s) cannot unlock assigned keyslot(s) (wrong keyslot passphrase).",
                type);
        else
            error.sentence = text("No token opens a keyslot: %s.", error.message.c_str());
    } else if (error.code == Errc::NoDevice) {
        error = std::move(error).exits_with(1);
        if (tokens.number)
            error.sentence = text("Token %d requires additional missing resource.", *tokens.number);
        else if (!tokens.type.empty())
            error.sentence = text("Token (type %s) requires additional missing resource.", type);
    } else if (error.code == Errc::NoUsableToken && !tokens.type.empty()) {
        error.sentence = text("No usable token (type %s) is available.", type);
    }
    return error;
}

// A volume key's file is always a file, even "-", and contains the whole key.
Error key_file_failure(Ui& ui, const keys::File& file, Error error) {
    if (error.code == Errc::Interrupted) return error;
    const char* const path = file.path.c_str();
    ui.debug("%s: %s", path, error.message.c_str());
    if (::access(path, R_OK) != 0)
        return fail_saying(Errc::InvalidArgument, "Cannot read keyfile %s.", path);
    return fail_saying(Errc::InvalidArgument, "Cannot read %" PRIu32 " bytes from keyfile %s.",
                       static_cast<std::uint32_t>(*file.options.size), path);
}

// Returns each failure in the peer's words; prints those that do not end the chain.
Error told_failure(Ui& ui, const Volume& volume, const KeyStep& step, KeyFailure how, Error error,
                   Then then) {
    if (const auto* tokens = std::get_if<keys::Token>(&step.source.from)) {
        error = token_failure(ui, *tokens, std::move(error));
        const bool none = error.code == Errc::NoUsableToken;
        // A passphrase can still open it.  Only a user who requested a token must know that there is none.
        if (then == Then::Next && (is_named(*tokens) || (none && volume.info().type == "LUKS2")))
            ui.verbose("%s", none && tokens->type.empty()
                                 ? text("No usable token is available.").c_str()
                                 : sentence_or_message(error).c_str());
        return error;
    }
    const auto* file = std::get_if<keys::File>(&step.source.from);
    if (file != nullptr && how == KeyFailure::Unread && step.source.is == KeyIs::VolumeKey)
        return key_file_failure(ui, *file, std::move(error));
    if (how == KeyFailure::Wrong && step.source.is == KeyIs::Passphrase)
        error = told_by(std::move(error), Call::Unlock);
    if (then == Then::Again) ui.report(error);
    return error;
}

// Refuses a keyslot that no passphrase can open, before anybody is asked for one.
Result<void> check_keyslot(const Volume& volume, const UnlockOptions& options) {
    if (!options.keyslot) return {};
    auto active = volume.check_active_keyslot(*options.keyslot);
    if (!active) return told_by(std::move(active).error(), Call::Unlock);
    return {};
}

// 0 means once, as in the peer.
unsigned tries(const Ui& ui) {
    return std::max(ui.tries(), 1U);
}

// The PIN is one line, typed or piped; no option names a file for it.
Result<UnlockedVolume> unlock_with_pin(Ui& ui, const Arguments& args, const Volume& volume,
                                       const keys::Token& tokens, const UnlockOptions& options) {
    if (tokens.number)
        ui.verbose("Token %d requires PIN.", *tokens.number);
    else if (!tokens.type.empty())
        ui.verbose("Token (type %s) requires PIN.", tokens.type.c_str());
    std::string prompt =
        tokens.number ? text("Enter token %d PIN: ", *tokens.number) : text("Enter token PIN: ");
    std::vector<KeyStep> steps;
    steps.push_back(passphrase_step(secret_source(args, std::move(prompt), {}, {})));
    KeyChain chain(std::move(steps), tries(ui));
    const KeyTalk talk{.reading = ui.reading(),
                       .failed = [&](const KeyStep&, KeyFailure, Error error, Then then) {
                           if (then == Then::Again) ui.report(error);
                           return error;
                       }};
    auto opened = try_keys(ui.context(), chain, talk, [&](const KeyStep&, SecretBuffer pin) {
        keys::Token with_pin{.number = tokens.number, .type = tokens.type, .opener = tokens.opener};
        with_pin.pin.emplace(std::move(pin));
        auto outcome = unlock_with_token(ui.context(), volume, with_pin, options);
        if (!outcome && outcome.error().code == Errc::TokenNeedsPin)
            return Result<UnlockedVolume>(
                fail_saying(Errc::WrongPassphrase, "No token could be unlocked with this PIN."));
        return outcome;
    });
    // The passphrase of the keyslot was not wrong; the PIN was.
    if (!opened && opened.error().code == Errc::WrongPassphrase)
        opened.error().code = Errc::TokenNeedsPin;
    return opened;
}

}  // namespace

void tell_keyslot(Ui& ui, const UnlockedVolume& opened) {
    if (opened.keyslot < 0) return;
    ui.verbose("Key slot %d unlocked.", opened.keyslot);
    if (!opened.keyslot_name.empty())
        ui.verbose("The name of key slot %d is: %s", opened.keyslot, opened.keyslot_name.c_str());
}

std::unique_ptr<TokenOpener> plugins(Ui& ui, const Arguments& args, const Volume& volume) {
    if (args.has(opt::disable_external_tokens) || volume.tokens().empty()) return nullptr;
    return external_token_opener(ui.context(), volume.device().name(),
                                 args.text(opt::external_tokens_path));
}

bool wants_token(const Arguments& args) {
    return args.has(opt::token_id) || args.has(opt::token_type) || args.has(opt::token_only);
}

Result<KeyStep> volume_key_step(const Arguments& args, const Volume& volume) {
    std::uint32_t key_bytes = volume.info().key_bytes;
    // The digest of LUKS2 does not give the length; keyslots do.
    if (key_bytes == 0) key_bytes = args.get(opt::key_size).value_or(0) / 8;
    if (key_bytes == 0)
        return fail_saying(Errc::NoUsableKeyslot,
                           "Cannot determine volume key size for LUKS without keyslots, please use "
                           "--key-size option.");
    return KeyStep{.source = volume_key_file(args.text(opt::volume_key_file), key_bytes)};
}

KeyStep token_step(const Arguments& args, Then when_wrong) {
    return {.source = {.from = keys::Token{.number = args.get(opt::token_id),
                                           .type = args.text(opt::token_type)}},
            .when_wrong = when_wrong,
            .counts = false};
}

std::optional<KeySource> described_secret(const Arguments& args) {
    const auto description = args.get(opt::key_description);
    if (!description) return std::nullopt;
    return KeySource{.from = keys::Keyring{.description = std::string(*description)}};
}

KeyStep passphrase_step(KeySource source, Attempts attempts) {
    const bool again = attempts == Attempts::AsTriesSays && source.is_a<keys::Ask>();
    return {.source = std::move(source), .when_wrong = again ? Then::Again : Then::End};
}

KeySource volume_key_file(std::string path, std::uint32_t key_bytes) {
    return {.from = keys::File{.path = std::move(path), .options = {.size = key_bytes}},
            .is = KeyIs::VolumeKey};
}

Result<SecretBuffer> read_volume_key(Ui& ui, std::string path, std::uint32_t key_bytes) {
    const KeySource source = volume_key_file(std::move(path), key_bytes);
    auto key = ui.read_secret(source);
    if (key) return key;
    return key_file_failure(ui, std::get<keys::File>(source.from), std::move(key).error());
}

Result<UnlockedVolume> unlock_by(Ui& ui, const Arguments& args, const Volume& volume,
                                 std::vector<KeyStep> steps, const UnlockOptions& options,
                                 Opened which) {
    const bool by_volume_key = steps.front().source.is == KeyIs::VolumeKey;
    if (!by_volume_key) LK_TRY(check_keyslot(volume, options));
    KeyChain chain(std::move(steps), tries(ui));
    const KeyTalk talk{
        .reading = ui.reading(),
        .failed =
            [&](const KeyStep& step, KeyFailure how, Error error, Then then) {
                return told_failure(ui, volume, step, how, std::move(error), then);
            },
        .open_token =
            [&](const keys::Token& wanted) {
                const auto opener = plugins(ui, args, volume);
                const keys::Token tokens{
                    .number = wanted.number, .type = wanted.type, .opener = opener.get()};
                auto opened = unlock_with_token(ui.context(), volume, tokens, options);
                if (opened || opened.error().code != Errc::TokenNeedsPin || !wants_token(args))
                    return opened;
                return unlock_with_pin(ui, args, volume, tokens, options);
            }};
    auto opened = unlock_with(ui.context(), volume, chain, options, talk);
    if (opened && which == Opened::Told) tell_keyslot(ui, *opened);
    return opened;
}

Result<UnlockedVolume> unlock_any(Ui& ui, const Arguments& args, const Volume& volume,
                                  std::string prompt, const UnlockOptions& options,
                                  Attempts attempts) {
    std::vector<KeyStep> steps;
    if (args.has(opt::volume_key_file)) {
        LK_ASSIGN(KeyStep step, volume_key_step(args, volume));
        steps.push_back(std::move(step));
    } else if (const auto key = args.get(opt::volume_key_keyring)) {
        steps.push_back({.source = {.from = keys::keyring_key(*key), .is = KeyIs::VolumeKey}});
    } else if (auto described = described_secret(args)) {
        steps.push_back({.source = *std::move(described)});
    } else {
        const bool only = args.has(opt::token_only);
        steps.push_back(token_step(args, only ? Then::End : Then::Next));
        if (!only)
            steps.push_back(passphrase_step(existing_secret(args, std::move(prompt)), attempts));
    }
    return unlock_by(ui, args, volume, std::move(steps), options);
}

Result<OpenedBy> unlock_with_passphrase(Ui& ui, const Volume& volume, KeySource source,
                                        const UnlockOptions& options) {
    LK_TRY(check_keyslot(volume, options));
    std::vector<KeyStep> steps;
    steps.push_back(passphrase_step(std::move(source)));
    KeyChain chain(std::move(steps), tries(ui));
    const KeyTalk talk{.reading = ui.reading(),
                       .failed = [&](const KeyStep& step, KeyFailure how, Error error, Then then) {
                           return told_failure(ui, volume, step, how, std::move(error), then);
                       }};
    std::optional<Passphrase> typed;
    auto opened = try_keys(ui.context(), chain, talk, [&](const KeyStep&, SecretBuffer secret) {
        typed.emplace(std::move(secret));
        return volume.unlock(ui.context(), *typed, options);
    });
    if (!opened) return std::move(opened).error();
    tell_keyslot(ui, *opened);
    return OpenedBy{std::move(opened).value(), *std::move(typed)};
}

Result<UnlockedVolume> unlock_once(Ui& ui, const Arguments& args, const Volume& volume,
                                   KeySource source, const UnlockOptions& options) {
    std::vector<KeyStep> steps;
    steps.push_back(passphrase_step(std::move(source), Attempts::Once));
    return unlock_by(ui, args, volume, std::move(steps), options);
}

}  // namespace latchkey::cli
