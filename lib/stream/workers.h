// SPDX-License-Identifier: LGPL-2.1-or-later
// Several threads process numbered chunks; where order matters, they pass one after the other.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::stream {

// Small enough to stay in a core's cache while it is read, decrypted and written; a larger size gains nothing.
inline constexpr std::size_t kChunkBytes = 256 * 1024;

// Lets chunk n pass when all before it have passed.  Once broken, lets all pass and tells them.
class Turnstile {
  public:
    explicit Turnstile(std::uint64_t first = 0) : next_(first) {}
    // Returns false if the turnstile is broken.
    [[nodiscard]] bool wait_for(std::uint64_t turn);
    void pass();  // called by the thread whose turn it is
    void break_it();

  private:
    std::mutex mutex_;
    std::condition_variable moved_;
    std::uint64_t next_;
    bool broken_ = false;
};

// The result of a chunk: more chunks follow, or it was the last one.
enum class More : std::uint8_t { Yes, No };

// Processes one chunk.  Chunks are taken by number until one returns No, one fails (the first failure is the result) or
// `cancelled`.  `buffer` belongs to the thread, has kChunkBytes bytes, and is wiped at the end.
using ChunkWork = std::function<Result<More>(std::uint64_t chunk, MutableByteView buffer)>;
[[nodiscard]] Result<void> work_through(unsigned threads, std::uint64_t first_chunk,
                                        const std::atomic<bool>& cancelled, Turnstile& order,
                                        const ChunkWork& work);

}  // namespace latchkey::stream
