// SPDX-License-Identifier: LGPL-2.1-or-later
// One cipher in one mode with one key.
#pragma once

#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "crypto/gcrypt/algorithms.h"
#include "latchkey/error.h"

struct gcry_cipher_handle;

namespace latchkey::crypto {

enum class BlockMode : std::uint8_t { Ecb, Cbc, Ctr, Xts };

// Holds the key schedule and wipes it when destroyed.  Not thread-safe.
class CipherHandle {
  public:
    // `key` has the algorithm's length, or twice that for XTS.
    [[nodiscard]] static Result<CipherHandle> open(const CipherAlgorithm& algorithm, BlockMode mode,
                                                   ByteView key);
    CipherHandle(CipherHandle&& from) noexcept
        : handle_(std::exchange(from.handle_, nullptr)), mode_(from.mode_) {}
    CipherHandle& operator=(CipherHandle&&) = delete;
    CipherHandle(const CipherHandle&) = delete;
    ~CipherHandle();

    // Encrypts whole blocks in place, starting with `iv` (one block; the first counter for CTR; unused by ECB).
    [[nodiscard]] Result<void> encrypt(ByteView iv, MutableByteView bytes);
    [[nodiscard]] Result<void> decrypt(ByteView iv, MutableByteView bytes);
    // Does the same for consecutive sectors, each with an IV from `ivs`.  Not for ECB.
    [[nodiscard]] Result<void> encrypt_sectors(ByteView ivs, std::size_t sector_size,
                                               MutableByteView sectors);
    [[nodiscard]] Result<void> decrypt_sectors(ByteView ivs, std::size_t sector_size,
                                               MutableByteView sectors);

  private:
    CipherHandle(gcry_cipher_handle* handle, BlockMode mode) : handle_(handle), mode_(mode) {}
    [[nodiscard]] Result<void> start(ByteView iv);

    gcry_cipher_handle* handle_;
    BlockMode mode_;
};

}  // namespace latchkey::crypto
