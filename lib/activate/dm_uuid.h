// SPDX-License-Identifier: LGPL-2.1-or-later
// Device-mapper's uuids as the peer writes them: "CRYPT-LUKS2-<32 hex digits>-<name>"; docs/formats/device-mapper.md section 4.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/error.h"

namespace latchkey::activate {

inline constexpr std::size_t kMaxDmName = 127;  // bytes, as the kernel has room for
inline constexpr std::size_t kMaxDmUuid = 128;

// `uuid` with dashes, or "".  Longer ones than the kernel takes are cut, as the peer does; `*cut` says so.
[[nodiscard]] std::string make_dm_uuid(std::string_view type, std::string_view uuid,
                                       std::string_view name, bool* cut = nullptr);

struct DmUuid {
    std::string type = {};  // "LUKS2", "PLAIN"; "" for others' devices
    std::string uuid = {};  // with dashes; "" = none
};
[[nodiscard]] DmUuid parse_dm_uuid(std::string_view text);

// InvalidArgument: empty, too long, "." or "..", or with a '/' in it.
[[nodiscard]] Result<void> check_name(std::string_view name);

}  // namespace latchkey::activate
