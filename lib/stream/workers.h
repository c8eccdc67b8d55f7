// SPDX-License-Identifier: LGPL-2.1-or-later
// Several threads work through numbered chunks; where order matters, they pass one after the other.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::stream {

// Small enough to stay in a core's own cache between reading, decrypting and writing; larger gains nothing.
inline constexpr std::size_t kChunkBytes = 256 * 1024;

// Lets chunk n pass when all before it have.  Once broken, everybody passes, and is told.
class Turnstile {
  public:
    explicit Turnstile(std::uint64_t first = 0) : next_(first) {}
    // False if it broke.
    [[nodiscard]] bool wait_for(std::uint64_t turn);
    void pass();  // by the one whose turn it is
    void break_it();

  private:
    std::mutex mutex_;
    std::condition_variable moved_;
    std::uint64_t next_;
    bool broken_ = false;
};

// What a chunk's worker says: done with it, or it was the last there is.
enum class More : std::uint8_t { Yes, No };

// Takes chunks by number until one says No, one fails (the first failure is the answer) or `cancelled`.  `buffer` is a
// worker's own, kChunkBytes long, and wiped in the end.
using ChunkWork = std::function<Result<More>(std::uint64_t chunk, MutableByteView buffer)>;
[[nodiscard]] Result<void> work_through(unsigned threads, std::uint64_t first_chunk,
                                        const std::atomic<bool>& cancelled, Turnstile& order,
                                        const ChunkWork& work);

}  // namespace latchkey::stream
