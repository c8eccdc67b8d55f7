// SPDX-License-Identifier: LGPL-2.1-or-later
// A LUKS1 header whose every field was checked.
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

// No cipher takes so many; it bounds what a header can make us read (8 areas of 2 MB).
inline constexpr std::uint32_t kMaxKeyBytes = 512;

struct Keyslot {
    std::uint32_t state = kStateDisabled;  // as on disk
    std::uint32_t iterations = 0;          // PBKDF2
    std::array<std::byte, kSaltBytes> salt = {};
    std::uint32_t area_offset_sectors = 0;

    [[nodiscard]] bool enabled() const { return state == kStateEnabled; }
    [[nodiscard]] bool disabled() const { return state == kStateDisabled; }
    // Neither: damaged.  Such a keyslot opens nothing, does not count and is not written to; the
    // others work.
    [[nodiscard]] bool invalid() const { return !enabled() && !disabled(); }

    friend bool operator==(const Keyslot&, const Keyslot&) = default;
};

struct Header {
    std::string cipher_name;  // printable; whether we can do the cipher is asked when it is needed
    std::string cipher_mode;
    std::string hash;  // known to the library; in the case in which it is stored
    std::uint32_t payload_offset_sectors = 0;  // 0 = data on another device, from its start
    std::uint32_t key_bytes = 0;
    std::array<std::byte, kDigestBytes> digest = {};
    std::array<std::byte, kSaltBytes> digest_salt = {};
    std::uint32_t digest_iterations = 0;
    std::string uuid;
    std::uint32_t stripes = crypto::kAfStripes;  // of every keyslot; others than 4000 are only read
    std::array<Keyslot, kKeyslotCount> keyslots = {};

    // "aes-xts-plain64": dm-crypt's notation.
    [[nodiscard]] std::string cipher() const { return cipher_name + "-" + cipher_mode; }
    [[nodiscard]] const Keyslot& keyslot(int number) const {
        return keyslots[static_cast<std::size_t>(number)];
    }
    [[nodiscard]] Keyslot& keyslot(int number) {
        return keyslots[static_cast<std::size_t>(number)];
    }
    // The first disabled keyslot.
    [[nodiscard]] std::optional<int> free_keyslot() const;
    [[nodiscard]] int enabled_keyslots() const;
    // The length of each keyslot's area.
    [[nodiscard]] std::uint64_t area_bytes() const;
    // Behind the last keyslot's area.
    [[nodiscard]] std::uint64_t areas_end_bytes() const;

    friend bool operator==(const Header&, const Header&) = default;
};

// Checks all that the bytes alone can tell (docs/formats/luks1.md section 5).  `bytes` is the device's
// beginning: 1024 bytes, or all there is.  NotThisFormat without the magic and for version 2;
// DeviceTooSmall for a header that is cut; MissingCipher for an unknown hash; else CorruptHeader.
[[nodiscard]] Result<Header> parse(ByteView bytes);

// DeviceTooSmall unless all keyslot areas lie on a device of that size.
[[nodiscard]] Result<void> check_device_size(const Header& header, std::uint64_t device_bytes);

// The inverse of parse(); what is not in a Header becomes zero.
[[nodiscard]] HeaderDisk serialize(const Header& header);

// LUKS1's digest and keyslot keys want 20 bytes of hash at least.
[[nodiscard]] Result<void> check_hash(const std::string& hash);

// The number of AF stripes, 1 to 4000, that all keyslots have; nothing if they differ, as then something is damaged.
[[nodiscard]] std::optional<std::uint32_t> common_stripes(const HeaderDisk& disk);

// InvalidArgument unless 0 <= number < 8.
[[nodiscard]] Result<void> check_keyslot_number(int number);

// "keyslot 3: iterations 0 < 1"
[[nodiscard]] Error no_iterations_error(int number);
// "state 0x12345678 is neither enabled 0x00ac71f3 nor disabled 0x0000dead"
[[nodiscard]] Error invalid_state_error(int number, const Keyslot& keyslot);

}  // namespace latchkey::luks1
