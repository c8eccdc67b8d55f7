// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/derive_ahead.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <system_error>
#include <utility>

#include "crypto/pbkdf2_together.h"

namespace latchkey::crypto {
namespace {

constexpr std::chrono::milliseconds kGlance{5};  // between checks for a cancellation

// Returns whether the parameters are such that only PBKDF2 itself can fail.
bool fits_in_lane(const DeriveAhead::Wanted& wanted) {
    constexpr std::size_t kLongestKey = 1024;  // bytes; longer keys fill vectors alone
    return wanted.params.type == model::kPbkdf2 && wanted.params.iterations != 0 &&
           wanted.length != 0 && wanted.length <= kLongestKey;
}

}  // namespace

DeriveAhead::DeriveAhead(ByteView passphrase, std::vector<Wanted> wanted,
                         const std::atomic<bool>& cancelled, unsigned processors)
    : passphrase_(passphrase), cancelled_(cancelled) {
    jobs_.reserve(wanted.size());
    for (Wanted& each : wanted) jobs_.emplace_back().wanted = std::move(each);
    if (jobs_.size() < 2 || processors < 2) return;
    workers_ = std::min<std::size_t>(jobs_.size(), processors);
    threads_.reserve(workers_);
    try {
        while (threads_.size() < workers_) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
        // Fewer threads (a limit on processes) only make it slower.
    } catch (const std::bad_alloc&) {
        // The same holds for lack of memory.
    }
}

DeriveAhead::~DeriveAhead() {
    stopping_.store(true, std::memory_order_relaxed);
    for (std::thread& thread : threads_) thread.join();
}

bool DeriveAhead::wants(int keyslot) const {
    return std::ranges::any_of(jobs_,
                               [keyslot](const Job& job) { return job.wanted.keyslot == keyslot; });
}

Result<SecretBuffer> DeriveAhead::derive_now(const Wanted& wanted,
                                             const std::atomic<bool>& cancelled) const {
    return derive(wanted.params, passphrase_, wanted.salt, wanted.length, cancelled);
}

Result<SecretBuffer> DeriveAhead::derive_for(int keyslot) {
    std::unique_lock lock(mutex_);
    const auto job =
        std::ranges::find(jobs_, keyslot, [](const Job& each) { return each.wanted.keyslot; });
    if (job == jobs_.end()) return fail(Errc::InvalidArgument, "keyslot %d is not wanted", keyslot);
    // Without workers no other thread starts the job.  A job that failed in a worker for lack of memory is tried again
    // here, or the error is reported here.
    if (threads_.empty()) {
        lock.unlock();
        return derive_now(job->wanted, cancelled_);
    }
    while (!ended_.wait_for(lock, kGlance, [&job] { return job->ended; }))
        if (cancelled_.load(std::memory_order_relaxed))
            return fail(Errc::Interrupted, "stopped while a key was derived");
    // A repeated request derives the key again.
    if (auto outcome = std::exchange(job->outcome, std::nullopt)) return std::move(*outcome);
    lock.unlock();
    return derive_now(job->wanted, cancelled_);
}

void DeriveAhead::work() {
    std::unique_lock lock(mutex_);
    for (bool first_take = true; !stopping_.load(std::memory_order_relaxed); first_take = false) {
        std::vector<Job*> jobs;
        try {
            jobs = take_jobs(first_take);
        } catch (const std::bad_alloc&) {
            give_up_jobs();
        }
        if (jobs.empty()) return;
        if (jobs.size() == 1)
            derive_alone(*jobs.front(), lock);
        else
            derive_together(jobs, lock);
    }
}

// Without memory for a list of jobs, the walk derives what nobody has begun.
void DeriveAhead::give_up_jobs() {
    for (Job& job : jobs_) {
        if (job.begun) continue;
        job.begun = true;
        end(job, std::nullopt);
    }
}

std::vector<DeriveAhead::Job*> DeriveAhead::take_jobs(bool first_take) {
    const auto next = std::ranges::find(jobs_, false, &Job::begun);
    if (next == jobs_.end()) return {};
    std::vector<Job*> taken = {&*next};
    try {
        taken = take_lanes(*next, first_take);
    } catch (const std::bad_alloc&) {
        // One alone needs no more memory.
    }
    for (Job* job : taken) job->begun = true;
    return taken;
}

std::vector<DeriveAhead::Job*> DeriveAhead::take_lanes(Job& first, bool first_take) {
    const std::string& hash = first.wanted.params.hash;
    std::vector<Job*> candidates;
    std::vector<std::size_t> lengths;
    for (Job& job : jobs_) {
        if (job.begun || job.wanted.params.hash != hash || !fits_in_lane(job.wanted)) continue;
        candidates.push_back(&job);
        lengths.push_back(job.wanted.length);
    }
    if (candidates.size() < 2 || candidates.front() != &first) return {&first};
    const TrustedKernels trusted = kernels_for_lanes(hash);
    if (trusted.kernels.empty()) return {&first};
    // The other workers need something to do, too.
    if (!first_take) lengths.resize((lengths.size() + workers_ - 1) / workers_);
    candidates.resize(lanes_to_take({trusted.kernels, trusted.digest_bytes}, lengths, !first_take));
    return candidates;
}

void DeriveAhead::end(Job& job, std::optional<Result<SecretBuffer>> outcome) {
    job.outcome = std::move(outcome);
    job.ended = true;
    ended_.notify_all();
}

void DeriveAhead::derive_alone(Job& job, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    std::optional<Result<SecretBuffer>> outcome;
    try {
        outcome.emplace(derive_now(job.wanted, stopping_));
    } catch (const std::bad_alloc&) {
        outcome.reset();
    }
    lock.lock();
    end(job, std::move(outcome));
}

void DeriveAhead::derive_together(const std::vector<Job*>& jobs,
                                  std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    try {
        const std::string& hash = jobs.front()->wanted.params.hash;
        const TrustedKernels trusted = kernels_for_lanes(hash);
        std::vector<Pbkdf2Lane> lanes;
        lanes.reserve(jobs.size());
        for (const Job* job : jobs)
            lanes.push_back({job->wanted.params.iterations, job->wanted.salt, job->wanted.length});
        // What has no key after a failure is derived again by the walk, which then has the error.
        (void)pbkdf2_together(trusted.kernels, hash, passphrase_, lanes, stopping_,
                              [&](std::size_t lane, SecretBuffer key) {
                                  lock.lock();
                                  end(*jobs[lane], Result<SecretBuffer>(std::move(key)));
                                  lock.unlock();
                              });
    } catch (const std::bad_alloc&) {
        // The same holds for lack of memory.
    }
    if (!lock.owns_lock()) lock.lock();
    for (Job* job : jobs)
        if (!job->ended) end(*job, std::nullopt);
}

}  // namespace latchkey::crypto
