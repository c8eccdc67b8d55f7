// SPDX-License-Identifier: LGPL-2.1-or-later
// Segments: which runs of the data device the volume key decrypts, and what is to be mapped for that.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "luks2/metadata.h"
#include "model/mapping_plan.h"

namespace latchkey::luks2 {

// Activation flags that mappings know.  Others in a header are ignored, as the reference does.
[[nodiscard]] bool is_known_flag(std::string_view flag);

// Length of the volume key, as the keyslots bound to the data say; nothing without such keyslots.
[[nodiscard]] std::optional<std::uint32_t> volume_key_bytes(const Metadata& metadata);
inline constexpr std::uint32_t kDefaultKeyBytes = 64;  // of areas, where no volume key is known

// Pure.  NotSupported names the segment's type, integrity or a reencryption that has not ended.
[[nodiscard]] Result<model::MappingPlan> plan_segments(const Metadata& metadata,
                                                       std::size_t key_bytes);

}  // namespace latchkey::luks2
