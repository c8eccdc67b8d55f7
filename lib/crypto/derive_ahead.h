// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots side by side: what a walk over keyslots will want to derive is begun on all processors, in the walk's order.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "crypto/kdf.h"

namespace latchkey::crypto {

// One passphrase's PBKDF2 derivations for several keyslots.  (Argon2 has threads of its own, and takes memory.)  Whoever
// walks over the keyslots asks for one key after the other and meets the same keys and errors in the same order as without
// this.  What is left when this goes is stopped within a few milliseconds.
class DeriveAhead {
  public:
    struct Wanted {
        int keyslot = 0;
        model::KdfParams params = {};
        ByteView salt = {};
        std::size_t length = 0;
    };

    // The views must outlive this.  With less than two derivations or processors nothing is begun ahead.
    DeriveAhead(ByteView passphrase, std::vector<Wanted> wanted, const std::atomic<bool>& cancelled)
        : DeriveAhead(passphrase, std::move(wanted), cancelled, online_cpus()) {}
    DeriveAhead(ByteView passphrase, std::vector<Wanted> wanted, const std::atomic<bool>& cancelled,
                unsigned processors);
    DeriveAhead(const DeriveAhead&) = delete;
    DeriveAhead& operator=(const DeriveAhead&) = delete;
    ~DeriveAhead();

    [[nodiscard]] bool wants(int keyslot) const;
    // derive() of that keyslot, which must be among those wanted.  The caller has checked the cost.
    [[nodiscard]] Result<SecretBuffer> derive_for(int keyslot);

  private:
    struct Job {
        Wanted wanted = {};
        bool begun = false;
        bool ended = false;
        std::optional<Result<SecretBuffer>> outcome = {};  // none: no memory for it, or given away
    };

    void work();
    Result<SecretBuffer> derive_now(const Wanted& wanted, const std::atomic<bool>& cancelled) const;

    ByteView passphrase_;
    const std::atomic<bool>& cancelled_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::condition_variable ended_;
    std::vector<Job> jobs_;
    std::vector<std::thread> threads_;
};

}  // namespace latchkey::crypto
