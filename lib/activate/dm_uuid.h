// SPDX-License-Identifier: LGPL-2.1-or-later
// Device-mapper's uuids as the peer writes them: "CRYPT-LUKS2-<32 hex digits>-<name>"; docs/formats/device-mapper.md section 4.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::activate {

inline constexpr std::size_t kMaxDmName = 127;  // bytes, the kernel's limit
inline constexpr std::size_t kMaxDmUuid = 128;

// `uuid` has dashes, or is "".  Cuts a uuid that is too long for the kernel, as the peer does, and sets `*cut`.
[[nodiscard]] std::string make_dm_uuid(std::string_view type, std::string_view uuid,
                                       std::string_view name, bool* cut = nullptr);

struct DmUuid {
    std::string type = {};  // "LUKS2", "PLAIN"; "" for devices of other programs
    std::string uuid = {};  // with dashes; "" = none
};
[[nodiscard]] DmUuid parse_dm_uuid(std::string_view text);

// InvalidArgument if the name is empty, too long, "." or "..", or contains a '/'.
[[nodiscard]] Result<void> check_name(std::string_view name);

}  // namespace latchkey::activate
