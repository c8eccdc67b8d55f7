// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors about keyslot numbers and keys, the same for all formats: message and Condition.
#pragma once

#include "latchkey/error.h"

namespace latchkey::formats {

[[nodiscard]] Error keyslot_full(int number);
[[nodiscard]] Error keyslot_empty(int number);
[[nodiscard]] Error all_keyslots_full(int count);
// Keyslots are numbered from 0 to `count` - 1.
[[nodiscard]] Result<void> check_keyslot_number(int number, int count);
// Turns WrongPassphrase into an error that says that a volume key does not match the volume; returns other errors
// unchanged.
[[nodiscard]] Error as_key_mismatch(Error error);

}  // namespace latchkey::formats
