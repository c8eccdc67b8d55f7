// SPDX-License-Identifier: LGPL-2.1-or-later
// From a secret to a mapping, or to the knowledge that it is the right one.
#pragma once

#include <cstdint>

#include "capi/device.h"
#include "capi/opening.h"
#include "latchkey/mapping.h"

namespace latchkey::capi {

// Opens the loaded LUKS volume by whatever `kc` is, whose error it sets.  A wrong secret is a silent EPERM, or ENOENT for
// a keyslot that cannot be tried.
[[nodiscard]] Result<UnlockedVolume> open_volume(crypt_device& cd, int keyslot,
                                                 crypt_keyslot_context& kc, AnyKeyslot any);
// What a call answers that opened it: the keyslot, or 0 where the key itself was given.
[[nodiscard]] int keyslot_of(const UnlockedVolume& unlocked);
// Volume::plan(); that the header does not encrypt is ENOTSUP, as EPERM would be taken for a wrong passphrase.
[[nodiscard]] Result<MappingPlan> planned(crypt_device& cd, const UnlockedVolume& unlocked);

// crypt_activate_by_keyslot_context() and all its kin.  `name` may be nullptr.
[[nodiscard]] Result<int> activate(crypt_device& cd, const char* name, int keyslot,
                                   crypt_keyslot_context& kc, std::uint32_t flags);

// The volume's own mapping under `name`, with what the caller is told if there is none or another's.
[[nodiscard]] Result<int> resume(crypt_device& cd, const char* name, int keyslot,
                                 crypt_keyslot_context& kc);

}  // namespace latchkey::capi
