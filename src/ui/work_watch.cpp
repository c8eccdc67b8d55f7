// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/work_watch.h"

#include <signal.h>

#include <algorithm>
#include <cinttypes>
#include <new>
#include <system_error>

#include "text/format.h"
#include "text/wording.h"

namespace latchkey::cli {
namespace {

constexpr std::uint64_t kPatience = 2;            // seconds
constexpr std::uint64_t kLongestSilence = 60;     // seconds
constexpr std::chrono::milliseconds kBlink{300};  // between two parts of the same work

// Signals are for the thread that waits for people.
class AllSignalsBlocked {
  public:
    AllSignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    AllSignalsBlocked(const AllSignalsBlocked&) = delete;
    AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

  private:
    sigset_t before_;
};

}  // namespace

std::uint64_t WorkRhythm::next(std::uint64_t seconds) const {
    if (every) return std::max<std::uint64_t>(seconds + *every, kPatience);
    if (seconds < kPatience) return kPatience;
    return one_line ? seconds + 1 : seconds + std::min(seconds, kLongestSilence);
}

std::string work_text(const std::string& first, std::size_t others, std::uint64_t seconds) {
    if (others == 0) return text("%s: %" PRIu64 " s so far", first.c_str(), seconds);
    return text("%s, and %zu more: %" PRIu64 " s so far", first.c_str(), others, seconds);
}

WorkWatch::~WorkWatch() {
    {
        const std::lock_guard lock(mutex_);
        works_.clear();
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

int WorkWatch::begins(std::string_view what) {
    const std::lock_guard lock(mutex_);
    works_.push_back({++last_number_, std::string(what)});
    if (works_.size() == 1) start();
    return last_number_;
}

// Without a thread (a limit on processes, or no memory) nothing is shown.
void WorkWatch::start() {
    const auto now = Clock::now();
    if (now - ended_at_ > kBlink) {
        begun_at_ = now;
        spoken_at_ = 0;
    }
    const AllSignalsBlocked blocked;
    try {
        thread_ = std::thread([this] { watch(); });
    } catch (const std::system_error&) {
    } catch (const std::bad_alloc&) {
    }
}

void WorkWatch::ends(int number) noexcept {
    std::thread finished;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(works_, [number](const Work& work) { return work.number == number; });
        if (!works_.empty()) return;
        ended_at_ = Clock::now();
        finished.swap(thread_);
        changed_.notify_all();
    }
    if (finished.joinable()) finished.join();
}

void WorkWatch::make_room() noexcept {
    const std::lock_guard lock(mutex_);
    erase();
}

void WorkWatch::hush(bool quiet) noexcept {
    const std::lock_guard lock(mutex_);
    if (quiet) erase();
    quiet_ = quiet;
}

void WorkWatch::watch() noexcept {
    std::unique_lock lock(mutex_);
    while (!works_.empty()) {
        const std::uint64_t next = rhythm_.next(spoken_at_);
        if (changed_.wait_until(lock, begun_at_ + std::chrono::seconds(next),
                                [this] { return works_.empty(); }))
            break;
        spoken_at_ = next;
        try {
            speak(next);
        } catch (const std::bad_alloc&) {
            // The work goes on without words.
        }
    }
    erase();
}

void WorkWatch::speak(std::uint64_t seconds) {
    std::FILE* const stream = stream_();
    if (stream == nullptr || quiet_) return;
    const std::string said = sentence(work_text(works_.front().what, works_.size() - 1, seconds));
    std::fflush(stdout);
    std::fputs((rhythm_.one_line ? "\33[2K\r" + said : said + "\n").c_str(), stream);
    std::fflush(stream);
    if (rhythm_.one_line) begun_ = stream;
}

void WorkWatch::erase() noexcept {
    if (begun_ == nullptr) return;
    std::fputs("\33[2K\r", begun_);
    std::fflush(begun_);
    begun_ = nullptr;
}

}  // namespace latchkey::cli
