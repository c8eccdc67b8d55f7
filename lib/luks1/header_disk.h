// SPDX-License-Identifier: LGPL-2.1-or-later
// The bytes of a LUKS1 header, exactly as they are on disk, and nothing else (docs/formats/luks1.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/endian.h"

namespace latchkey::luks1 {

inline constexpr int kKeyslotCount = 8;
inline constexpr std::size_t kDigestBytes = 20;  // with any hash
inline constexpr std::size_t kSaltBytes = 32;

inline constexpr std::array<std::uint8_t, 6> kMagic = {'L', 'U', 'K', 'S', 0xba, 0xbe};
inline constexpr std::uint16_t kVersion = 1;
inline constexpr std::uint32_t kStateEnabled = 0x00ac71f3;
inline constexpr std::uint32_t kStateDisabled = 0x0000dead;

struct KeyslotDisk {
    Be32 state;                              // 0x00  kStateEnabled or kStateDisabled
    Be32 iterations;                         // 0x04  PBKDF2; 0 in a disabled keyslot
    std::array<std::byte, kSaltBytes> salt;  // 0x08  PBKDF2; zeros in a disabled keyslot
    Be32 area_offset;                        // 0x28  in 512-byte sectors, of disabled ones too
    Be32 stripes;                            // 0x2c  of the AF splitter, of disabled ones too
};
static_assert(sizeof(KeyslotDisk) == 48 && alignof(KeyslotDisk) == 1);

struct HeaderDisk {
    std::array<std::uint8_t, 6> magic;                // 0x000
    Be16 version;                                     // 0x006
    TextField<32> cipher_name;                        // 0x008  "aes"
    TextField<32> cipher_mode;                        // 0x028  "xts-plain64"
    TextField<32> hash;                               // 0x048  of PBKDF2, AF splitter and digest
    Be32 payload_offset;                              // 0x068  in 512-byte sectors; 0 = detached
    Be32 key_bytes;                                   // 0x06c
    std::array<std::byte, kDigestBytes> digest;       // 0x070  of the volume key
    std::array<std::byte, kSaltBytes> digest_salt;    // 0x084
    Be32 digest_iterations;                           // 0x0a4
    TextField<40> uuid;                               // 0x0a8
    std::array<KeyslotDisk, kKeyslotCount> keyslots;  // 0x0d0
    std::array<std::uint8_t, 432> padding;            // 0x250  zeros
};
static_assert(sizeof(HeaderDisk) == 1024 && alignof(HeaderDisk) == 1);
static_assert(offsetof(HeaderDisk, payload_offset) == 104 && offsetof(HeaderDisk, uuid) == 168);
static_assert(offsetof(HeaderDisk, keyslots) == 208 && offsetof(HeaderDisk, padding) == 592);

}  // namespace latchkey::luks1
