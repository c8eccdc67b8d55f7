// SPDX-License-Identifier: LGPL-2.1-or-later
// From what a caller has to a key that a digest vouched for.
#pragma once

#include "capi/device.h"
#include "capi/keyslot_context.h"

namespace latchkey::capi {

// Which keyslots CRYPT_ANY_SLOT stands for.
enum class AnyKeyslot : std::uint8_t { OfTheData, WithUnbound };

// By priority, or the one named.  NoUsableKeyslot for one that is not active.
[[nodiscard]] Result<UnlockedVolume> open_keyslot(crypt_device& cd, int keyslot,
                                                  const Passphrase& passphrase, AnyKeyslot any);
// The one road from any kind of keyslot context to the key of a loaded LUKS volume; its last error is set.
[[nodiscard]] Result<UnlockedVolume> open_by_context(crypt_device& cd, int keyslot,
                                                     crypt_keyslot_context& kc, AnyKeyslot any);

// The passphrase that `kc` stands for, to protect a new keyslot with: a token gives its own.  NotSupported for keys.
[[nodiscard]] Result<Passphrase> passphrase_of_any(crypt_device& cd, crypt_keyslot_context& kc);

}  // namespace latchkey::capi
