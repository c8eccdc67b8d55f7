// SPDX-License-Identifier: LGPL-2.1-or-later
// From passphrase to candidate key by way of a keyslot's area, and back.
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

// How a keyslot's area is encrypted.
struct AreaCipher {
    std::string encryption;  // dm-crypt notation
    std::uint32_t key_bytes = 0;
};

// What `spec` asks for, else the data's cipher with a key of `data_key_bytes`, if it can protect a
// keyslot, else aes-xts-plain64.  InvalidArgument or MissingCipher for a request that cannot be done.
[[nodiscard]] Result<AreaCipher> choose_area_cipher(const Metadata& metadata,
                                                    std::size_t data_key_bytes,
                                                    const formats::KeyslotSpec& spec);

// What opening these keyslots with one passphrase derives by PBKDF2, of those that policy lets us try.  Views into `metadata`.
[[nodiscard]] std::vector<crypto::DeriveAhead::Wanted> wanted_keys(
    const Context& context, const Metadata& metadata, const std::vector<int>& keyslots);

// Nothing has vouched for the result yet; `keys` are those of this passphrase.  WrongPassphrase only for cipher_null areas, which open with the empty
// passphrase alone; CostRefused and OutOfMemory before anything is allocated; MissingCipher; Unreadable; Interrupted.
[[nodiscard]] Result<CandidateKey> open_area(Context& context, const io::BlockDevice& device,
                                             const Keyslot& keyslot, const Passphrase& passphrase,
                                             crypto::DeriveAhead& keys);

// A keyslot ready to be written: all but its number and the area's offset are filled in.
struct SealedKeyslot {
    Keyslot keyslot;
    Bytes area;  // ciphertext, shorter than keyslot.area.size
};
inline constexpr const char* kDefaultAfHash = "sha256";
// Wraps `key` under the passphrase with a fresh salt.  Writes nothing.
[[nodiscard]] Result<SealedKeyslot> seal_key(Context& context, ByteView key,
                                             const Passphrase& passphrase,
                                             const formats::KeyslotSpec& spec,
                                             const AreaCipher& cipher);

}  // namespace latchkey::luks2
