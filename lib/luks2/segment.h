// SPDX-License-Identifier: LGPL-2.1-or-later
// Segments: the ranges of the data device that the volume key decrypts, and the plan for mapping them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "luks2/metadata.h"
#include "model/mapping_plan.h"

namespace latchkey::luks2 {

// Returns whether mappings know this activation flag.  Other flags in a header are ignored, as by the peer.
[[nodiscard]] bool is_known_flag(std::string_view flag);

// Returns the length of the volume key from the keyslots bound to the data; nothing without such keyslots.
[[nodiscard]] std::optional<std::uint32_t> volume_key_bytes(const Metadata& metadata);
// Returns the length of the key that a reencryption replaces; nothing if none is in progress.
[[nodiscard]] std::optional<std::uint32_t> old_key_bytes(const Metadata& metadata);
inline constexpr std::uint32_t kDefaultKeyBytes = 64;  // for areas, if no volume key is known

// Returns the segments of the volume key, which a new one takes over.
[[nodiscard]] std::vector<int> volume_segments(const Metadata& metadata);
// Checks that the data's cipher accepts the length of a new volume key.  InvalidArgument.
[[nodiscard]] Result<void> check_new_volume_key(const Metadata& metadata, std::size_t key_bytes);

// Returns those keys of `given` that the data have, in the order of data_digests().  NoUsableKeyslot if one is
// missing.
[[nodiscard]] Result<KeyRing> keys_of_data(const Metadata& metadata, const KeyRing& given);

// Refuses segments that no key can map: NotSupported for the type, CorruptHeader for values that cannot be used.  Pure.
[[nodiscard]] Result<void> check_segments(const Metadata& metadata);

// Pure.  The plan's keys are in the order of `keys`.  NotSupported names the segment's type or integrity, or says that the
// reencryption's last write there was cut short.
[[nodiscard]] Result<model::MappingPlan> plan_segments(const Metadata& metadata,
                                                       const KeyRing& keys);

}  // namespace latchkey::luks2
