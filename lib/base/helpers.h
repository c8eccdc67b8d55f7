// SPDX-License-Identifier: LGPL-2.1-or-later
// One large request on all processors: who sends one after the other still gets more than one's speed.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "latchkey/error.h"

namespace latchkey {

// Thread-safe.  Its threads begin with the first large request, so that what a process gives up before holds for them.
class Helpers {
  public:
    // A part of a request: `length` bytes from `begin` in it.
    using Work = std::function<Result<void>(std::size_t begin, std::size_t length)>;

    // Returns how many threads can help the one that asks: the processors but one, and no more than 7.
    [[nodiscard]] static unsigned spare_processors();

    explicit Helpers(unsigned threads) : wanted_(threads) {}
    Helpers(const Helpers&) = delete;
    Helpers& operator=(const Helpers&) = delete;
    ~Helpers();

    // Every part once, those of small requests in one piece, by this thread and by helpers that have nothing else to do.
    // After a failure parts may be left out; the first failure is the answer.
    [[nodiscard]] Result<void> share(std::size_t length, const Work& work);

    // Fits the second-level cache, and CryptDevice's chunks.
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
    unsigned inside_ = 0;         // callers with large requests
    std::vector<Request*> open_;  // with parts that nobody took; each lives on its caller's stack
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace latchkey
