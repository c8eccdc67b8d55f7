// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules of docs/formats/luks2.md section 3, by object.  Each function reads one kind of object from the document
// and checks it; CorruptHeader names the member and the values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "latchkey/error.h"
#include "luks2/metadata.h"
#include "luks2/metadata_json.h"

namespace latchkey::luks2 {

// R1
[[nodiscard]] Result<std::vector<std::string>> read_requirements(const Node& root);
// T1
[[nodiscard]] Result<std::vector<Token>> read_tokens(const Node& root);
// D1
[[nodiscard]] Result<std::vector<Digest>> read_digests(const Node& root);
// S1 .. S10
[[nodiscard]] Result<std::vector<Segment>> read_segments(
    const Node& root, const std::vector<Digest>& digests,
    const std::vector<std::string>& requirements);
// K1, A1, and those parts of L1 and L2 that concern a single keyslot
[[nodiscard]] Result<std::vector<Keyslot>> read_keyslots(const Node& root);
// C1, C3, J1
[[nodiscard]] Result<Config> read_config(const Node& root, std::uint64_t header_size,
                                         std::vector<std::string> requirements);
// C2
[[nodiscard]] Result<void> check_data_offset(const std::vector<Segment>& segments,
                                             const Config& config, std::uint64_t header_size);
// A2
[[nodiscard]] Result<void> check_areas(const std::vector<Keyslot>& keyslots, const Config& config,
                                       std::uint64_t header_size);
// L1 and L2 between objects
[[nodiscard]] Result<void> check_keyslot_digests(const std::vector<Keyslot>& keyslots,
                                                 const std::vector<Digest>& digests);
[[nodiscard]] Result<void> check_reencrypt_keyslot(const std::vector<Keyslot>& keyslots,
                                                   const std::vector<std::string>& requirements);

// Returns the lowest offset of a segment that is not a backup, in bytes.
[[nodiscard]] std::uint64_t lowest_offset(const std::vector<Segment>& segments);

// Section 7: removes members that versions before 2.0.3 left in the kdf object when its type changed.  Returns false
// if there was nothing to remove, or the document has no such object.
[[nodiscard]] bool drop_leftover_kdf_members(Json& document);

}  // namespace latchkey::luks2
