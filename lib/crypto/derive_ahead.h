// SPDX-License-Identifier: LGPL-2.1-or-later
// Derives keys for several keyslots in parallel: starts all processors on the keys that a walk over the keyslots will
// need, in the order of the walk.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "crypto/kdf.h"

namespace latchkey::crypto {

// The PBKDF2 derivations of one passphrase for several keyslots, on all processors and in the lanes of their vectors.
// Each processor begins with the next keyslot, and takes others along only if that costs no time; later it takes as many
// as make the whole shorter.  (Argon2 uses several threads by itself, and much
// memory.)  A walk that asks for one key after the other gets the same keys and errors in the same order as without
// this class.  The destructor stops unfinished derivations within a few milliseconds.
class DeriveAhead {
  public:
    struct Wanted {
        int keyslot = 0;
        model::KdfParams params = {};
        ByteView salt = {};
        std::size_t length = 0;
    };

    // The views must outlive this object.  With fewer than two derivations or processors, nothing is started ahead.
    DeriveAhead(ByteView passphrase, std::vector<Wanted> wanted, const std::atomic<bool>& cancelled)
        : DeriveAhead(passphrase, std::move(wanted), cancelled, online_cpus()) {}
    DeriveAhead(ByteView passphrase, std::vector<Wanted> wanted, const std::atomic<bool>& cancelled,
                unsigned processors);
    DeriveAhead(const DeriveAhead&) = delete;
    DeriveAhead& operator=(const DeriveAhead&) = delete;
    ~DeriveAhead();

    [[nodiscard]] bool wants(int keyslot) const;
    // Returns derive() for that keyslot, which must be one of the wanted ones.  The caller has checked the cost.
    [[nodiscard]] Result<SecretBuffer> derive_for(int keyslot);

  private:
    struct Job {
        Wanted wanted = {};
        bool begun = false;
        bool ended = false;
        std::optional<Result<SecretBuffer>> outcome =
            {};  // empty: there was no memory for it, or it was already returned
    };

    void work();
    // Return jobs that have not begun, the first of them next in the walk, to be derived at once; marks them as begun.
    std::vector<Job*> take_jobs(bool first_take);
    void give_up_jobs();
    std::vector<Job*> take_lanes(Job& first, bool first_take);
    void derive_alone(Job& job, std::unique_lock<std::mutex>& lock);
    void derive_together(const std::vector<Job*>& jobs, std::unique_lock<std::mutex>& lock);
    void end(Job& job, std::optional<Result<SecretBuffer>> outcome);
    Result<SecretBuffer> derive_now(const Wanted& wanted, const std::atomic<bool>& cancelled) const;

    ByteView passphrase_;
    const std::atomic<bool>& cancelled_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::condition_variable ended_;
    std::vector<Job> jobs_;
    std::size_t workers_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace latchkey::crypto
