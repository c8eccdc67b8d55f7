// SPDX-License-Identifier: LGPL-2.1-or-later
// Parses dm-crypt's parameters as the kernel returns them; docs/formats/device-mapper.md section 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "latchkey/error.h"
#include "latchkey/mapping_info.h"

namespace latchkey::activate {

struct CryptParams {
    std::string cipher = {};
    std::size_t key_bytes = 0;
    // A view of the parsed text, valid only as long as that: hexadecimal digits of a secret, "-", or
    // ":64:logon:description".
    std::string_view key_field = {};
    bool key_in_keyring = false;
    std::string key_description = {};
    std::uint64_t iv_offset = 0;
    std::string device = {};  // "7:0"
    std::uint32_t major = 0;  // of the device; 0 if the device is written another way
    std::uint32_t minor = 0;
    std::uint64_t offset = 0;  // 512-byte sectors
    ActivationFlags flags = {};
    std::uint32_t sector_size = 512;  // bytes
    bool iv_large_sectors = false;
    std::uint32_t tag_bytes = 0;  // integrity
    std::string integrity = {};   // "aead", "none"; "" = no integrity
    std::uint32_t integrity_key_bytes = 0;
};

// InvalidArgument names the field.  Messages never contain the key.
[[nodiscard]] Result<CryptParams> parse_crypt_params(std::string_view text);

// Parses "7:0"; returns nothing for anything else.
[[nodiscard]] std::optional<std::pair<std::uint32_t, std::uint32_t>> parse_device_number(
    std::string_view text);

}  // namespace latchkey::activate
