// SPDX-License-Identifier: LGPL-2.1-or-later
// The peer's sentences.
#pragma once

#include <optional>
#include <string>

#include "latchkey/peer.h"

namespace latchkey::peer {

struct Sentence {
    Condition condition;
    Call call;
    // Untranslated.  %s is the error's name, a number is its `number` or else its `limit`; "" = the error's message is
    // shown.
    const char* text;
    // Set if they differ from those of the error's kind.
    int exit_status = 0;
    int errno_value = 0;
    std::optional<Errc> code = {};
    PeerRelease since =
        PeerRelease::Of2004;  // the row replaces the one above it from this release on
};

// Returns the row for this call, or else the one for any call; nullptr if there is none.
[[nodiscard]] const Sentence* find(Condition condition, Call call,
                                   PeerRelease release = built_peer_release());

// Returns the sentence of a row, translated, with the error's name and numbers inserted.
[[nodiscard]] std::string filled(const Sentence& sentence, const Error& error);

}  // namespace latchkey::peer
