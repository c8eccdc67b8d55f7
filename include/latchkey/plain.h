// SPDX-License-Identifier: LGPL-2.1-or-later
// Plain dm-crypt volumes, which have no header.  The caller gives cipher, hash and place; nothing on disk shows
// whether the key is right.  Rules: docs/formats/plain.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/mapping_plan.h"
#include "latchkey/secret.h"

namespace latchkey::plain {

// The parameters of a plain mapping.  Cipher and hash have no default here: releases of the peer have different ones, and
// the wrong ones show noise and write noise (PeerHabits).  Without them plan() and key_from_passphrase() refuse.
struct Params {
    std::string cipher = {};           // dm-crypt notation; "aes" means aes-cbc-plain
    std::uint32_t key_bytes = 32;      // at most kMaxKeyBytes
    std::string hash = {};             // "name", "name:bytes", "plain", "plain:bytes"
    std::uint64_t offset_sectors = 0;  // where the data begin on the device, 512-byte sectors
    std::uint64_t skip_sectors = 0;    // added to the sector number for the IV, 512-byte sectors
    std::optional<std::uint64_t> size_sectors = {};  // 512-byte sectors; nothing or 0 = the rest
    std::uint32_t sector_size = 512;                 // bytes
    bool iv_large_sectors = false;
};
inline constexpr std::uint32_t kMaxKeyBytes = 1024;

// Checks cipher, key size and sizes against each other; DeviceTooSmall for a size that no device can have.  The
// plan's type is "PLAIN".  A cipher after "capi:" is checked by the kernel only.  A plan without encryption
// (cipher_null) has key_bytes 0, and so have its keys.
[[nodiscard]] LATCHKEY_API Result<MappingPlan> plan(const Params& params);
// Refuses a hash as key_from_passphrase() does, before a passphrase is asked for.
[[nodiscard]] LATCHKEY_API Result<void> check_hash(const Params& params);
// Makes a key from a passphrase with the hash (docs/formats/plain.md section 1).  MissingCipher: "hash algorithm X
// not supported"; InvalidArgument: "key processing error (using hash X)".
[[nodiscard]] LATCHKEY_API Result<VolumeKey> key_from_passphrase(const Params& params,
                                                                 const Passphrase& passphrase);
// Returns the first key_bytes of a key file, not hashed.  InvalidArgument "cannot read requested amount of data" if
// there are fewer.
[[nodiscard]] LATCHKEY_API Result<VolumeKey> key_from_file(const Params& params,
                                                           SecretBuffer bytes);

}  // namespace latchkey::plain
