// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens a candidate key from a keyslot's area with a passphrase, and seals one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/derive_ahead.h"
#include "formats/format.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/secret.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// The encryption of a keyslot's area.
struct AreaCipher {
    std::string encryption;  // dm-crypt notation
    std::uint32_t key_bytes = 0;
};

// Returns the cipher that `spec` requests; else the data's cipher with a key of `data_key_bytes`, if it can protect a
// keyslot; else aes-xts-plain64.  InvalidArgument or MissingCipher if the request is impossible.
[[nodiscard]] Result<AreaCipher> choose_area_cipher(const Metadata& metadata,
                                                    std::size_t data_key_bytes,
                                                    const formats::KeyslotSpec& spec);

// Returns the PBKDF2 derivations needed to open these keyslots with one passphrase, as far as the policy allows them.
// The result points into `metadata`.
[[nodiscard]] std::vector<crypto::DeriveAhead::Wanted> wanted_keys(
    const Context& context, const Metadata& metadata, const std::vector<int>& keyslots);

// Opens an area; `keys` are derived from the same passphrase.  The result is not verified yet.  WrongPassphrase only
// for cipher_null areas, which open with the empty passphrase only; CostRefused and OutOfMemory before any
// allocation; MissingCipher; Unreadable; Interrupted.
[[nodiscard]] Result<CandidateKey> open_area(Context& context, const io::BlockDevice& device,
                                             const Keyslot& keyslot, const Passphrase& passphrase,
                                             crypto::DeriveAhead& keys);

// A keyslot that is ready to be written, except for its number and the area's offset.
struct SealedKeyslot {
    Keyslot keyslot;
    Bytes area;  // ciphertext, shorter than keyslot.area.size
};
inline constexpr const char* kDefaultAfHash = "sha256";
// Encrypts `key` under the passphrase with a fresh salt.  Writes nothing.
[[nodiscard]] Result<SealedKeyslot> seal_key(Context& context, ByteView key,
                                             const Passphrase& passphrase,
                                             const formats::KeyslotSpec& spec,
                                             const AreaCipher& cipher);

}  // namespace latchkey::luks2
