// SPDX-License-Identifier: LGPL-2.1-or-later
// Computes the tweaks of LRW (IEEE P1619 draft 00-00), which libgcrypt lacks: block n is XORed with n * K2 before and
// after encryption, in GF(2^128) with x^128 + x^7 + x^2 + x + 1.
#pragma once

#include "base/bytes.h"
#include "latchkey/secret.h"

namespace latchkey::crypto {

inline constexpr std::size_t kLrwTweakKeyBytes = 16;

class LrwKey {
  public:
    // `tweak_key` is K2, the last kLrwTweakKeyBytes of the volume key.
    explicit LrwKey(ByteView tweak_key);

    // Fills `tweaks` (whole blocks).  `iv` is the number of the first block, 16 bytes, big-endian.
    void write_tweaks(ByteView iv, MutableByteView tweaks) const;

  private:
    SecretBuffer table_;
};

}  // namespace latchkey::crypto
