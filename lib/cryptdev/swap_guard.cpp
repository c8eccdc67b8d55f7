// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/swap_guard.h"

#include <algorithm>

#include "base/i18n.h"
#include "latchkey/crypt_device.h"
#include "latchkey/sectors.h"

namespace latchkey {

Result<void> decide_swap_target(const std::string& device, const std::vector<Signature>& found,
                                std::string_view expected) {
    const std::string_view allowed = expected.empty() ? "swap" : expected;
    std::string names;
    bool all_allowed = true;
    for (const Signature& signature : found) {
        if (!names.empty()) names += ", ";
        names += signature.name;
        all_allowed = all_allowed && signature.name == allowed;
    }
    if (found.empty() && expected == "none") return {};
    if (!expected.empty() && found.empty())
        return fail(Errc::Refused,
                    "device %s has no signature, '%.*s' was expected: is it another one?",
                    device.c_str(), static_cast<int>(expected.size()), expected.data());
    if (all_allowed) return {};
    if (!expected.empty())
        return fail(Errc::Refused,
                    "device %s has a signature of %s, '%.*s' was expected: a random key "
                    "would destroy what is there",
                    device.c_str(), names.c_str(), static_cast<int>(expected.size()),
                    expected.data());
    return fail(Errc::Refused,
                "device %s has a signature of %s: a random key would destroy what is there",
                device.c_str(), names.c_str())
        .with_hint(translate(
            "name the device by /dev/disk/by-id or PARTUUID; if it is the right one, say which "
            "signature it has, or wipe it"));
}

Result<std::string> label_before(const Device& device, const std::vector<Signature>& found,
                                 std::uint64_t offset_sectors) {
    if (found.size() != 1 || !found.front().name.starts_with("ext")) return std::string();
    LK_ASSIGN(const auto bytes, file_system_bytes(device));
    return bytes && *bytes > 0 && *bytes / kSectorSize <= offset_sectors ? found.front().name
                                                                         : std::string();
}

Result<void> check_key_for_device(const VolumeKey& key, const MappingPlan& plan,
                                  const Device& device, std::string_view expected) {
    if (!key.is_random() || key.size() == 0 || !plan.uuid.empty()) return {};
    return check_random_key_target(device, plan, expected);
}

Result<void> check_random_key_target(const Device& device, const MappingPlan& plan,
                                     std::string_view expected) {
    if (plan.segments.empty()) return {};
    if (!expected.empty()) return check_swap_target(device, expected);
    LK_ASSIGN(const auto found, find_plaintext_signatures(device));
    LK_ASSIGN(const std::string label,
              label_before(device, found, plan.lowest().front().device_offset));
    return decide_swap_target(device.name(), found, label);
}

Result<void> check_swap_target(const Device& device, std::string_view expected) {
    LK_ASSIGN(const auto found, find_plaintext_signatures(device));
    return decide_swap_target(device.name(), found, expected);
}

}  // namespace latchkey
