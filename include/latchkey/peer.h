// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors with the sentences, exit statuses and errnos of the peer, which users and scripts know.  One table serves
// the command line and the C interface: lib/peer/sentences.cpp.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/condition.h"
#include "latchkey/error.h"
#include "latchkey/peer_release.h"

namespace latchkey {

// The operation, where the peer has several sentences for one condition.
enum class Call : std::uint8_t {
    Any,
    Unlock,  // a secret is tried
    RemoveKeyslot,
    Resize,
    Suspend,
};

// Returns the error with the sentence that the peer uses in this operation, if it has one.  The message stays.
[[nodiscard]] LATCHKEY_API Error told_by(Error error, Call call);

// Returns a log message or hint as a sentence: "keyslot 3 is damaged" -> "Keyslot 3 is damaged."  Text that already
// ends like a sentence stays unchanged.
[[nodiscard]] LATCHKEY_API std::string sentence(std::string_view message);

// Returns the sentence to print for an error: its `sentence`, else the peer's for its condition, else the peer's for
// its kind, else its message.
[[nodiscard]] LATCHKEY_API std::string peer_words(const Error& error,
                                                  PeerRelease release = built_peer_release());

// Returns the same for use inside a longer line, without the full stop.  An error that has only the sentence of its
// kind gives its message.
[[nodiscard]] LATCHKEY_API std::string phrase(const Error& error);

// Returns the specific sentence of an error, from an interface or from the peer's table of conditions; else the
// message.
[[nodiscard]] LATCHKEY_API std::string sentence_or_message(const Error& error);

// Returns whether the message has more detail than peer_words(), so that it belongs in the debug log or in JSON.
[[nodiscard]] LATCHKEY_API bool message_says_more(const Error& error);

// Returns whether the peer has a sentence for the condition.
[[nodiscard]] LATCHKEY_API bool has_peer_sentence(const Error& error);

// Return the value in the error, else that of its condition, which may depend on the release, else that of its kind.
[[nodiscard]] LATCHKEY_API int exit_status_of(const Error& error,
                                              PeerRelease release = built_peer_release());
[[nodiscard]] LATCHKEY_API int errno_of(const Error& error,
                                        PeerRelease release = built_peer_release());  // positive

}  // namespace latchkey
