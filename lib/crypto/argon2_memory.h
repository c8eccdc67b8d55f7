// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

#include "crypto/kernels/argon2.h"

namespace latchkey::crypto {

// The blocks of one computation, in pages of their own: huge ones where the system allows a program to ask for them,
// excluded from core dumps, wiped at the end.  Not locked: a machine that can derive the key only with swap must still
// be able to.
class Argon2Memory {
  public:
    explicit Argon2Memory(const kernels::Argon2Shape& shape);
    Argon2Memory(const Argon2Memory&) = delete;
    Argon2Memory& operator=(const Argon2Memory&) = delete;
    ~Argon2Memory();

    // Returns null if there is no memory.
    [[nodiscard]] kernels::Argon2Block* blocks() { return blocks_; }
    // Says that in each lane only this many blocks have been written.  Wiping the rest would make its pages.
    void set_written(std::uint32_t lane_blocks) { written_ = lane_blocks; }

  private:
    kernels::Argon2Shape shape_;
    void* pages_ = nullptr;
    std::size_t size_ = 0;  // bytes
    kernels::Argon2Block* blocks_ = nullptr;
    std::uint32_t written_ = 0;
};

}  // namespace latchkey::crypto
