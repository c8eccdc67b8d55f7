// SPDX-License-Identifier: LGPL-2.1-or-later
// Sector encryption in userspace, with cipher, mode and IV in dm-crypt's notation.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "latchkey/error.h"
#include "model/cipher_spec.h"

namespace latchkey::crypto {

struct SectorGeometry {
    std::uint32_t sector_size = 512;  // bytes: 512, 1024, 2048, 4096
    bool iv_large_sectors = false;    // the IV counts sectors of sector_size, not of 512 bytes
};

// One cipher with one key.  Encrypts and decrypts runs of sectors in place.  Const calls are thread-safe.
class SectorCipher {
  public:
    virtual ~SectorCipher() = default;

    // `bytes` is a whole number of sectors; `first_sector` (512-byte units) belongs to its first byte.
    [[nodiscard]] virtual Result<void> encrypt(std::uint64_t first_sector,
                                               MutableByteView bytes) const = 0;
    [[nodiscard]] virtual Result<void> decrypt(std::uint64_t first_sector,
                                               MutableByteView bytes) const = 0;
};

// MissingCipher if this machine cannot compute the spec; InvalidArgument if the key length does not fit it.
[[nodiscard]] Result<std::unique_ptr<SectorCipher>> make_sector_cipher(
    const model::CipherSpec& spec, ByteView key, SectorGeometry geometry = {});

// Checks whether make_sector_cipher() would succeed, without making the cipher.  The error names what is missing.
[[nodiscard]] Result<void> check_cipher(const model::CipherSpec& spec, std::size_t key_length);

// MiB/s of encryption and decryption in memory, for `benchmark`.
struct CipherRate {
    double encrypt_mib_s = 0;
    double decrypt_mib_s = 0;
};
[[nodiscard]] Result<CipherRate> measure_cipher(const model::CipherSpec& spec,
                                                std::size_t key_length);

}  // namespace latchkey::crypto
