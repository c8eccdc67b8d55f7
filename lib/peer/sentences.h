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
    // Untranslated.  %s is the error's name, a number its `number` or else its `limit`; "" = the message is told.
    const char* text;
    // Where they are not those of the error's kind.
    int exit_status = 0;
    int errno_value = 0;
    std::optional<Errc> code = {};
};

// The row for this call, else for any; nullptr if there is none.
[[nodiscard]] const Sentence* find(Condition condition, Call call);

// The sentence of a row, translated, with the error's name and numbers.
[[nodiscard]] std::string filled(const Sentence& sentence, const Error& error);

}  // namespace latchkey::peer
