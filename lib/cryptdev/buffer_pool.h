// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "io/aligned_buffer.h"

namespace latchkey::cryptdev {

// A buffer that may have held plaintext: kept out of core dumps, and wiped before it is freed.
class ScratchBuffer {
  public:
    explicit ScratchBuffer(std::size_t size);
    ScratchBuffer(const ScratchBuffer&) = delete;
    ScratchBuffer& operator=(const ScratchBuffer&) = delete;
    ~ScratchBuffer();
    [[nodiscard]] MutableByteView bytes() { return storage_.bytes(); }

  private:
    io::AlignedBuffer storage_;
};

// Keeps as many buffers as threads were active at once, at most kBound, so that transfers allocate nothing.
class BufferPool {
  public:
    explicit BufferPool(std::size_t buffer_bytes) : buffer_bytes_(buffer_bytes) {
        idle_.reserve(kBound);
    }

    // Holds a buffer until it is destroyed.
    class Lease {
      public:
        Lease(BufferPool& pool, std::unique_ptr<ScratchBuffer> buffer)
            : pool_(pool), buffer_(std::move(buffer)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { pool_.give_back(std::move(buffer_)); }
        [[nodiscard]] MutableByteView bytes() const { return buffer_->bytes(); }

      private:
        BufferPool& pool_;
        std::unique_ptr<ScratchBuffer> buffer_;
    };
    [[nodiscard]] Lease take();

  private:
    static constexpr std::size_t kBound = 16;
    void give_back(std::unique_ptr<ScratchBuffer> buffer) noexcept;

    std::size_t buffer_bytes_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<ScratchBuffer>> idle_;
};

}  // namespace latchkey::cryptdev
