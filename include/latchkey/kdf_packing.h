// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs several key derivations at the same time within the available memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "latchkey/volume.h"

namespace latchkey {

struct KdfJob {
    std::uint64_t memory_kib = 0;  // peak
    std::uint64_t work = 0;  // comparable between jobs: KiB filled, or an amount that takes as long
    unsigned lanes = 1;      // threads that the job uses
    bool alone = false;      // nothing runs beside it
};

// Returns the cost of trying one passphrase on all keyslots that unlock() would try with these options.
[[nodiscard]] LATCHKEY_API KdfJob kdf_job(const std::vector<KeyslotInfo>& keyslots,
                                          const UnlockOptions& options = {});

// Returns the memory in KiB that derivations may use together without swapping others out.  It depends on the free
// memory and on the limits of the cgroups.  At least 1.
[[nodiscard]] LATCHKEY_API std::uint64_t kdf_memory_budget_kib();
[[nodiscard]] LATCHKEY_API unsigned kdf_cpus();

// Decides when each job begins.  Pure.  The longest job comes first.  A job begins when its memory fits and a
// processor is free; a job that exceeds the whole budget, or is marked so, runs alone.
class LATCHKEY_API KdfPacking {
  public:
    KdfPacking(std::uint64_t budget_kib, unsigned cpus);

    // Returns the job's number, from 0.
    std::size_t add(const KdfJob& job);
    // Returns the job to begin now and counts it as running.  Nothing if all have begun or a running job must end
    // first.
    [[nodiscard]] std::optional<std::size_t> begin_next();
    void finished(std::size_t number);

    [[nodiscard]] std::size_t running() const { return running_; }
    [[nodiscard]] std::uint64_t used_kib() const { return used_kib_; }

  private:
    [[nodiscard]] unsigned threads_of(const KdfJob& job) const;

    std::uint64_t budget_kib_;
    unsigned cpus_;
    std::vector<KdfJob> jobs_;
    std::vector<std::size_t> waiting_;
    std::size_t running_ = 0;
    bool one_alone_ = false;  // the running job is one that runs alone
    std::uint64_t used_kib_ = 0;
    unsigned threads_ = 0;
};

}  // namespace latchkey
