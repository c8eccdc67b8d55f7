// SPDX-License-Identifier: LGPL-2.1-or-later
// What is wrong with a keyslot's number or a key, said once for all formats: message and Condition.
#pragma once

#include "latchkey/error.h"

namespace latchkey::formats {

[[nodiscard]] Error keyslot_full(int number);
[[nodiscard]] Error keyslot_empty(int number);
[[nodiscard]] Error all_keyslots_full(int count);
// Keyslots are numbered from 0 to `count` - 1.
[[nodiscard]] Result<void> check_keyslot_number(int number, int count);
// A WrongPassphrase that says that a volume key is not the volume's; other errors stay as they are.
[[nodiscard]] Error as_key_mismatch(Error error);

}  // namespace latchkey::formats
