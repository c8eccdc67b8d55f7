// SPDX-License-Identifier: LGPL-2.1-or-later
// Ends a reencryption: makes the header that of an ordinary volume again, and removes the remains of the old data and
// keys.
#pragma once

#include "luks2/reencryption.h"
#include "luks2/transaction.h"

namespace latchkey::luks2 {

// Returns whether old data in clear lie apart from the new ones.  They are overwritten while the header still says
// where they are.
[[nodiscard]] bool keeps_clear_data(const Reencryption& reencryption);
[[nodiscard]] Result<void> overwrite_clear_data(Context& context, const Metadata& metadata,
                                                const Reencryption& reencryption,
                                                io::BlockDevice& data);

// Returns the header without the reencryption and without the old keys.
[[nodiscard]] Result<Metadata> ended(const Metadata& metadata, const Reencryption& reencryption);

// Call this after the new header replaced `before`.  Overwrites the areas of the removed keyslots, and old ciphertext
// that lies apart.  Unfinished if one of them is left.
[[nodiscard]] Result<void> overwrite_remains(Context& context, Transaction& change,
                                             const Metadata& before,
                                             const Reencryption& reencryption,
                                             io::BlockDevice& data);

}  // namespace latchkey::luks2
