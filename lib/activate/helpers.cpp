// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/helpers.h"

#include <string>

#include "activate/crypt_params.h"
#include "base/bytes.h"

namespace latchkey::activate {

// The table of "crypt" names its device in the fourth word, that of "linear" and "integrity" in the first.
std::optional<std::pair<std::uint32_t, std::uint32_t>> device_below(const DmTarget& target) {
    const std::string_view text = as_text(target.parameters.bytes());
    if (target.type != "crypt") return parse_device_number(text.substr(0, text.find(' ')));
    const auto params = parse_crypt_params(text);
    return params ? parse_device_number(params->device) : std::nullopt;
}

bool is_helper(const BlockFacts& device, const DmUuid& of, std::string_view name) {
    if (device.dm_name.empty()) return false;
    const DmUuid own = parse_dm_uuid(device.dm_uuid);
    if (own.uuid != of.uuid) return false;
    if (own.type == "INTEGRITY")
        return !of.uuid.empty() && device.dm_name == std::string(name) + "_dif";
    // Where there is no uuid of a header, the name tells whose it is.
    return own.type == kHelperType &&
           (!of.uuid.empty() || device.dm_name.starts_with(std::string(name) + "_"));
}

}  // namespace latchkey::activate
