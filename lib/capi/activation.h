// SPDX-License-Identifier: LGPL-2.1-or-later
// From a secret to a mapping, or to the knowledge that it is the right one.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "capi/device.h"
#include "capi/keyslot_context.h"
#include "latchkey/mapping.h"

namespace latchkey::capi {

// Programs give the path of the mapping's node for its name, which libdevmapper takes, too.
[[nodiscard]] std::string_view mapped_name(const char* name);

// What is active under a name; NoDevice if the name is nobody's.
[[nodiscard]] Result<MappingInfo> active_mapping(Context& context, std::string_view name);

// Opens the loaded LUKS volume by whatever `kc` is: its key and keyslot, or a negative errno that was told of where
// the peer tells.  A wrong secret is a silent -EPERM, or -ENOENT for a keyslot that cannot be tried.
class Opening {
  public:
    explicit Opening(int failure) : failure_(failure) {}
    explicit Opening(UnlockedVolume unlocked) : unlocked_(std::move(unlocked)) {}
    [[nodiscard]] bool worked() const { return unlocked_.has_value(); }
    [[nodiscard]] int failure() const { return failure_; }
    [[nodiscard]] UnlockedVolume& unlocked() { return *unlocked_; }
    // What the call answers: the keyslot, or 0 where the key itself was given.
    [[nodiscard]] int answer() const { return unlocked_->keyslot < 0 ? 0 : unlocked_->keyslot; }

  private:
    int failure_ = 0;
    std::optional<UnlockedVolume> unlocked_ = {};
};
[[nodiscard]] Opening open_volume(crypt_device& cd, int keyslot, crypt_keyslot_context& kc, bool any_segment);

// crypt_activate_by_keyslot_context() and all its kin.  `name` may be nullptr.
[[nodiscard]] int activate(crypt_device& cd, const char* name, int keyslot, crypt_keyslot_context& kc,
                           std::uint32_t flags);

// The volume's own mapping under `name`, with what the caller is told if there is none or another's.
[[nodiscard]] int resume(crypt_device& cd, const char* name, int keyslot, crypt_keyslot_context& kc);

// A keyslot context for the calls that bring their secret along: -EINVAL where there is none.
template <typename Source>
crypt_keyslot_context made_context(Source source) {
    return {.source = std::move(source)};
}

}  // namespace latchkey::capi
