// SPDX-License-Identifier: LGPL-2.1-or-later
// A reencryption in progress, as the header describes it; docs/formats/luks2.md section 11.
#pragma once

#include <optional>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/key_ring.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Refers to the metadata that it was read from.
struct Reencryption {
    const Keyslot* keyslot = nullptr;   // of type "reencrypt": mode, direction, resilience
    const Segment* previous = nullptr;  // flagged backup-previous: all data before the reencryption
    const Segment* final = nullptr;     // flagged backup-final: all data after it
    const Segment* moved = nullptr;     // flagged backup-moved-segment; null = none
    const Segment* hot = nullptr;       // flagged in-reencryption: interrupted write; null = none
    const Digest* old_key = nullptr;    // of `previous`; null = the data were not encrypted
    const Digest* new_key = nullptr;    // of `final`; null = data in clear.  May equal `old_key`
    const Digest* proof = nullptr;      // of `keyslot`: over the keys and all of the above
    int version = 0;                    // of the requirement: 2 or 3
};

// Returns nothing for a header without this requirement.  NotSupported for the first version, which has no proof;
// CorruptHeader if a part is missing.
[[nodiscard]] Result<std::optional<Reencryption>> reencryption_of(const Metadata& metadata);

// Returns the digests of the keys that the data have, the old one first.  One digest if both keys are the same, if
// one side is in clear, or if no old data are left.
[[nodiscard]] std::vector<const Digest*> data_digests(const Metadata& metadata);

// Checks that the reencryption in the header was written by somebody with the keys (CVE-2021-4122).  `keys` are the
// old and the new one, as data_digests() orders them.  CorruptHeader if not.
[[nodiscard]] Result<void> check_proof(Context& context, const Reencryption& reencryption,
                                       const KeyRing& keys);

// Returns the bytes that the proof is a digest of.
[[nodiscard]] Result<SecretBuffer> proven_bytes(const Reencryption& reencryption,
                                                const KeyRing& keys);

}  // namespace latchkey::luks2
