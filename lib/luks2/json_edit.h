// SPDX-License-Identifier: LGPL-2.1-or-later
// Edits of the JSON document: pure, in the reference's member order, keeping members that we do not know.
// They take a document that was checked (Metadata::edited hands one out) and numbers that the caller has
// looked up; a number that is not there is an assertion.  Metadata::edited checks the result.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "luks2/metadata.h"

namespace latchkey::luks2 {

// {"keyslots":{},"tokens":{},"segments":{},"digests":{},"config":{json_size, keyslots_size}}
[[nodiscard]] Json empty_document(std::uint64_t header_size, std::uint64_t keyslots_size);

// --- keyslots ---
// `slot.number` must be free.  Writes type, key_size, af, area, kdf of a luks2 keyslot, and priority
// unless it is Normal.  The keyslot still needs a digest (link_keyslot).
void add_keyslot(Json& document, const Keyslot& slot);
// Writes key_size, af, area and kdf anew in place; other members, priority and links stay.
void replace_keyslot(Json& document, const Keyslot& slot);
// Removes it from keyslots, and its name from all digests and tokens.
void remove_keyslot(Json& document, int number);
// Exchanges the objects under two numbers, priorities too.  Links in digests and tokens stay with the numbers.
void swap_keyslots(Json& document, int a, int b);
// The keyslot gets a number that is free; what digests and tokens say of it follows, and all else in it stays.
void renumber_keyslot(Json& document, int from, int to);
void set_priority(Json& document, int number, Priority priority);

// --- segments, digests ---
// type, offset, size, and for "crypt" iv_tweak, encryption, sector_size; flags if there are any.
void add_segment(Json& document, const Segment& segment);
// type, keyslots, segments, hash, iterations, salt, digest.
void add_digest(Json& document, const Digest& digest);
void remove_digest(Json& document, int number);
// Adds or removes the name in the array; what is as wanted already stays.
void link_keyslot(Json& document, int digest, int keyslot);
void unlink_keyslot(Json& document, int digest, int keyslot);
// The segment's key is from now on the one that `digest` verifies, and no other.
void link_segment(Json& document, int digest, int segment);

// --- a reencryption's segments ---
// These, numbered from 0, in the place of all that are not flagged backup-*; those follow, with the next numbers, and stay
// in their digests.
void replace_regular_segments(Json& document, const std::vector<Segment>& segments);
// `digest` verifies the key of these, too.
void link_regular_segments(Json& document, int digest, const std::vector<int>& segments);

// A reencryption of the only segment, 0, from `previous` to `final`.
struct ReencryptionStart {
    Keyslot keyslot;  // of type reencrypt
    Segment previous;
    Segment final;
    Digest proof;  // of the keyslot
    int old_digest = 0;
    std::optional<int> new_digest = {};  // nothing = it is decrypted
};
void begin_reencryption(Json& document, const ReencryptionStart& start);
// The segment flagged backup-final becomes the only one, which `digest` (nothing = none) verifies the key of; the
// requirements that say that the volume is reencrypted go.
void end_reencryption(Json& document, std::optional<int> digest);

// --- tokens ---
// `token` is the token's object, stored as it is.  Replaces one that is there, in place.
void set_token(Json& document, int number, Json token);
void remove_token(Json& document, int number);
void assign_token(Json& document, int token, int keyslot);
void unassign_token(Json& document, int token, int keyslot);

// --- config ---
// Empty lists remove the member.
void set_flags(Json& document, const std::vector<std::string>& flags);
void set_requirements(Json& document, const std::vector<std::string>& mandatory);

// Digests that list neither keyslots nor segments, and requirements that are empty, go.
void drop_unused(Json& document);

}  // namespace latchkey::luks2
