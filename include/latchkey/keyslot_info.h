// SPDX-License-Identifier: LGPL-2.1-or-later
// The content of a header as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "latchkey/params.h"

namespace latchkey {

struct KeyslotInfo {
    int number = 0;
    std::string type = {};  // "luks1", "luks2", "reencrypt"
    bool usable = true;     // false: this library cannot open the type or state
    bool unbound = false;   // the key belongs to no segment
    bool held_by_token =
        false;  // only the secret of a token opens it (TPM2, FIDO2, keyring ...), not a person
    Priority priority = Priority::Normal;
    std::uint32_t key_bytes = 0;
    std::string kdf_type = {};         // "pbkdf2", "argon2i", "argon2id"
    std::string kdf_hash = {};         // PBKDF2
    std::uint64_t kdf_iterations = 0;  // PBKDF2 iterations or Argon2 passes
    std::uint64_t kdf_memory_kib = 0;
    std::uint32_t kdf_lanes = 0;
    std::string af_hash = {};
    std::string area_cipher = {};
    std::uint32_t area_key_bytes = 0;
    std::uint64_t area_offset = 0;  // bytes
    std::uint64_t area_size = 0;    // bytes
    std::string name = {};          // "" = none
};

// The place of a keyslot's key material on the device of the header, in bytes.
struct KeyslotArea {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

struct TokenInfo {
    int number = 0;
    std::string type = {};
    std::vector<int> keyslots = {};
};

// How a reencryption in progress works.  LUKS2.
struct ReencryptionInfo {
    int keyslot = -1;       // that describes it; no key is in it
    bool backward = false;  // from the end of the data to their beginning
    std::string resilience = {};
    std::string hash = {};          // of "checksum"; "" = no checksums
    std::uint64_t shift_bytes = 0;  // by which data move; 0 = they stay in their place
    bool first_bytes_wait = false;  // the first bytes of the data were moved apart
};

struct VolumeInfo {
    std::string type = {};  // "LUKS1", "LUKS2"
    std::string uuid = {};
    std::string label = {};
    std::string subsystem = {};
    std::string cipher = {};          // of the data, in dm-crypt notation
    std::uint32_t key_bytes = 0;      // volume key; 0 = unknown (LUKS2 without keyslots)
    std::uint32_t old_key_bytes = 0;  // of the key that a reencryption replaces; 0 = none
    std::string hash = {};            // LUKS1: of everything; LUKS2: of the digest
    std::uint64_t data_offset = 0;    // bytes; 0 = detached
    std::uint64_t data_size = 0;      // bytes; 0 = all from the offset to the end of the device
    std::uint32_t sector_size = 512;  // bytes
    std::uint64_t sequence_id = 0;    // LUKS2
    std::uint64_t metadata_size = 0;  // bytes; LUKS2: one copy of header and JSON
    std::uint64_t keyslots_size = 0;  // bytes; all keyslot areas
    std::vector<std::string> flags = {};
    std::vector<std::string> requirements = {};
    std::string reencryption_mode =
        {};  // LUKS2: "reencrypt", "encrypt", "decrypt"; "" = none in progress
    std::optional<ReencryptionInfo> reencryption = {};
    bool damaged_copy = false;  // LUKS2: one of the two copies is damaged or older
};

}  // namespace latchkey
