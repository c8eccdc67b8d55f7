// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs chains: the secret of each step is tried at once.
#include <utility>

#include "latchkey/key_source.h"

namespace latchkey {
namespace {

Result<UnlockedVolume> try_step(const Context& context, const KeyChain& chain, const KeyTalk& talk,
                                const KeyAttempt& attempt, KeyFailure& how) {
    const KeyStep& step = *chain.current();
    SecretBuffer secret;
    how = KeyFailure::Unread;
    if (!step.source.is_a<keys::Token>()) {
        LK_ASSIGN(secret, read_secret(context, step.source, talk.reading, chain.retry()));
    }
    how = KeyFailure::Wrong;
    return attempt(step, std::move(secret));
}

}  // namespace

Result<UnlockedVolume> try_keys(const Context& context, KeyChain& chain, const KeyTalk& talk,
                                const KeyAttempt& attempt) {
    while (const KeyStep* step = chain.current()) {
        KeyFailure how = KeyFailure::Unread;
        auto opened = try_step(context, chain, talk, attempt, how);
        if (opened) return opened;
        const Then then = chain.failed(how, opened.error());
        Error error = std::move(opened).error();
        if (talk.failed) error = talk.failed(*step, how, std::move(error), then);
        if (then == Then::End) return error;
    }
    return fail(Errc::NoUsableKeyslot, "no source of a key is given");
}

Result<UnlockedVolume> unlock_with(Context& context, const Volume& volume, KeyChain& chain,
                                   const UnlockOptions& options, const KeyTalk& talk) {
    return try_keys(
        context, chain, talk,
        [&](const KeyStep& step, SecretBuffer secret) -> Result<UnlockedVolume> {
            if (const auto* tokens = std::get_if<keys::Token>(&step.source.from))
                return talk.open_token ? talk.open_token(*tokens)
                                       : unlock_with_token(context, volume, *tokens, options);
            if (step.source.is == KeyIs::Passphrase)
                return volume.unlock(context, Passphrase(std::move(secret)), options);
            LK_ASSIGN(VolumeKey key, volume.verify(context, CandidateKey(std::move(secret))));
            return UnlockedVolume{.key = std::move(key)};
        });
}

}  // namespace latchkey
