// SPDX-License-Identifier: LGPL-2.1-or-later
// Gets the volume key from a keyslot with a passphrase, and stores it in one.
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

// MissingCipher if the header's cipher is unknown.
[[nodiscard]] Result<model::CipherSpec> cipher_spec(const Header& header);

// MissingCipher if the header's cipher is not available here; CorruptHeader if its key length does not fit;
// NotSupported if it is the null cipher and policy forbids it.
[[nodiscard]] Result<void> check_cipher(const Context& context, const Header& header);

// Returns the derivations for opening these keyslots with one passphrase, as far as policy allows them.  They are views
// into `header`.
[[nodiscard]] std::vector<crypto::DeriveAhead::Wanted> wanted_keys(
    const Context& context, const Header& header, const std::vector<int>& keyslots);

// The keyslot must be enabled; `keys` must belong to this passphrase.  WrongPassphrase if the passphrase does not open
// the keyslot; CorruptHeader for iterations 0; CostRefused, Unreadable, Interrupted.
[[nodiscard]] Result<VolumeKey> open_keyslot(const Context& context, const io::BlockDevice& device,
                                             const Header& header, int number,
                                             const Passphrase& passphrase,
                                             crypto::DeriveAhead& keys);

// A keyslot ready to write: its record and the ciphertext of its area.
struct SealedKeyslot {
    Keyslot record;
    Bytes area;
};
// Encrypts `key` with the passphrase and a fresh salt, for keyslot `number`.
[[nodiscard]] Result<SealedKeyslot> seal_keyslot(Context& context, const Header& header, int number,
                                                 const VolumeKey& key, const Passphrase& passphrase,
                                                 std::uint32_t iterations);

}  // namespace latchkey::luks1
