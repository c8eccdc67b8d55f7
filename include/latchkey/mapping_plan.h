// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan is data: what to activate, on which device, with which cipher.  Formats create it, back ends carry it out,
// tests compare it, and inspecting one needs no root.
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
    Crypt,   // encrypted, by dm-crypt
    Linear,  // in clear: not encrypted yet, or decrypted already
    Zero,    // reads as zeros; what is written is dropped.  Lies on no device and needs a length
};

// One run of sectors and how its plaintext is made.
struct PlanSegment {
    std::uint64_t start = 0;  // in the plaintext device, 512-byte sectors
    std::optional<std::uint64_t> length =
        {};                           // 512-byte sectors; nothing = to the end of the device
    std::string cipher = {};          // dm-crypt notation
    std::uint64_t iv_offset = 0;      // added to the sector number
    std::uint64_t device_offset = 0;  // on the layer below or the data device, 512-byte sectors
    std::uint32_t sector_size = 512;  // bytes
    bool iv_large_sectors = false;
    std::size_t key = 0;  // which of MappingPlan::keys
    SegmentKind kind = SegmentKind::Crypt;

    [[nodiscard]] bool encrypted() const { return kind == SegmentKind::Crypt; }
    [[nodiscard]] bool on_device() const { return kind != SegmentKind::Zero; }
};

struct PlanKey {
    std::size_t bytes = 0;                 // 0 = the cipher uses no key
    std::string keyring_description = {};  // "cryptsetup:<uuid>-d0", or "" = key in the table
};

// A device that only the layer above uses: such as one cipher of a cascade.
struct PlanLayer {
    std::string suffix;  // "_1": its name in device-mapper is that of the mapping and this
    std::vector<PlanSegment> segments = {};
};

// Layers of segments over one data device, and the keys that they name.
struct MappingPlan {
    std::string type;                        // "LUKS1", "LUKS2", "PLAIN", ...: part of the dm uuid
    std::string uuid = {};                   // with dashes, or ""
    std::vector<PlanSegment> segments = {};  // of the top layer: the plaintext
    std::vector<PlanLayer> below = {};       // the other layers, the lowest first; usually none
    std::vector<PlanKey> keys = {};
    std::vector<std::string> flags = {};  // activation flags kept in the header
    StorageRange header = {};             // where the source header lies; unknown = there is none

    // Returns the segments that lie on the data device.
    [[nodiscard]] const std::vector<PlanSegment>& lowest() const {
        return below.empty() ? segments : below.front().segments;
    }
    // Returns whether it is one segment on the data device, as all plans are but those of a reencryption or a cascade.
    [[nodiscard]] bool is_single() const { return below.empty() && segments.size() == 1; }
    // Returns the length of the first key, which is the only one unless the volume is being reencrypted; 0 = no key.
    [[nodiscard]] std::size_t key_bytes() const { return keys.empty() ? 0 : keys.front().bytes; }
    // Returns InvalidArgument unless there are segments and `ring` has a key of the right length for each of `keys`.
    [[nodiscard]] LATCHKEY_API Result<void> check_keys(const KeyRing& ring) const;

    // The two refusals with their own sentences.  begins_beyond() returns whether a data device of `device_bytes`
    // ends before some segment begins.  ends_within_sector() returns whether the rest of it, for a segment without a
    // length, is not a multiple of the encryption sector.
    [[nodiscard]] LATCHKEY_API bool begins_beyond(std::uint64_t device_bytes) const;
    [[nodiscard]] LATCHKEY_API bool ends_within_sector(std::uint64_t device_bytes) const;

    // Returns InvalidArgument if the data would overlap the header, for example if a detached header is also named as
    // the data device, by any name.  `data` is the storage of the data device; `name` is for the message.  Back ends
    // and streams call this.
    [[nodiscard]] LATCHKEY_API Result<void> check_apart(const StorageRange& data,
                                                        const std::string& name) const;
};

}  // namespace latchkey
