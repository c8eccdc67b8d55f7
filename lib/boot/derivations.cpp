// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot/derivations.h"

#include <signal.h>

#include <chrono>
#include <new>
#include <system_error>
#include <utility>

namespace latchkey::boot {

struct Derivations::Job {
    Derivation what;
    std::size_t number = 0;
    bool again = false;  // its memory could not be had beside the others
    Context context = {};
    std::vector<std::string> messages = {};
    std::optional<Result<UnlockedVolume>> opened = {};
    std::thread thread = {};
};

namespace {

// Signals are for the thread that waits for people.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

  private:
    sigset_t before_;
};

}  // namespace

Derivations::Derivations(Context& context)
    : context_(context), packing_(kdf_memory_budget_kib(), kdf_cpus()) {}

Derivations::~Derivations() {
    for (const auto& job : jobs_) job->context.cancel();
    for (const auto& job : jobs_)
        if (job->thread.joinable()) job->thread.join();
}

void Derivations::add(Derivation derivation) {
    const KdfJob cost = kdf_job(derivation.volume->keyslots(), derivation.options);
    ++left_;
    enqueue(std::move(derivation), cost, false);
}

void Derivations::enqueue(Derivation derivation, const KdfJob& cost, bool again) {
    auto job = std::make_unique<Job>();
    job->number = packing_.add(cost);
    job->what = std::move(derivation);
    job->again = again;
    job->context.random = context_.random;
    job->context.policy = context_.policy;
    job->context.log_sink = [one = job.get()](LogLevel level, std::string_view text) {
        if (level <= LogLevel::Warning) one->messages.emplace_back(text);
    };
    job->context.observer = context_.observer;
    jobs_.push_back(std::move(job));
    begin();
}

void Derivations::begin() {
    while (const auto number = packing_.begin_next()) {
        Job& job = *jobs_[*number];
        const SignalsBlocked blocked;
        try {
            job.thread = std::thread([this, &job] { run(job); });
        } catch (const std::system_error&) {
            run(job);  // no thread can be had: then one after the other
        }
    }
}

void Derivations::run(Job& job) {
    try {
        job.opened = job.what.volume->unlock(job.context, *job.what.passphrase, job.what.options);
    } catch (const std::bad_alloc&) {
        job.opened = Result<UnlockedVolume>(Error{Errc::OutOfMemory, "not enough memory"});
    }
    const std::lock_guard lock(mutex_);
    done_.push_back(job.number);
    ended_.notify_one();
}

Derived Derivations::wait() {
    for (;;) {
        std::unique_lock lock(mutex_);
        // A signal is noticed by looking: its handler may not notify.
        while (
            !ended_.wait_for(lock, std::chrono::milliseconds(100), [&] { return !done_.empty(); }))
            if (context_.cancelled().load(std::memory_order_relaxed))
                for (const auto& job : jobs_) job->context.cancel();
        const std::size_t number = done_.front();
        done_.pop_front();
        lock.unlock();
        Job& job = *jobs_[number];
        if (job.thread.joinable()) job.thread.join();
        const bool crowded = packing_.running() > 1;
        packing_.finished(number);
        Result<UnlockedVolume> opened = std::move(*job.opened);
        if (!opened && opened.error().code == Errc::OutOfMemory && crowded && !job.again) {
            // It may have room when nothing runs beside it.
            KdfJob alone = kdf_job(job.what.volume->keyslots(), job.what.options);
            alone.alone = true;
            enqueue(std::move(job.what), alone, true);
            continue;
        }
        begin();
        --left_;
        job.what.passphrase.reset();
        return {job.what.item, std::move(opened), std::move(job.messages)};
    }
}

}  // namespace latchkey::boot
