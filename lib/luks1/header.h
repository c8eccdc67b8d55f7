// SPDX-License-Identifier: LGPL-2.1-or-later
// A LUKS1 header with every field checked.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "crypto/af_splitter.h"
#include "latchkey/error.h"
#include "luks1/header_disk.h"

namespace latchkey::luks1 {

// No cipher takes so long a key.  The limit bounds what a header can make us read (8 areas of 2 MB).
inline constexpr std::uint32_t kMaxKeyBytes = 512;

struct Keyslot {
    std::uint32_t state = kStateDisabled;  // as on disk
    std::uint32_t iterations = 0;          // PBKDF2
    std::array<std::byte, kSaltBytes> salt = {};
    std::uint32_t area_offset_sectors = 0;

    [[nodiscard]] bool enabled() const { return state == kStateEnabled; }
    [[nodiscard]] bool disabled() const { return state == kStateDisabled; }
    // Returns whether the keyslot is neither, which means damaged.  Such a keyslot opens nothing, does not count and is
    // never written; the others work.
    [[nodiscard]] bool invalid() const { return !enabled() && !disabled(); }

    friend bool operator==(const Keyslot&, const Keyslot&) = default;
};

struct Header {
    std::string cipher_name;  // printable; not checked for support until it is needed
    std::string cipher_mode;
    std::string hash;                          // known to the library; case as stored
    std::uint32_t payload_offset_sectors = 0;  // 0 = data on another device, from its beginning
    std::uint32_t key_bytes = 0;
    std::array<std::byte, kDigestBytes> digest = {};
    std::array<std::byte, kSaltBytes> digest_salt = {};
    std::uint32_t digest_iterations = 0;
    std::string uuid;
    std::uint32_t stripes =
        crypto::kAfStripes;  // of every keyslot; headers with other numbers than 4000 are only read
    std::array<Keyslot, kKeyslotCount> keyslots = {};

    // Returns dm-crypt's notation: "aes-xts-plain64".
    [[nodiscard]] std::string cipher() const { return cipher_name + "-" + cipher_mode; }
    [[nodiscard]] const Keyslot& keyslot(int number) const {
        return keyslots[static_cast<std::size_t>(number)];
    }
    [[nodiscard]] Keyslot& keyslot(int number) {
        return keyslots[static_cast<std::size_t>(number)];
    }
    // Returns the first disabled keyslot.
    [[nodiscard]] std::optional<int> free_keyslot() const;
    [[nodiscard]] int enabled_keyslots() const;
    // Returns the length of each keyslot's area.
    [[nodiscard]] std::uint64_t area_bytes() const;
    // Returns the end of the last keyslot's area.
    [[nodiscard]] std::uint64_t areas_end_bytes() const;

    friend bool operator==(const Header&, const Header&) = default;
};

// Checks everything that the bytes alone show (docs/formats/luks1.md section 5).  `bytes` is the beginning of the
// device: 1024 bytes, or the whole device if it is shorter.
// NotThisFormat without the magic, and for version 2; DeviceTooSmall for a truncated header; MissingCipher for an
// unknown hash; else CorruptHeader.
[[nodiscard]] Result<Header> parse(ByteView bytes);

// DeviceTooSmall unless all keyslot areas fit on a device of that size.
[[nodiscard]] Result<void> check_device_size(const Header& header, std::uint64_t device_bytes);

// Inverts parse(); bytes that a Header does not contain become zero.
[[nodiscard]] HeaderDisk serialize(const Header& header);

// Checks that the hash has at least 20 bytes, which LUKS1's digest and keyslot keys need.
[[nodiscard]] Result<void> check_hash(const std::string& hash);

// Returns the number of AF stripes, 1 to 4000, if it is the same for all keyslots; nothing if they differ, because then
// something is damaged.
[[nodiscard]] std::optional<std::uint32_t> common_stripes(const HeaderDisk& disk);

// InvalidArgument unless 0 <= number < 8.
[[nodiscard]] Result<void> check_keyslot_number(int number);

// "keyslot 3: iterations 0 < 1"
[[nodiscard]] Error no_iterations_error(int number);
// "state 0x12345678 is neither enabled 0x00ac71f3 nor disabled 0x0000dead"
[[nodiscard]] Error invalid_state_error(int number, const Keyslot& keyslot);

}  // namespace latchkey::luks1
