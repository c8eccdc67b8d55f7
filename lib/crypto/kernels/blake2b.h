// SPDX-License-Identifier: LGPL-2.1-or-later
// BLAKE2b (RFC 7693) of any length without a key, which Argon2 needs and libgcrypt lacks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace latchkey::crypto::kernels {

class Blake2b {
  public:
    static constexpr std::size_t kLongest = 64;

    // `length` is that of the digest, 1 to kLongest.
    explicit Blake2b(std::size_t length);
    Blake2b(const Blake2b&) = delete;
    Blake2b& operator=(const Blake2b&) = delete;
    ~Blake2b();

    void add(std::span<const std::byte> bytes);
    void add_number(std::uint32_t number);  // as LE32() of RFC 9106
    // Writes the digest to the first bytes of `into`.  Call it once.
    void finish(std::span<std::byte> into);

  private:
    void compress(bool last);

    std::size_t length_;
    std::array<std::uint64_t, 8> state_;
    std::array<std::byte, 128> block_{};
    std::size_t filled_ = 0;  // bytes of block_
    std::uint64_t total_ = 0;
};

// Fills `into` with H' (RFC 9106 section 3.3) of these parts, one after the other.
void argon2_hash(std::span<const std::span<const std::byte>> parts, std::span<std::byte> into);

}  // namespace latchkey::crypto::kernels
