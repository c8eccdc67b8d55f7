// SPDX-License-Identifier: LGPL-2.1-or-later
// loop-AES volumes, which have no header: the key comes from a key file with 1, 64 or 65 keys.  Rules:
// docs/formats/loopaes.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "latchkey/error.h"
#include "latchkey/mapping_plan.h"
#include "latchkey/secret.h"

namespace latchkey::loopaes {

struct Params {
    std::string cipher = "aes";    // only the name: mode and IV follow from the version
    std::uint32_t key_bytes = 32;  // of one key
    std::string hash = {};  // "" = from the length of the key: 16 sha256, 24 sha384, 32 sha512
    std::uint64_t offset_sectors = 0;                // 512-byte sectors
    std::optional<std::uint64_t> skip_sectors = {};  // nothing = offset_sectors
    std::optional<std::uint64_t> size_sectors = {};  // nothing or 0 = the rest
};

struct Keys {
    VolumeKey key;    // all keys, concatenated
    int version = 0;  // 1, 2 or 3, for 1, 64 or 65 keys
};
// Parses a key file in clear text.  InvalidArgument: "incompatible loop-AES keyfile detected"; "detected not yet
// supported GPG encrypted keyfile" with advice; "key processing error (using hash X)".
[[nodiscard]] LATCHKEY_API Result<Keys> parse_keyfile(const Params& params,
                                                      const SecretBuffer& file);
// Returns the plan; its type is "LOOPAES".
[[nodiscard]] LATCHKEY_API Result<MappingPlan> plan(const Params& params, int version);

}  // namespace latchkey::loopaes
