// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "formats/format.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/params.h"
#include "latchkey/secret.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// Tries keyslots as formats::unlock_walk() does; the header's order is the order of the document.
[[nodiscard]] Result<formats::Unlocked> unlock(Context& context, const io::BlockDevice& device,
                                               const Metadata& metadata,
                                               const Passphrase& passphrase,
                                               const UnlockOptions& options);

// Checks the cost of trying each of these keyslots in turn; see formats::LoadedHeader::check_cost().
[[nodiscard]] Result<void> check_cost(const Context& context, const Metadata& metadata,
                                      const std::vector<int>& keyslots);

// Checks that `key` is the volume key, by its digest and its length.  The digest alone is not enough: it is the same
// for a key followed by zeros.  WrongPassphrase.
[[nodiscard]] Result<void> check_volume_key(Context& context, const Metadata& metadata,
                                            ByteView key);

// Does the same for the key of keyslot `number`, whatever it is bound to.
[[nodiscard]] Result<void> check_key_of_keyslot(Context& context, const Metadata& metadata,
                                                int number, ByteView key);

}  // namespace latchkey::luks2
