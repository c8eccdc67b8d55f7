// SPDX-License-Identifier: GPL-2.0-or-later
// Shows that a computation is going on when it takes more than two seconds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "latchkey/context.h"

namespace latchkey::cli {

// When to speak of work that goes on, in seconds since it began.
struct WorkRhythm {
    bool one_line = false;  // on a terminal: the line is written again each second
    std::optional<std::uint32_t> every = {};  // --progress-frequency

    // Returns the second after `seconds` at which to speak.  Without a terminal each is twice the last, at most a
    // minute later.
    [[nodiscard]] std::uint64_t next(std::uint64_t seconds) const;
};

// Returns "deriving the key of keyslot 0: 4 s so far"; of several at the same time the first, and the number of others.
[[nodiscard]] std::string work_text(const std::string& first, std::size_t others,
                                    std::uint64_t seconds);

// A thread that lives only while there is work.  Pauses of less than a blink do not end it: a passphrase that is tried
// with many keyslots is one work.
class WorkWatch final : public WorkObserver {
  public:
    // Where to write; null: nowhere.  Is asked when there is something to say.
    using Stream = std::function<std::FILE*()>;
    WorkWatch(Stream stream, WorkRhythm rhythm) : stream_(std::move(stream)), rhythm_(rhythm) {}
    ~WorkWatch() override;
    WorkWatch(const WorkWatch&) = delete;
    WorkWatch& operator=(const WorkWatch&) = delete;

    [[nodiscard]] int begins(std::string_view what) override;
    void ends(int number) noexcept override;
    // Erases the line, so that other text can be written.
    void make_room() noexcept;

    // Says nothing during its life: a person is asked, and a line would erase the question.
    class Hush {
      public:
        explicit Hush(WorkWatch& watch) noexcept : watch_(watch) { watch_.hush(true); }
        ~Hush() { watch_.hush(false); }
        Hush(const Hush&) = delete;
        Hush& operator=(const Hush&) = delete;

      private:
        WorkWatch& watch_;
    };

  private:
    using Clock = std::chrono::steady_clock;
    struct Work {
        int number = 0;
        std::string what;
    };

    void start();
    void watch() noexcept;
    void speak(std::uint64_t seconds);
    void erase() noexcept;
    void hush(bool quiet) noexcept;

    Stream stream_;
    WorkRhythm rhythm_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Work> works_;
    std::thread thread_;
    std::FILE* begun_ = nullptr;  // the line is on it
    bool quiet_ = false;
    int last_number_ = 0;
    std::uint64_t spoken_at_ = 0;  // seconds since begun_at_
    Clock::time_point begun_at_ = {};
    Clock::time_point ended_at_ = {};
};

}  // namespace latchkey::cli
