// SPDX-License-Identifier: LGPL-2.1-or-later
// What callers ask for: aggregates with designated initializers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

// The cost of a new keyslot.  Unset fields are chosen: by measuring, or from the format's defaults.
struct KdfRequest {
    std::string type = {};         // "" = the format's default
    std::string hash = {};         // "" = sha256
    std::uint64_t time_ms = 2000;  // how long opening shall take here
    std::optional<std::uint64_t> forced_iterations =
        {};                                        // no measuring; PBKDF2 count or Argon2 passes
    std::optional<std::uint64_t> memory_kib = {};  // most memory that Argon2 may take; 1048576
    std::optional<std::uint32_t> lanes = {};       // most Argon2 lanes; 4
};

// What a new token is made of: each type takes what is its own.
struct TokenSeal {
    std::string key_description = {};  // luks2-keyring
};

// The token that gives a new keyslot's passphrase.  Both are stored in one commit, so that no crash leaves a keyslot
// whose passphrase nobody can give, or a token for nothing.
struct KeyslotToken {
    // With `json`: where the new token is stored, nothing = the first free number.  Without: the token that is there.
    std::optional<int> number = {};
    std::string json = {};  // the new token's object; the keyslot is added to those that it lists
};

// A keyslot to be written.
struct NewKeyslot {
    std::optional<int> number = {};  // nothing = the first free one
    KdfRequest kdf = {};
    std::string area_cipher = {};  // "" = like the data, if usable; LUKS2
    std::uint32_t area_key_bytes = 0;
    std::string name = {};                   // shown to people; LUKS2
    std::optional<KeyslotToken> token = {};  // LUKS2
    bool same_passphrase = false;            // of change_keyslot: in what its errors say; LUKS2
};

struct FormatParams {
    std::string type = {};            // "LUKS1", "LUKS2"; "" = LUKS2
    std::string cipher = {};          // "" = aes-xts-plain64
    std::uint32_t key_bytes = 0;      // 0 = the default for the cipher
    std::string hash = {};            // AF splitter, digest and PBKDF2; "" = sha256
    std::string uuid = {};            // "" = random
    std::string label = {};           // LUKS2, at most 47 bytes
    std::string subsystem = {};       // LUKS2, at most 47 bytes
    std::uint32_t sector_size = 0;    // bytes; 0 = chosen by the device
    std::uint64_t metadata_size = 0;  // bytes of one header copy; 0 = 16 KiB; LUKS2
    std::uint64_t keyslots_size = 0;  // bytes; 0 = chosen; LUKS2
    std::optional<std::uint64_t> data_offset_sectors = {};  // --offset; nothing = chosen
    std::uint64_t alignment_sectors = 0;  // --align-payload; 0 = topology or 1 MiB
    bool detached = false;                // header on a device of its own
    // An attached header is written where no data fits behind it too, and a file that is too short grows for it:
    // who calls may mean to put the data elsewhere later.  Otherwise such a device is refused as it is.
    bool header_alone = false;
    KdfRequest kdf = {};          // also sets the digest's cost
    bool wipe_signatures = true;  // --disable-blkid: false
};

struct LoadOptions {
    std::string type = {};         // "LUKS1", "LUKS2", "LUKS" or "": any LUKS
    std::string data_device = {};  // for a detached header; "" = none or the same
    bool repair_copy = true;       // a damaged LUKS2 copy is rewritten by verbs that write anyway
    bool tell_damage = true;       // a damaged copy or keyslot is a warning in the log
    // Nobody writes meanwhile, as the caller has the lock or the device is his alone: what is not whole is damaged, and not
    // looked at again after a moment.
    bool at_rest = false;
};

struct UnlockOptions {
    std::optional<int> keyslot = {};  // only this one, whatever its priority
    bool any_segment = true;          // false: only keyslots of the data's key (activation)
};

enum class ReencryptMode : std::uint8_t {
    Reencrypt,  // to another key, and perhaps cipher
    Decrypt,    // to data in clear; the header is detached
};

// How a reencryption is to be done, and what is to come of it.
struct ReencryptParams {
    ReencryptMode mode = ReencryptMode::Reencrypt;
    std::string cipher = {};        // dm-crypt notation; "" = as it is
    std::uint32_t sector_size = 0;  // bytes; 0 = as it is; no larger than it is
    // What protects the data that are being written: "checksum", "journal", "none".
    std::string resilience = "checksum";
    std::string resilience_hash = "sha256";
    bool least_digest_cost = false;  // of the digest over the reencryption's metadata: no measuring
};

enum class ReencryptionState : std::uint8_t {
    None,      // the volume is not being reencrypted
    Clean,     // it is, and every part of the data is old or new
    CutShort,  // a crash cut a write short, which is to be recovered before the data are used
};

// Data that were being written without protection, and cannot be recovered.
enum class LostData : std::uint8_t {
    Refused,   // the volume stays as it is, and does not open
    Accepted,  // what lies there is taken for new; parts of it are noise
};

enum class Priority : std::uint8_t { Ignore = 0, Normal = 1, Prefer = 2 };

}  // namespace latchkey
