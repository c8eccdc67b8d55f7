// SPDX-License-Identifier: LGPL-2.1-or-later
// The rule for a cipher that encrypts nothing, wherever a header names it.  An attacker with write access to the disk
// can put it there; the owner's passphrase would then open a volume that stores plaintext.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"

namespace latchkey::formats {

// A place in the header that names it.
struct NullCipher {
    std::string field;  // "segments.0.encryption"
    std::string value;  // "cipher_null-ecb"
    bool of_data = false;
};

// Checks whether a keyslot whose area uses that cipher may be opened or created.  Only with the empty passphrase,
// because any other would seem correct: WrongPassphrase.  NotSupported if policy allows none.
[[nodiscard]] Result<void> check_null_keyslot(const Policy& policy, std::string_view place,
                                              std::string_view cipher, bool empty_passphrase);

// Checks whether unencrypted data may be mapped.  A user who opens with the empty passphrase knows that nothing is
// secret; for a real passphrase or key, policy.allow_null_data must allow it.  Refused names each field.
[[nodiscard]] Result<void> check_null_data(const Policy& policy,
                                           const std::vector<NullCipher>& found,
                                           bool empty_passphrase);

}  // namespace latchkey::formats
