// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan is data: what to activate, from where, with which cipher.  Formats fill it in, back ends carry
// it out, tests compare it; nobody needs root to look at one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/identity.h"
#include "latchkey/key_ring.h"

namespace latchkey {

enum class SegmentKind : std::uint8_t {
    Crypt,   // encrypted: dm-crypt's
    Linear,  // in clear, as it lies on the device: what an encryption has not come to yet, or a decryption has done
};

// One run of sectors and how its plaintext is made.
struct PlanSegment {
    std::uint64_t start = 0;  // in the plaintext device, 512-byte sectors
    std::optional<std::uint64_t> length =
        {};                           // 512-byte sectors; nothing = to the end of the device
    std::string cipher = {};          // dm-crypt notation
    std::uint64_t iv_offset = 0;      // added to the sector number
    std::uint64_t device_offset = 0;  // on the data device, 512-byte sectors
    std::uint32_t sector_size = 512;  // bytes
    bool iv_large_sectors = false;
    std::size_t key = 0;  // which of MappingPlan::keys
    SegmentKind kind = SegmentKind::Crypt;

    [[nodiscard]] bool encrypted() const { return kind == SegmentKind::Crypt; }
};

struct PlanKey {
    std::size_t bytes = 0;                 // 0 = the cipher takes none
    std::string keyring_description = {};  // "cryptsetup:<uuid>-d0", or "": key in the table
};

// One layer of segments over one data device.
struct MappingPlan {
    std::string type;       // "LUKS1", "LUKS2", "PLAIN", ...: part of the dm uuid
    std::string uuid = {};  // with dashes, or ""
    std::vector<PlanSegment> segments = {};
    std::vector<PlanKey> keys = {};
    std::vector<std::string> flags = {};  // activation flags kept in the header
    StorageRange header = {};  // where the header lies that it was made from; unknown = nowhere

    // Of its first key, which is the only one unless the volume is being reencrypted; 0 = it has none.
    [[nodiscard]] std::size_t key_bytes() const { return keys.empty() ? 0 : keys.front().bytes; }
    // InvalidArgument unless there are segments, and `ring` has a key for each of `keys`, of its length.
    [[nodiscard]] LATCHKEY_API Result<void> check_keys(const KeyRing& ring) const;

    // Whether a data device of `device_bytes` ends before some segment begins, and whether what is left of it, for a
    // segment that says no length, is no multiple of the encryption's sectors: the two refusals with words of their own.
    [[nodiscard]] LATCHKEY_API bool begins_beyond(std::uint64_t device_bytes) const;
    [[nodiscard]] LATCHKEY_API bool ends_within_sector(std::uint64_t device_bytes) const;

    // InvalidArgument if the data would lie over the header: a detached header that was named as the data device too, by
    // whatever name.  `data` is that device's storage; `name` is for the message.  Back ends and streams ask this.
    [[nodiscard]] LATCHKEY_API Result<void> check_apart(const StorageRange& data,
                                                        const std::string& name) const;
};

}  // namespace latchkey
