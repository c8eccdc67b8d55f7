// SPDX-License-Identifier: LGPL-2.1-or-later
// Obtains a verified key from what the caller gave.
#pragma once

#include "capi/device.h"
#include "capi/keyslot_context.h"

namespace latchkey::capi {

// The keyslots that CRYPT_ANY_SLOT means.
enum class AnyKeyslot : std::uint8_t { OfTheData, WithUnbound };

// Opens a keyslot: by priority, or the given one.  NoUsableKeyslot if it is not active.
[[nodiscard]] Result<UnlockedVolume> open_keyslot(crypt_device& cd, int keyslot,
                                                  const Passphrase& passphrase, AnyKeyslot any);
// Opens the key of a loaded LUKS volume by any kind of keyslot context, and sets the context's last error.
[[nodiscard]] Result<UnlockedVolume> open_by_context(crypt_device& cd, int keyslot,
                                                     crypt_keyslot_context& kc, AnyKeyslot any);

// Returns the passphrase of `kc`, to protect a new keyslot; a token gives its passphrase.  NotSupported for keys.
[[nodiscard]] Result<Passphrase> passphrase_of_any(crypt_device& cd, crypt_keyslot_context& kc);

}  // namespace latchkey::capi
