// SPDX-License-Identifier: LGPL-2.1-or-later
// Parameters of the operations, as aggregates with designated initializers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

// The cost of a new keyslot.  Unset fields are measured, or take the format's defaults.
struct KdfRequest {
    std::string type = {};         // "" = the format's default
    std::string hash = {};         // "" = sha256
    std::uint64_t time_ms = 2000;  // the time that opening should take on this machine
    std::optional<std::uint64_t> forced_iterations =
        {};                                        // no measuring; PBKDF2 count or Argon2 passes
    std::optional<std::uint64_t> memory_kib = {};  // maximum for Argon2; 1048576
    std::optional<std::uint32_t> lanes = {};       // maximum for Argon2; 4
};

// The parameters of a new token; each type uses its own fields.
struct TokenSeal {
    std::string key_description = {};  // luks2-keyring
};

// The token that gives a new keyslot's passphrase.  Both are stored in one commit.  A crash therefore never leaves a
// keyslot with an unknown passphrase, or a token without a keyslot.
struct KeyslotToken {
    // With `json`: the number of the new token; nothing = the first free one.  Without: the number of an existing
    // token.
    std::optional<int> number = {};
    std::string json = {};  // the new token's object; the keyslot is added to its list
};

// A new keyslot.
struct NewKeyslot {
    std::optional<int> number = {};  // nothing = the first free one
    KdfRequest kdf = {};
    std::string area_cipher = {};  // "" = like the data, if usable; LUKS2
    std::uint32_t area_key_bytes = 0;
    std::string name = {};                   // for users; LUKS2
    std::optional<KeyslotToken> token = {};  // LUKS2
    bool same_passphrase = false;  // for change_keyslot: affects error messages only; LUKS2
};

// How the key in a new keyslot relates to the volume.
enum class KeyRole : std::uint8_t {
    Volume,     // it is the volume key; WrongPassphrase if it is not
    Unbound,    // it belongs to no segment
    NewVolume,  // it becomes the volume key; keyslots of the old key no longer open the volume
};
struct KeyBinding {
    KeyRole role = KeyRole::Volume;
    // Uses any digest that verifies the key; if there is none, the role decides.
    bool reuse_digest = false;
};

// Limits of a LUKS2 header, in bytes.
inline constexpr std::uint64_t kMinMetadataSize = 0x4000;  // one copy; a power of two, as the next
inline constexpr std::uint64_t kMaxMetadataSize = 0x400000;
inline constexpr std::uint64_t kKeyslotsSizeUnit = 4096;  // the area's size is a multiple of this
inline constexpr std::uint64_t kMaxKeyslotsSize = 0x8000000;

struct FormatParams {
    std::string type = {};            // "LUKS1", "LUKS2"; "" = LUKS2
    std::string cipher = {};          // "" = aes-xts-plain64
    std::uint32_t key_bytes = 0;      // 0 = the default for the cipher
    std::string hash = {};            // AF splitter, digest and PBKDF2; "" = sha256
    std::string uuid = {};            // "" = random
    std::string label = {};           // LUKS2, at most 47 bytes
    std::string subsystem = {};       // LUKS2, at most 47 bytes
    std::uint32_t sector_size = 0;    // bytes; 0 = the device decides
    std::uint64_t metadata_size = 0;  // bytes of one header copy; 0 = 16 KiB; LUKS2
    std::uint64_t keyslots_size = 0;  // bytes; 0 = chosen; LUKS2
    std::optional<std::uint64_t> data_offset_sectors = {};  // --offset; nothing = chosen
    std::uint64_t alignment_sectors = 0;  // --align-payload; 0 = topology or 1 MiB
    bool detached = false;                // header on a device of its own
    // Writes an attached header even if no data fit after it, and extends a file that is too short: the caller may
    // put the data elsewhere later.  If false, such a device is refused.
    bool header_alone = false;
    KdfRequest kdf = {};          // also sets the cost of the digest
    bool wipe_signatures = true;  // --disable-blkid: false
};

struct LoadOptions {
    std::string type = {};         // "LUKS1", "LUKS2", "LUKS" or "": any LUKS
    std::string data_device = {};  // for a detached header; "" = none or the same
    bool repair_copy = true;       // operations that write also rewrite a damaged LUKS2 copy
    bool tell_damage = true;       // warn about a damaged copy or keyslot in the log
    // Nothing else writes at the same time, because the caller has the lock or owns the device.  An incomplete copy
    // is then damaged, and is not read again after a moment.
    bool at_rest = false;
};

struct UnlockOptions {
    std::optional<int> keyslot = {};  // only this one, at any priority
    bool any_segment = true;          // false: only keyslots with the key of the data (activation)
};

enum class ReencryptMode : std::uint8_t {
    Reencrypt,  // to another key, and possibly another cipher
    Encrypt,    // of data in clear, to the key that the header has
    Decrypt,    // to data in clear; the header is detached
};

// Where the data are moved first.  Usual: at the beginning, unless they move or are decrypted in place.
enum class ReencryptDirection : std::uint8_t { Usual, Forward, Backward };

// How to reencrypt, and into what.
struct ReencryptParams {
    ReencryptMode mode = ReencryptMode::Reencrypt;
    ReencryptDirection direction = ReencryptDirection::Usual;
    std::string cipher = {};        // dm-crypt notation; "" = unchanged
    std::uint32_t sector_size = 0;  // bytes; 0 = unchanged; never larger than now
    // The protection of data while they are being written: "checksum", "journal", "none".
    std::string resilience = "checksum";
    std::string resilience_hash = "sha256";
    bool least_digest_cost = false;  // of the reencryption metadata's digest: skips measuring
    // Encrypt: the data move by this many bytes, to make room for a header before them; the device loses twice as much
    // at its end.  0 = the header is elsewhere, and the data stay in their place.
    std::uint64_t shift_bytes = 0;
    // Encrypt with a shift: the header is elsewhere, and the caller will write it before the data.  The first bytes of
    // the data are copied to the end of their device before the header says that they are there.
    bool first_bytes_move = false;
    // Encrypt without a shift: the data end after this many bytes; nothing = at the end of the device.
    std::optional<std::uint64_t> data_bytes = {};
    // Decrypt: the data move to the beginning of their device, over the header there, of which this one is a copy.  At
    // most this many of their first bytes wait there to be decrypted last.  0 = the data stay in their place.
    std::uint64_t moved_bytes = 0;
};

enum class ReencryptionState : std::uint8_t {
    None,      // the volume is not being reencrypted
    Clean,     // in progress, and every part of the data is old or new
    CutShort,  // a crash interrupted a write, which must be recovered before the data are used
};

// What to do with data that were being written without protection and cannot be recovered.
enum class LostData : std::uint8_t {
    Refused,   // the volume stays unchanged and does not open
    Accepted,  // the data count as new, although parts are noise
};

enum class Priority : std::uint8_t { Ignore = 0, Normal = 1, Prefer = 2 };

}  // namespace latchkey
