// SPDX-License-Identifier: LGPL-2.1-or-later
// What every call is given instead of global state: log, randomness, policy, a way to stop.
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

namespace latchkey {

enum class LogLevel : std::uint8_t { Error, Warning, Normal, Verbose, Debug, DebugJson };

// Where random bytes come from.  Tests give one that repeats itself.
class LATCHKEY_API RandomSource {
  public:
    virtual ~RandomSource() = default;
    // Fills all of `into`.
    [[nodiscard]] virtual Result<void> fill(std::span<std::byte> into) = 0;
};

// The kernel's generator, getrandom(2).  Never blocks once the system has booted.
LATCHKEY_API std::shared_ptr<RandomSource> system_random();

// What a header may make us spend before we know anything of who wrote it.
struct KdfPolicy {
    std::uint64_t max_iterations = 1'000'000'000;  // PBKDF2, keyslots and digests; ~10 min
    std::uint32_t max_time = 10'000;               // Argon2 passes
    std::uint64_t max_memory_kib = 4'194'304;      // Argon2; the format's limit on writing
    std::uint32_t max_lanes = 64;                  // Argon2; 2.8.5 and later may write so many
    std::uint64_t max_work_kib = 1'073'741'824;    // Argon2 memory times passes; 1 TiB is ~10 min
    std::uint32_t max_total_seconds =
        1800;  // all that one passphrase is tried with, digests too; estimated
    bool check_available_memory = true;  // free memory and the cgroup's limit
    bool one_at_a_time = false;          // Argon2, on this machine; waits for its turn
};

struct Policy {
    KdfPolicy kdf;
    bool metadata_locks = true;     // --disable-locks
    bool allow_null_cipher = true;  // peer-compatible: with the empty passphrase only
    bool allow_null_data =
        false;  // data in clear behind a real passphrase or key: --allow-null-cipher
    bool use_kernel_keyring = true;  // --disable-keyring
    bool guard_last_keyslot = true;
    std::string backup_directory;  // "" = no automatic header backups
};

// Progress of long work.  Return false to stop it.
using ProgressSink = std::function<bool(std::uint64_t done_bytes, std::uint64_t all_bytes)>;
using LogSink = std::function<void(LogLevel, std::string_view)>;

// Owns nothing that is shared: two threads with two contexts never meet.
class LATCHKEY_API Context {
  public:
    Context() : random(system_random()) {}

    std::shared_ptr<RandomSource> random;
    Policy policy;
    LogSink log_sink;       // may be empty
    ProgressSink progress;  // may be empty
    // The command that mends a header, for messages; the device follows it.
    std::string repair_command = "latchkey repair";

    // May be called from a signal handler or another thread; KDFs and long work end soon with
    // Errc::Interrupted.
    void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
    void reset_cancel() noexcept { cancelled_.store(false, std::memory_order_relaxed); }
    [[nodiscard]] const std::atomic<bool>& cancelled() const noexcept { return cancelled_; }

    // A line from a printf format, which is translated first (xgettext --keyword=log:2, --keyword=log_once:2).
    [[gnu::format(printf, 3, 4)]] void log(LogLevel level, const char* format, ...) const;
    // The same text once in this context's life, however often it is come upon.
    [[gnu::format(printf, 3, 4)]] void log_once(LogLevel level, const char* format, ...);
    // A line for who looks for a fault: LogLevel::Debug, untranslated.
    [[gnu::format(printf, 2, 3)]] void debug(const char* format, ...) const;
    // Text that is ready: what an error says, what another program said.
    void log_text(LogLevel level, std::string_view text) const;
    void log_text_once(LogLevel level, std::string_view text);

  private:
    std::atomic<bool> cancelled_{false};
    std::vector<std::string> said_;  // by log_once()
};

}  // namespace latchkey
