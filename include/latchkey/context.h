// SPDX-License-Identifier: LGPL-2.1-or-later
// Log, randomness, policy and cancellation.  Every call takes a Context instead of using global state.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/peer_release.h"

namespace latchkey {

enum class LogLevel : std::uint8_t { Error, Warning, Normal, Verbose, Debug, DebugJson };

// A source of random bytes.  Tests use one that repeats itself.
class LATCHKEY_API RandomSource {
  public:
    virtual ~RandomSource() = default;
    // Fills all of `into`.
    [[nodiscard]] virtual Result<void> fill(std::span<std::byte> into) = 0;
};

// Returns the kernel's generator, getrandom(2).  It never blocks once the system has booted.
LATCHKEY_API std::shared_ptr<RandomSource> system_random();

// Limits on the cost that a header may demand before we trust it.
struct KdfPolicy {
    std::uint64_t max_iterations = 1'000'000'000;  // PBKDF2, keyslots and digests; ~10 min
    std::uint32_t max_time = 10'000;               // Argon2 passes
    std::uint64_t max_memory_kib = 4'194'304;      // Argon2; the format's limit on writing
    std::uint32_t max_lanes = 64;                  // Argon2; 2.8.5 and later may write 64
    std::uint64_t max_work_kib = 1'073'741'824;    // Argon2 memory times passes; 1 TiB is ~10 min
    std::uint32_t max_total_seconds =
        1800;                            // total for one passphrase, digests included; estimated
    bool check_available_memory = true;  // against the free memory and the cgroup's limit
    bool one_at_a_time = false;          // Argon2, on this machine; waits for its turn
};

struct Policy {
    KdfPolicy kdf;
    bool metadata_locks = true;     // --disable-locks
    bool allow_null_cipher = true;  // as the peer: only with the empty passphrase
    bool allow_null_data =
        false;  // data in clear with a real passphrase or key: --allow-null-cipher
    bool use_kernel_keyring = true;  // --disable-keyring
    bool guard_last_keyslot = true;
    std::string backup_directory;                  // "" = no automatic header backups
    PeerRelease speaks_as = built_peer_release();  // --compat
};

// Receives the progress of long work.  Return false to stop it.
using ProgressSink = std::function<bool(std::uint64_t done_bytes, std::uint64_t all_bytes)>;
using LogSink = std::function<void(LogLevel, std::string_view)>;

// Observes computations that may take seconds and count no bytes: derivations of keys, and measuring them.
// Any thread may call, several at a time.
class LATCHKEY_API WorkObserver {
  public:
    virtual ~WorkObserver() = default;
    // Work begins.  `what` is translated and names it: "deriving the key of keyslot 0".  Returns its number.
    [[nodiscard]] virtual int begins(std::string_view what) = 0;
    virtual void ends(int number) noexcept = 0;
};

// Shares nothing: two threads with two contexts do not interfere.
class LATCHKEY_API Context {
  public:
    Context() : random(system_random()) {}

    std::shared_ptr<RandomSource> random;
    Policy policy;
    LogSink log_sink;                        // may be empty
    ProgressSink progress;                   // may be empty
    std::shared_ptr<WorkObserver> observer;  // may be null
    // The command that repairs a header, for messages; the device name follows it.
    std::string repair_command = "latchkey repair";

    // May be called from a signal handler or another thread.  KDFs and long work then end soon with
    // Errc::Interrupted.
    void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    void reset_cancel() noexcept { cancelled_.store(false, std::memory_order_relaxed); }
    [[nodiscard]] const std::atomic<bool>& cancelled() const noexcept { return cancelled_; }

    // Logs a line from a printf format, which is translated first (xgettext --keyword=log:2, --keyword=log_once:2).
    [[gnu::format(printf, 3, 4)]] void log(LogLevel level, const char* format, ...) const;
    // Logs the same text only once in the lifetime of this context.
    [[gnu::format(printf, 3, 4)]] void log_once(LogLevel level, const char* format, ...);
    // Logs an untranslated line at LogLevel::Debug, for debugging.
    [[gnu::format(printf, 2, 3)]] void debug(const char* format, ...) const;
    // Logs finished text: an error's message, or another program's output.
    void log_text(LogLevel level, std::string_view text) const;
    void log_text_once(LogLevel level, std::string_view text);

  private:
    std::atomic<bool> cancelled_{false};
    std::vector<std::string> said_;  // by log_once()
};

}  // namespace latchkey
