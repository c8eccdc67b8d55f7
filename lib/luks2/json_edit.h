// SPDX-License-Identifier: LGPL-2.1-or-later
// Edits the JSON document.  Pure; uses the peer's member order and keeps unknown members.  The functions take a
// document that was checked (Metadata::edited provides one) and numbers that the caller has looked up; an unknown
// number is an assertion failure.  Metadata::edited checks the result.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Returns {"keyslots":{},"tokens":{},"segments":{},"digests":{},"config":{json_size, keyslots_size}}.
[[nodiscard]] Json empty_document(std::uint64_t header_size, std::uint64_t keyslots_size);

// --- keyslots ---
//
// Adds a luks2 keyslot under the free number `slot.number`: type, key_size, af, area, kdf, and priority unless it is
// Normal.  The keyslot still needs a digest (link_keyslot).
void add_keyslot(Json& document, const Keyslot& slot);
// Replaces key_size, af, area and kdf in place; other members, priority and links stay.
void replace_keyslot(Json& document, const Keyslot& slot);
// Removes the keyslot, and its number from all digests and tokens.
void remove_keyslot(Json& document, int number);
// Exchanges the objects of two numbers, with their priorities.  Links in digests and tokens stay with the numbers.
void swap_keyslots(Json& document, int a, int b);
// Gives the keyslot a free number and updates digests and tokens; the rest of the keyslot stays.
void renumber_keyslot(Json& document, int from, int to);
void set_priority(Json& document, int number, Priority priority);

// --- segments, digests ---
//
// Adds type, offset, size, and for "crypt" iv_tweak, encryption, sector_size; flags if there are any.
void add_segment(Json& document, const Segment& segment);
// Adds type, keyslots, segments, hash, iterations, salt, digest.
void add_digest(Json& document, const Digest& digest);
void remove_digest(Json& document, int number);
// Adds the name to the array or removes it; does nothing if this is done already.
void link_keyslot(Json& document, int digest, int keyslot);
void unlink_keyslot(Json& document, int digest, int keyslot);
// Makes `digest` the only digest that verifies the segment's key.
void link_segment(Json& document, int digest, int segment);

// --- the segments of a reencryption ---
//
// Replaces all segments that are not flagged backup-* by these, numbered from 0.  The flagged ones follow with the
// next numbers, and stay in their digests.
void replace_regular_segments(Json& document, const std::vector<Segment>& segments);
// Makes `digest` verify the key of these segments too.
void link_regular_segments(Json& document, int digest, const std::vector<int>& segments);

// The start of a reencryption of the only segment, 0, from `previous` to `final`.
struct ReencryptionStart {
    Keyslot keyslot;  // of type reencrypt
    Segment previous;
    Segment final;
    std::optional<Segment> moved = {};
    Digest proof;                        // of the keyslot
    int version = 2;                     // of the requirement
    std::optional<int> old_digest = {};  // nothing = the data were not encrypted
    std::optional<int> new_digest = {};  // nothing = decryption
};
// Adds the keyslot, the flagged segments and the proof; segment 0 stays, in the digests that it has.
void begin_reencryption(Json& document, const ReencryptionStart& start);
// Makes the segment flagged backup-final the only one.  `digest` verifies its key (nothing = no key).  Removes the
// requirements of the reencryption.
void end_reencryption(Json& document, std::optional<int> digest);

// --- tokens ---
//
// Stores the object `token` unchanged; replaces an existing one in its place.
void set_token(Json& document, int number, Json token);
void remove_token(Json& document, int number);
void assign_token(Json& document, int token, int keyslot);
void unassign_token(Json& document, int token, int keyslot);

// --- config ---
// Empty lists remove the member.
void set_flags(Json& document, const std::vector<std::string>& flags);
void set_requirements(Json& document, const std::vector<std::string>& mandatory);

// Removes digests without keyslots and segments, and empty requirements.
void drop_unused(Json& document);

}  // namespace latchkey::luks2
