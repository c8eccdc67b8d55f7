// SPDX-License-Identifier: LGPL-2.1-or-later
// Tries passphrases on several volumes at the same time, each in a thread with its own context.
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

// One passphrase to be tried on one volume, which must live until wait() has returned the result.
struct Derivation {
    std::size_t item = 0;  // the request
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
    // Returns the next result; at least one must be under way.  Once the context is cancelled, all end soon.
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
