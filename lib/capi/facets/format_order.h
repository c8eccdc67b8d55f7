// SPDX-License-Identifier: LGPL-2.1-or-later
// The arguments of crypt_format(), and what each type makes of them.
#pragma once

#include <string>

#include "capi/device.h"

namespace latchkey::capi {

struct FormatOrder {
    const char* cipher;
    const char* mode;
    const char* uuid;
    const char* key;
    std::size_t key_bytes;
    const void* params;
    bool small_sectors;  // older version of the call: LUKS2 without a sector size uses 512

    [[nodiscard]] bool names_a_cipher() const {
        return cipher != nullptr && mode != nullptr && key_bytes != 0;
    }
    [[nodiscard]] std::string cipher_text() const {
        return mode == nullptr ? std::string(cipher) : std::string(cipher) + "-" + mode;
    }
};

[[nodiscard]] Result<void> check_sector_size(std::uint32_t bytes);
// Refuses parameters that a volume without a header cannot have.
[[nodiscard]] Result<void> check_headerless(const FormatOrder& order);

// Each gives the context its facet; those of LUKS write a header.
[[nodiscard]] Result<void> format_luks1(crypt_device& cd, const FormatOrder& order);
[[nodiscard]] Result<void> format_luks2(crypt_device& cd, const FormatOrder& order);
[[nodiscard]] Result<void> format_plain(crypt_device& cd, const FormatOrder& order);
[[nodiscard]] Result<void> format_loopaes(crypt_device& cd, const FormatOrder& order);

}  // namespace latchkey::capi
