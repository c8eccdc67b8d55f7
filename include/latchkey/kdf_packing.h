// SPDX-License-Identifier: LGPL-2.1-or-later
// Several key derivations side by side, within the memory that there is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "latchkey/volume.h"

namespace latchkey {

struct KdfJob {
    std::uint64_t memory_kib = 0;  // at one time
    std::uint64_t work = 0;        // comparable among jobs: KiB filled, or what takes as long
    unsigned lanes = 1;            // threads that it makes use of
};

// What trying one passphrase on all keyslots costs that unlock() with these options would try.
[[nodiscard]] LATCHKEY_API KdfJob kdf_job(const std::vector<KeyslotInfo>& keyslots,
                                          const UnlockOptions& options = {});

// Memory that derivations may take together without pushing others out: of what is free, and of what the cgroups
// allow, in KiB.  At least 1.
[[nodiscard]] LATCHKEY_API std::uint64_t kdf_memory_budget_kib();
[[nodiscard]] LATCHKEY_API unsigned kdf_cpus();

// Which job begins when.  Pure.  The longest goes first; one is begun when its memory fits and a processor is free,
// and one that alone is more than the budget runs alone.
class LATCHKEY_API KdfPacking {
  public:
    KdfPacking(std::uint64_t budget_kib, unsigned cpus);

    // Returns its number, from 0.
    std::size_t add(const KdfJob& job);
    // The next to begin now, which then runs; nothing if all are begun or one that runs must end first.
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
    std::uint64_t used_kib_ = 0;
    unsigned threads_ = 0;
};

}  // namespace latchkey
