// SPDX-License-Identifier: LGPL-2.1-or-later
// Uses a secret to make a mapping, or to check the secret.
#pragma once

#include <cstdint>

#include "capi/device.h"
#include "capi/opening.h"
#include "latchkey/mapping.h"

namespace latchkey::capi {

// Opens the loaded LUKS volume by any kind of `kc`, and sets its error.  A wrong secret is a silent EPERM; a keyslot
// that cannot be tried is ENOENT.
[[nodiscard]] Result<UnlockedVolume> open_volume(crypt_device& cd, int keyslot,
                                                 crypt_keyslot_context& kc, AnyKeyslot any);
// Returns the result of a call that opened it: the keyslot, or 0 if the key itself was given.
[[nodiscard]] int keyslot_of(const UnlockedVolume& unlocked);
// Calls Volume::plan().  If the header does not encrypt, the errno is ENOTSUP, because EPERM would look like a wrong
// passphrase.
[[nodiscard]] Result<MappingPlan> planned(crypt_device& cd, const UnlockedVolume& unlocked);

// Implements crypt_activate_by_keyslot_context() and the similar calls.  `name` may be nullptr.
[[nodiscard]] Result<int> activate(crypt_device& cd, const char* name, int keyslot,
                                   crypt_keyslot_context& kc, std::uint32_t flags);

// Resumes the mapping `name`, which must be the volume's own.
[[nodiscard]] Result<int> resume(crypt_device& cd, const char* name, int keyslot,
                                 crypt_keyslot_context& kc);

}  // namespace latchkey::capi
