// SPDX-License-Identifier: LGPL-2.1-or-later
// Key derivation: computes a key from a passphrase and a salt.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"
#include "model/kdf_params.h"

namespace latchkey::crypto {

// Derives `length` bytes.  The caller has checked the cost against the policy (check_kdf_cost).
// Interrupted: soon after `cancelled` becomes true.  MissingCipher: unknown KDF or hash.  OutOfMemory: Argon2's memory
// cannot be allocated.  InvalidArgument: the algorithm itself forbids a parameter (iterations 0 ...); names field and
// value.
[[nodiscard]] Result<SecretBuffer> derive(const model::KdfParams& params, ByteView passphrase,
                                          ByteView salt, std::size_t length,
                                          const std::atomic<bool>& cancelled);

// Warns once about each fast loop of PBKDF2 (kernels/) that was tried on this machine and contradicted libgcrypt.  Such
// a loop is not used, so the derived keys are correct.
void tell_broken_kernels(Context& context);

// Refuses too high a cost in a header before anything is allocated.  CostRefused: the policy forbids it; names field,
// value, limit and how to raise it.  OutOfMemory: free memory or the cgroup limit is too small; names both values.
[[nodiscard]] Result<void> check_kdf_cost(const model::KdfParams& params, const KdfPolicy& policy);

// Checks PBKDF2 iterations alone, for digests.  `what` names the place: "digest 0".
[[nodiscard]] Result<void> check_iterations(std::uint64_t iterations, const KdfPolicy& policy,
                                            const char* what);

// Adds up the cost of several derivations that a header asks for, in seconds of a current machine at the rates of
// KdfPolicy.  Slower hashes, and keys that take several blocks of the hash, cost more.
class KdfTotal {
  public:
    // Adds one derivation of `length` bytes.  Leave out a derivation that check_kdf_cost() refuses, because it will not
    // run.
    void add(const model::KdfParams& params, std::size_t length);
    [[nodiscard]] std::uint64_t seconds() const;
    // CostRefused if the total exceeds policy.max_total_seconds; names both values and how to go on.  `keyslots` is the
    // number of keyslots to try.
    [[nodiscard]] Result<void> check(const KdfPolicy& policy, std::size_t keyslots) const;

  private:
    double seconds_ = 0;
};

// Returns the memory in KiB that a new Argon2 allocation can get now: the least of MemAvailable (plus swap) and what
// every cgroup above this process still allows.
[[nodiscard]] std::uint64_t available_memory_kib();
[[nodiscard]] std::uint64_t physical_memory_kib();
[[nodiscard]] unsigned online_cpus();

// Returns PBKDF2 iterations per second for a key of `key_length` bytes; takes half a second.
[[nodiscard]] Result<std::uint64_t> measure_pbkdf2(std::string_view hash, std::size_t key_length,
                                                   const std::atomic<bool>& cancelled);

// Returns the milliseconds that one complete derivation takes on idle processors: wall time, or the thread's computing
// time if the machine proves busy.
[[nodiscard]] Result<double> measure_derivation(const model::KdfParams& params,
                                                std::size_t key_length,
                                                const std::atomic<bool>& cancelled);

// Turns the user's request into the parameters of a new keyslot.  Without forced iterations, measures this machine so
// that opening takes `request.time_ms` (0 = 2000).  Type "" is argon2id.
// Rules and limits: docs/formats/luks2.md section 6 (minimums, half of physical memory, CPUs).  Forced iterations take
// memory and lanes as requested.  InvalidArgument uses the peer's words where the peer has some ("Forced iteration
// count is too low for pbkdf2 (minimum is 1000).").
[[nodiscard]] Result<model::KdfParams> choose_kdf(const model::KdfRequest& request,
                                                  std::size_t key_length,
                                                  const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
