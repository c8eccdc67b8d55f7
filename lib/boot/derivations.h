// SPDX-License-Identifier: LGPL-2.1-or-later
// Passphrases tried on several volumes side by side, each by a thread with a context of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "latchkey/kdf_packing.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"

namespace latchkey::boot {

// What it is given stays with its owner until it is answered.
struct Derivation {
    std::size_t item = 0;  // whose
    const Volume* volume = nullptr;
    std::shared_ptr<const Passphrase> passphrase = {};
    UnlockOptions options = {};
};
struct Derived {
    std::size_t item = 0;
    Result<UnlockedVolume> opened;
    std::vector<std::string> messages = {};  // what the library said meanwhile
};

class Derivations {
  public:
    explicit Derivations(Context& context);
    ~Derivations();  // cancels what runs, and waits for it
    Derivations(const Derivations&) = delete;
    Derivations& operator=(const Derivations&) = delete;

    void add(Derivation derivation);
    [[nodiscard]] bool under_way() const { return left_ > 0; }
    // The next that ends; there must be one under way.  Once the context is cancelled all end soon.
    [[nodiscard]] Derived wait();

  private:
    struct Job;
    void enqueue(Derivation derivation, const KdfJob& cost, bool again);
    void begin();
    void run(Job& job);

    Context& context_;
    KdfPacking packing_;
    std::size_t left_ = 0;
    std::vector<std::unique_ptr<Job>> jobs_;  // by their numbers in the packing
    std::mutex mutex_;
    std::condition_variable ended_;
    std::deque<std::size_t> done_;
};

}  // namespace latchkey::boot
