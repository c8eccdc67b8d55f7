// SPDX-License-Identifier: LGPL-2.1-or-later
// The layout of a LUKS2 binary header on disk, and nothing else (docs/formats/luks2.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/endian.h"
#include "latchkey/params.h"

namespace latchkey::luks2 {

inline constexpr std::array<std::uint8_t, 6> kPrimaryMagic = {'L', 'U', 'K', 'S', 0xba, 0xbe};
inline constexpr std::array<std::uint8_t, 6> kSecondaryMagic = {'S', 'K', 'U', 'L', 0xba, 0xbe};
inline constexpr std::uint16_t kVersion = 2;
inline constexpr std::size_t kBinaryHeaderBytes = 4096;
inline constexpr std::size_t kMaxChecksumBytes = 64;
// Sizes of one copy in bytes: binary header and JSON area.  They are also the offsets where the secondary may lie.
inline constexpr std::array<std::uint64_t, 9> kHeaderSizes = {
    0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000, 0x400000};

// The keyslots area behind the copies.
static_assert(kHeaderSizes.front() == kMinMetadataSize && kHeaderSizes.back() == kMaxMetadataSize);

struct HeaderDisk {
    std::array<std::uint8_t, 6> magic;                  // 0x000
    Be16 version;                                       // 0x006
    Be64 header_size;                                   // 0x008  of this copy, bytes
    Be64 sequence_id;                                   // 0x010  +1 with every write
    TextField<48> label;                                // 0x018
    TextField<32> checksum_algorithm;                   // 0x048  "sha256"
    std::array<std::byte, 64> salt;                     // 0x068  makes the copies differ
    TextField<40> uuid;                                 // 0x0a8
    TextField<48> subsystem;                            // 0x0d0
    Be64 offset;                                        // 0x100  of this copy on the device, bytes
    std::array<std::byte, 184> padding;                 // 0x108  zeros
    std::array<std::byte, kMaxChecksumBytes> checksum;  // 0x1c0  of the copy with this field zero
    std::array<std::byte, 3584> padding4096;            // 0x200  zeros
};
static_assert(sizeof(HeaderDisk) == kBinaryHeaderBytes && alignof(HeaderDisk) == 1);
static_assert(offsetof(HeaderDisk, salt) == 0x68 && offsetof(HeaderDisk, uuid) == 0xa8);
static_assert(offsetof(HeaderDisk, offset) == 0x100 && offsetof(HeaderDisk, checksum) == 0x1c0);

}  // namespace latchkey::luks2
