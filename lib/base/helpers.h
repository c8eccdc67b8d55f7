// SPDX-License-Identifier: LGPL-2.1-or-later
// Spreads one large request over all processors, so that even a caller that sends one request at a time gets more than
// one processor's speed.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "latchkey/error.h"

namespace latchkey {

// Thread-safe.  Its threads start with the first large request, so that they inherit what the process has given up
// before.
class Helpers {
  public:
    // Handles a part of a request: `length` bytes, starting at `begin` within the request.
    using Work = std::function<Result<void>(std::size_t begin, std::size_t length)>;

    // Returns how many threads can help the one that asks: the processors but one, and no more than 7.
    [[nodiscard]] static unsigned spare_processors();

    explicit Helpers(unsigned threads) : wanted_(threads) {}
    Helpers(const Helpers&) = delete;
    Helpers& operator=(const Helpers&) = delete;
    ~Helpers();

    // Handles every part once, in this thread and in idle helpers; a small request is one part.  After a failure, may
    // leave out parts and returns the first failure.
    [[nodiscard]] Result<void> share(std::size_t length, const Work& work);

    // Fits the second-level cache and CryptDevice's chunks.
    static constexpr std::size_t kPartBytes = 128 * 1024;

  private:
    struct Request;
    void start();
    void help();
    void work_on(Request& request, std::unique_lock<std::mutex>& lock);

    unsigned wanted_;
    std::once_flag started_;
    std::mutex mutex_;
    std::condition_variable offered_;
    std::condition_variable finished_;
    unsigned inside_ = 0;  // callers with large requests
    std::vector<Request*>
        open_;  // with parts that no thread has taken; each lives on its caller's stack
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace latchkey
