// SPDX-License-Identifier: LGPL-2.1-or-later
// Sectors of loop-AES with IV generator "lmk" (docs/formats/loopaes.md section 3): many keys, and an IV computed from
// the plaintext.
#pragma once

#include <array>
#include <memory>

#include "crypto/cipher.h"

namespace latchkey::crypto {

[[nodiscard]] inline bool is_lmk(const model::CipherSpec& spec) {
    return spec.iv == "lmk";
}
// Makes a cipher as make_sector_cipher() does.  If there is one more key than the cipher's key count, the last one is
// the seed of the IVs.
[[nodiscard]] Result<std::unique_ptr<SectorCipher>> make_lmk_cipher(const model::CipherSpec& spec,
                                                                    ByteView key,
                                                                    SectorGeometry geometry);
[[nodiscard]] Result<void> check_lmk(const model::CipherSpec& spec, std::size_t key_length);

// MD5 without its final padding, which no library offers: the state after whole blocks of 64 bytes.
struct Md5State {
    std::array<std::uint32_t, 4> words = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    void update(ByteView blocks);
};

}  // namespace latchkey::crypto
