// SPDX-License-Identifier: LGPL-2.1-or-later
// From passphrase to volume key by way of a keyslot, and back.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "crypto/derive_ahead.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/secret.h"
#include "luks1/header.h"
#include "model/cipher_spec.h"

namespace latchkey::luks1 {

// MissingCipher if the header's cipher is none that we know.
[[nodiscard]] Result<model::CipherSpec> cipher_spec(const Header& header);

// MissingCipher if the header's cipher cannot be done here, CorruptHeader if its key length does not fit;
// NotSupported if it is the null cipher and the policy does not want it.
[[nodiscard]] Result<void> check_cipher(const Context& context, const Header& header);

// What opening these keyslots with one passphrase derives, of those that policy lets us try.  Views into `header`.
[[nodiscard]] std::vector<crypto::DeriveAhead::Wanted> wanted_keys(
    const Context& context, const Header& header, const std::vector<int>& keyslots);

// The keyslot must be enabled; `keys` are those of this passphrase.  WrongPassphrase if it does not hold the key under this passphrase;
// CorruptHeader for iterations 0; CostRefused, Unreadable, Interrupted.
[[nodiscard]] Result<VolumeKey> open_keyslot(const Context& context, const io::BlockDevice& device,
                                             const Header& header, int number,
                                             const Passphrase& passphrase,
                                             crypto::DeriveAhead& keys);

// A keyslot ready to be written: its record, and its area's ciphertext.
struct SealedKeyslot {
    Keyslot record;
    Bytes area;
};
// Wraps `key` under the passphrase with a fresh salt for the place of keyslot `number`.
[[nodiscard]] Result<SealedKeyslot> seal_keyslot(Context& context, const Header& header, int number,
                                                 const VolumeKey& key, const Passphrase& passphrase,
                                                 std::uint32_t iterations);

}  // namespace latchkey::luks1
