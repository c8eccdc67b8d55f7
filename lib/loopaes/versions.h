// SPDX-License-Identifier: LGPL-2.1-or-later
// The three kinds of key files (docs/formats/loopaes.md section 1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace latchkey::loopaes {

struct Version {
    int number;
    std::size_t keys;           // in the file, and consecutive in the mapping's key
    std::uint8_t first_byte;    // XORed into the first byte of each key
    const char* cipher_suffix;  // what follows the cipher's name
};
inline constexpr std::array kVersions = {
    Version{1, 1, 0x00, "-cbc-plain64"}, Version{2, 64, 0x55, ":64-cbc-lmk"},
    Version{3, 65, 0xf4, ":64-cbc-lmk"},  // the last one is the seed of the IVs
};

}  // namespace latchkey::loopaes
