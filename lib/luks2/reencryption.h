// SPDX-License-Identifier: LGPL-2.1-or-later
// A reencryption that has begun and not ended, as the header says it; docs/formats/luks2.md section 11.
#pragma once

#include <optional>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/key_ring.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Refers to the metadata it was read from.
struct Reencryption {
    const Keyslot* keyslot = nullptr;   // of type "reencrypt": mode, direction, resilience
    const Segment* previous = nullptr;  // flagged backup-previous: all of the data as they were
    const Segment* final = nullptr;     // flagged backup-final: all of the data as they will be
    const Segment* moved = nullptr;     // flagged backup-moved-segment; null = none
    const Segment* hot = nullptr;  // flagged in-reencryption: its write was cut short; null = none
    const Digest* old_key = nullptr;  // of `previous`; null = the data were not encrypted
    const Digest* new_key = nullptr;  // of `final`; null = they will not be.  May be `old_key`
    const Digest* proof = nullptr;    // of `keyslot`: over the keys and all of the above
    int version = 0;                  // of the requirement: 2 or 3
};

// Nothing for a header without such a requirement.  NotSupported for one of the first version, which has no proof;
// CorruptHeader if a part of it is missing.
[[nodiscard]] Result<std::optional<Reencryption>> reencryption_of(const Metadata& metadata);

// The digests whose keys the data have, the old one first; one where both are the same, one of both is in clear, or no
// old data are left.
[[nodiscard]] std::vector<const Digest*> data_digests(const Metadata& metadata);

// That nobody without the keys wrote the reencryption into the header (CVE-2021-4122): `keys` are the old and the new
// one, as data_digests() has them.  CorruptHeader if not.
[[nodiscard]] Result<void> check_proof(Context& context, const Reencryption& reencryption,
                                       const KeyRing& keys);

// What the proof is a digest of.
[[nodiscard]] Result<SecretBuffer> proven_bytes(const Reencryption& reencryption,
                                                const KeyRing& keys);

}  // namespace latchkey::luks2
