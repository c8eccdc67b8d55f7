// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdlib>
#include <memory>
#include <new>

#include "base/bytes.h"

namespace latchkey::io {

// Memory for O_DIRECT: aligned to a page, which satisfies every logical block size.  It is not wiped, so it is not for
// secrets.
class AlignedBuffer {
  public:
    static constexpr std::size_t kAlignment = 4096;  // bytes

    explicit AlignedBuffer(std::size_t size)
        : bytes_(
              static_cast<std::byte*>(std::aligned_alloc(kAlignment, round_up(size, kAlignment)))),
          size_(size) {
        if (!bytes_) throw std::bad_alloc();
    }
    [[nodiscard]] MutableByteView bytes() { return {bytes_.get(), size_}; }

    [[nodiscard]] static bool aligned(const void* address) {
        return reinterpret_cast<std::uintptr_t>(address) % kAlignment == 0;
    }

  private:
    struct Free {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };
    std::unique_ptr<std::byte, Free> bytes_;
    std::size_t size_;
};

}  // namespace latchkey::io
