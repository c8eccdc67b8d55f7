// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/kdf_packing.h"

#include <algorithm>

#include "base/bytes.h"
#include "crypto/kdf.h"
#include "crypto/memory_limits.h"

namespace latchkey {
namespace {

bool is_tried(const KeyslotInfo& slot, const UnlockOptions& options) {
    if (!slot.usable) return false;
    if (options.keyslot) return *options.keyslot == slot.number;
    return slot.priority != Priority::Ignore && (options.any_segment || !slot.unbound);
}

// PBKDF2 needs almost no memory; this many iterations take about as long as a KiB of Argon2.
constexpr std::uint64_t kIterationsPerKib = 4;

std::uint64_t work_of(const KeyslotInfo& slot) {
    if (slot.kdf_memory_kib == 0) return slot.kdf_iterations / kIterationsPerKib;
    return checked_multiply(slot.kdf_memory_kib, slot.kdf_iterations).value_or(UINT64_MAX);
}

}  // namespace

KdfJob kdf_job(const std::vector<KeyslotInfo>& keyslots, const UnlockOptions& options) {
    KdfJob job;
    for (const KeyslotInfo& slot : keyslots) {
        if (!is_tried(slot, options)) continue;
        job.memory_kib = std::max(job.memory_kib, slot.kdf_memory_kib);
        job.work = checked_add(job.work, work_of(slot)).value_or(UINT64_MAX);
        job.lanes = std::max(job.lanes, slot.kdf_lanes);
    }
    return job;
}

std::uint64_t kdf_memory_budget_kib() {
    const crypto::MemoryHeadroom headroom = crypto::system_memory_headroom();
    std::uint64_t free_kib = std::min(headroom.kib, crypto::physical_memory_kib());
    // Swap helps one derivation that has no room otherwise; several at once would only swap each other out.
    if (headroom.cgroup.empty()) free_kib -= std::min(free_kib, crypto::swap_kib());
    // Leaves an eighth for stacks, page tables and other programs.
    return std::max<std::uint64_t>(free_kib - free_kib / 8, 1);
}

unsigned kdf_cpus() {
    return crypto::online_cpus();
}

KdfPacking::KdfPacking(std::uint64_t budget_kib, unsigned cpus)
    : budget_kib_(budget_kib), cpus_(std::max(cpus, 1U)) {}

unsigned KdfPacking::threads_of(const KdfJob& job) const {
    return std::clamp(job.lanes, 1U, cpus_);
}

std::size_t KdfPacking::add(const KdfJob& job) {
    const std::size_t number = jobs_.size();
    jobs_.push_back(job);
    // Inserts after the jobs that take as long.
    const auto place = std::ranges::upper_bound(waiting_, job.work, std::ranges::greater(),
                                                [&](std::size_t one) { return jobs_[one].work; });
    waiting_.insert(place, number);
    return number;
}

std::optional<std::size_t> KdfPacking::begin_next() {
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
        const KdfJob& job = jobs_[*at];
        const bool fits = used_kib_ <= budget_kib_ && job.memory_kib <= budget_kib_ - used_kib_;
        if (running_ > 0 && (one_alone_ || job.alone || !fits || threads_ >= cpus_)) continue;
        const std::size_t number = *at;
        waiting_.erase(at);
        ++running_;
        one_alone_ = job.alone;
        used_kib_ += job.memory_kib;
        threads_ += threads_of(job);
        return number;
    }
    return std::nullopt;
}

void KdfPacking::finished(std::size_t number) {
    const KdfJob& job = jobs_[number];
    --running_;
    if (job.alone) one_alone_ = false;
    used_kib_ -= job.memory_kib;
    threads_ -= threads_of(job);
}

}  // namespace latchkey
