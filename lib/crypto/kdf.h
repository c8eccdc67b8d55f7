// SPDX-License-Identifier: LGPL-2.1-or-later
// Key derivation: passphrase and salt to key.
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
// Interrupted soon after `cancelled` becomes true; MissingCipher for an unknown KDF or hash;
// OutOfMemory when Argon2's memory cannot be had; InvalidArgument for parameters that the
// algorithm itself forbids (iterations 0 ...), with field and value.
[[nodiscard]] Result<SecretBuffer> derive(const model::KdfParams& params, ByteView passphrase,
                                          ByteView salt, std::size_t length,
                                          const std::atomic<bool>& cancelled);

// Warns once of each fast loop of PBKDF2 (kernels/) that was tried here and contradicted libgcrypt.  It is not used: what
// is derived is right.
void tell_broken_kernels(Context& context);

// Refuses a cost from a header before anything is allocated: CostRefused (policy; names field, value,
// limit and how to raise it) or OutOfMemory (free memory, cgroup limit; names both).
[[nodiscard]] Result<void> check_kdf_cost(const model::KdfParams& params, const KdfPolicy& policy);

// PBKDF2 iterations alone, for digests.  `what` names the place: "digest 0".
[[nodiscard]] Result<void> check_iterations(std::uint64_t iterations, const KdfPolicy& policy,
                                            const char* what);

// What several derivations that a header asks for take together.  Seconds of a machine of today, by the rates of
// KdfPolicy; a hash that is slower, and a key that takes several blocks of it, cost accordingly.
class KdfTotal {
  public:
    // One derivation of `length` bytes.  What check_kdf_cost() refuses alone is not derived, and is not to be added.
    void add(const model::KdfParams& params, std::size_t length);
    [[nodiscard]] std::uint64_t seconds() const;
    // CostRefused if that is more than policy.max_total_seconds; names both and how to go on.  `keyslots` is how many
    // are to be tried.
    [[nodiscard]] Result<void> check(const KdfPolicy& policy, std::size_t keyslots) const;

  private:
    double seconds_ = 0;
};

// Memory that a new Argon2 allocation can have now, in KiB: the least of MemAvailable (and swap)
// and what every cgroup above us still allows.
[[nodiscard]] std::uint64_t available_memory_kib();
[[nodiscard]] std::uint64_t physical_memory_kib();
[[nodiscard]] unsigned online_cpus();

// PBKDF2 iterations per second for a key of `key_length` bytes; takes half a second.
[[nodiscard]] Result<std::uint64_t> measure_pbkdf2(std::string_view hash, std::size_t key_length,
                                                   const std::atomic<bool>& cancelled);

// Milliseconds that one derivation takes, with everything that belongs to it, while nobody else wants the
// processors: wall time, and computing time where the machine is seen to be busy.
[[nodiscard]] Result<double> measure_derivation(const model::KdfParams& params,
                                                std::size_t key_length,
                                                const std::atomic<bool>& cancelled);

// Turns what the user asked for into the parameters of a new keyslot: without forced iterations by
// measuring on this machine, so that opening takes `request.time_ms` (0 = 2000).  Type "" is argon2id.
// Rules and limits: docs/formats/luks2.md section 6 (minimums, half of physical memory, CPUs); forced iterations take
// memory and lanes as asked for.  InvalidArgument with the peer's words where the peer has some
// ("Forced iteration count is too low for pbkdf2 (minimum is 1000).").
[[nodiscard]] Result<model::KdfParams> choose_kdf(const model::KdfRequest& request,
                                                  std::size_t key_length,
                                                  const std::atomic<bool>& cancelled);

}  // namespace latchkey::crypto
