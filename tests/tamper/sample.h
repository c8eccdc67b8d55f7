// SPDX-License-Identifier: GPL-2.0-or-later
// A volume with two passphrases, and the effect of changes to its header.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "io/mem_device.h"
#include "latchkey/params.h"

namespace latchkey::test {

// The result of one change.
struct Outcome {
    bool loads = false;
    bool copy_damaged = false;     // LUKS2: one copy was ignored
    std::string refusal = {};      // why the header does not load
    std::string metadata = {};     // LUKS2: the JSON document
    std::vector<bool> opens = {};  // for each passphrase, with the right volume key
    bool another_key = false;      // this must never happen
};

// Bytes that replace some of the sample's own.
struct Patch {
    std::uint64_t offset;
    Bytes bytes;
};

// Makes a volume in memory whose keyslots 0 and 1 open with "alpha" and "beta".
class Sample {
  public:
    explicit Sample(const FormatParams& params, std::uint64_t seed);

    [[nodiscard]] bool made() const { return !volume_key_.empty(); }
    [[nodiscard]] ByteView bytes() const { return device_->bytes(); }
    [[nodiscard]] const std::string& metadata() const { return metadata_; }
    // Returns the sample's byte at `bit / 8` with that bit flipped.
    [[nodiscard]] Patch flipped(std::size_t bit) const;
    // Loads the patched image and, if requested, tries both passphrases.  The policy refuses a KDF more expensive
    // than ours, so flipped iteration counts cost no time.
    [[nodiscard]] Outcome judge(const std::vector<Patch>& patches, bool unlock) const;

  private:
    std::shared_ptr<io::MemDevice> device_;
    Bytes volume_key_;
    std::string metadata_;
};

// Runs `judge` for every index below `count` on all CPUs; calls `report` under a lock, in any order.
template <typename Judge, typename Report>
void on_all_cpus(std::size_t count, Judge judge, Report report) {
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    const auto work = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            const auto outcome = judge(i);
            const std::lock_guard lock(mutex);
            report(i, outcome);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
    work();
    for (std::thread& thread : threads) thread.join();
}

}  // namespace latchkey::test
