// SPDX-License-Identifier: LGPL-2.1-or-later
// The one rule for a cipher that encrypts nothing, wherever a header names it.  Who can write to the disk can put it
// there; the owner's passphrase would then open a volume that stores plaintext.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"

namespace latchkey::formats {

// A place of the header where it stands.
struct NullCipher {
    std::string field;  // "segments.0.encryption"
    std::string value;  // "cipher_null-ecb"
    bool of_data = false;
};

// Whether a keyslot whose area is so encrypted may be opened or made.  With the empty passphrase only, as any other
// would seem right: WrongPassphrase.  NotSupported if policy allows none.
[[nodiscard]] Result<void> check_null_keyslot(const Policy& policy, std::string_view place,
                                              std::string_view cipher, bool empty_passphrase);

// Whether data may be mapped that are stored so.  Who opened with the empty passphrase knows that nothing is kept
// secret; for a real passphrase or key policy.allow_null_data must say so.  Refused; names each field.
[[nodiscard]] Result<void> check_null_data(const Policy& policy,
                                           const std::vector<NullCipher>& found,
                                           bool empty_passphrase);

}  // namespace latchkey::formats
