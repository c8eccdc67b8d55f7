// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/unlocking.h"

#include "cli/options.h"
#include "text/format.h"
#include "text/wording.h"

namespace latchkey::cli {
namespace {

Result<UnlockedVolume> verify_keyring_key(Ui& ui, const Arguments& args, const Volume& volume) {
    LK_ASSIGN(CandidateKey candidate, keyring_volume_key(*args.get(opt::volume_key_keyring)));
    auto key = volume.verify(ui.context(), std::move(candidate));
    if (!key) return std::move(key).error();
    return UnlockedVolume{.key = std::move(key).value()};
}

Result<UnlockedVolume> unlock_by_description(Ui& ui, const Arguments& args, const Volume& volume,
                                             const UnlockOptions& options) {
    LK_ASSIGN(const Passphrase passphrase, keyring_passphrase(*args.get(opt::key_description)));
    auto opened = volume.unlock(ui.context(), passphrase, options);
    if (!opened) return told_by(std::move(opened).error(), Call::Unlock);
    ui.tell_keyslot(*opened);
    return opened;
}

// The peer's words for a token that was asked for and did not open; the reason stays for --debug.
Error token_failure(Ui& ui, const Arguments& args, Error error) {
    ui.debug("%s", error.message.c_str());
    if (error.code == Errc::WrongPassphrase) {
        if (const auto id = args.get(opt::token_id))
            error.sentence =
                text("Token %d cannot unlock assigned keyslot(s) (wrong keyslot passphrase).", *id);
        else if (args.has(opt::token_type))
            error.sentence = text(
                "Token (type %s) cannot unlock assigned keyslot(s) (wrong keyslot passphrase).",
                args.text(opt::token_type).c_str());
        else
            error.sentence = text("No token opens a keyslot: %s.", error.message.c_str());
    } else if (error.code == Errc::NoDevice) {
        error = std::move(error).exits_with(1);
        if (const auto id = args.get(opt::token_id))
            error.sentence = text("Token %d requires additional missing resource.", *id);
        else if (args.has(opt::token_type))
            error.sentence = text("Token (type %s) requires additional missing resource.",
                                  args.text(opt::token_type).c_str());
    } else if (error.code == Errc::NoUsableToken && args.has(opt::token_type)) {
        error.sentence =
            text("No usable token (type %s) is available.", args.text(opt::token_type).c_str());
    }
    return error;
}

// The PIN is a line, typed or by pipe; nobody calls a file of it.
Result<UnlockedVolume> unlock_with_pin(Ui& ui, const Arguments& args, const Volume& volume,
                                       TokenUnlockOptions tokens) {
    const auto id = args.get(opt::token_id);
    if (id)
        ui.verbose("Token %d requires PIN.", *id);
    else if (args.has(opt::token_type))
        ui.verbose("Token (type %s) requires PIN.", args.text(opt::token_type).c_str());
    const SecretRequest request{.prompt = id ? text("Enter token %d PIN: ", *id)
                                             : text("Enter token PIN: ")};
    auto opened = ui.with_tries(request, [&](const Passphrase& pin) {
        tokens.pin = &pin;
        auto outcome = unlock_with_token(ui.context(), volume, tokens);
        if (!outcome && outcome.error().code == Errc::TokenNeedsPin)
            return Result<UnlockedVolume>(
                fail_saying(Errc::WrongPassphrase, "No token could be unlocked with this PIN."));
        return outcome;
    });
    // Not the keyslot's passphrase was wrong.
    if (!opened && opened.error().code == Errc::WrongPassphrase)
        opened.error().code = Errc::TokenNeedsPin;
    return opened;
}

}  // namespace

std::unique_ptr<TokenOpener> plugins(Ui& ui, const Arguments& args, const Volume& volume) {
    if (args.has(opt::disable_external_tokens) || volume.tokens().empty()) return nullptr;
    return external_token_opener(ui.context(), volume.device().name(),
                                 args.text(opt::external_tokens_path));
}

bool wants_token(const Arguments& args) {
    return args.has(opt::token_id) || args.has(opt::token_type) || args.has(opt::token_only);
}

Result<UnlockedVolume> unlock_by_token(Ui& ui, const Arguments& args, const Volume& volume,
                                       const UnlockOptions& options) {
    const auto opener = plugins(ui, args, volume);
    TokenUnlockOptions tokens{.token = args.get(opt::token_id),
                              .type = args.text(opt::token_type),
                              .keyslot = options.keyslot,
                              .any_segment = options.any_segment,
                              .opener = opener.get()};
    auto opened = unlock_with_token(ui.context(), volume, tokens);
    if (!opened && opened.error().code == Errc::TokenNeedsPin && wants_token(args))
        opened = unlock_with_pin(ui, args, volume, tokens);
    if (!opened) return token_failure(ui, args, std::move(opened).error());
    ui.tell_keyslot(*opened);
    return opened;
}

Result<UnlockedVolume> unlock_any(Ui& ui, const Arguments& args, const Volume& volume,
                                  std::string prompt, const UnlockOptions& options,
                                  Attempts attempts) {
    if (args.has(opt::volume_key_file)) return verify_volume_key(ui, args, volume);
    if (args.has(opt::volume_key_keyring)) return verify_keyring_key(ui, args, volume);
    if (args.has(opt::key_description)) return unlock_by_description(ui, args, volume, options);
    auto by_token = unlock_by_token(ui, args, volume, options);
    if (by_token || args.has(opt::token_only)) return by_token;
    const Errc code = by_token.error().code;
    if (code == Errc::Interrupted) return by_token;
    // A person can still open it; that there are no tokens is news only to who asked for one.
    if (wants_token(args) || (code == Errc::NoUsableToken && volume.info().type == "LUKS2"))
        ui.verbose("%s", code == Errc::NoUsableToken && !args.has(opt::token_type)
                             ? text("No usable token is available.").c_str()
                             : sentence_or_message(by_token.error()).c_str());
    const SecretRequest request = existing_secret(args, std::move(prompt));
    if (attempts == Attempts::Once) return unlock_once(ui, volume, request, options);
    auto opened = ui.unlock(volume, request, options);
    if (!opened) return told_by(std::move(opened).error(), Call::Unlock);
    return opened;
}

}  // namespace latchkey::cli
