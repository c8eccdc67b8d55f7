// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors in the words, exit statuses and errnos that people and scripts know from the peer: one table for the command
// and the C interface, lib/peer/sentences.cpp.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/condition.h"
#include "latchkey/error.h"

namespace latchkey {

// What was being done, where the peer tells one condition in several ways.
enum class Call : std::uint8_t {
    Any,
    Unlock,  // a secret is tried
    RemoveKeyslot,
    Resize,
    Suspend,
};

// The error as the peer tells it of this call; for errors of which it has other words there.  The message stays.
[[nodiscard]] LATCHKEY_API Error told_by(Error error, Call call);

// A log line or a hint as a line of its own: "keyslot 3 is damaged" -> "Keyslot 3 is damaged."  What ends like a sentence
// stays as it is.
[[nodiscard]] LATCHKEY_API std::string sentence(std::string_view message);

// What a person is told of an error, as a sentence: its own `sentence`, else the peer's for its condition, else what the
// peer says of all errors of its kind, else its message.
[[nodiscard]] LATCHKEY_API std::string peer_words(const Error& error);

// The same inside a longer line, without the full stop; for an error that has none but its kind's, the message.
[[nodiscard]] LATCHKEY_API std::string phrase(const Error& error);

// The sentence of this very error where there is one, a face's or the peer's for its condition; else the message.
[[nodiscard]] LATCHKEY_API std::string sentence_or_message(const Error& error);

// Whether peer_words() says less than the message, which is then a detail worth keeping: for the debug log, for JSON.
[[nodiscard]] LATCHKEY_API bool message_says_more(const Error& error);

// Whether the condition has a sentence of the peer's.
[[nodiscard]] LATCHKEY_API bool has_peer_sentence(const Error& error);

// The error's own, else its condition's, else its kind's.
[[nodiscard]] LATCHKEY_API int exit_status_of(const Error& error);
[[nodiscard]] LATCHKEY_API int errno_of(const Error& error);  // positive

}  // namespace latchkey
