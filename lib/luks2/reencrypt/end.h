// SPDX-License-Identifier: LGPL-2.1-or-later
// How a reencryption ends: the header is that of an ordinary volume again, and what is left of the old data and keys goes.
#pragma once

#include "luks2/reencryption.h"
#include "luks2/update.h"

namespace latchkey::luks2 {

// Old data in clear lie apart from the new ones.  They are overwritten while the header still says where they are.
[[nodiscard]] bool keeps_clear_data(const Reencryption& reencryption);
[[nodiscard]] Result<void> overwrite_clear_data(Context& context, const Reencryption& reencryption,
                                                io::BlockDevice& data);

// The header without the reencryption and without the old keys.
[[nodiscard]] Result<Metadata> ended(const Metadata& metadata, const Reencryption& reencryption);

// After that header was committed over `before`: the areas of the keyslots it has no more, and old ciphertext that lies apart.
// Unfinished if one of them is left.
[[nodiscard]] Result<void> overwrite_remains(Context& context, Update& update,
                                             const Metadata& before,
                                             const Reencryption& reencryption,
                                             io::BlockDevice& data);

}  // namespace latchkey::luks2
