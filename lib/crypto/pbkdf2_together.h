// SPDX-License-Identifier: LGPL-2.1-or-later
// PBKDF2 of one passphrase for several keyslots in the lanes of the same vectors.
#pragma once

#include <functional>
#include <vector>

#include "crypto/kdf.h"
#include "crypto/pbkdf2_streams.h"

namespace latchkey::crypto {

// One derivation.  The passphrase and the hash are those of all.
struct Pbkdf2Lane {
    std::uint64_t iterations = 1;
    ByteView salt = {};
    std::size_t length = 0;  // bytes of the key
};

// Derives the keys of all lanes and gives each to `done` with its number as soon as it is there.  Returns what kept it
// from that; then the lanes that `done` has not seen have no key.
[[nodiscard]] Result<void> pbkdf2_together(
    Kernels kernels, const std::string& hash, ByteView passphrase,
    const std::vector<Pbkdf2Lane>& lanes, const std::atomic<bool>& cancelled,
    const std::function<void(std::size_t lane, SecretBuffer key)>& done);

// Keyslots in the order in which their keys are needed, as one worker takes them.  Pure.
struct Pbkdf2Costs {
    Kernels kernels;  // of the hash of the first
    std::size_t digest_bytes = 0;
};
// Returns how many of these lengths of keys to derive together, at least 1.  Together with those after it the first key
// takes no longer than alone; unless `later_pays`: then as many as make the time of each key shorter.
[[nodiscard]] std::size_t lanes_to_take(const Pbkdf2Costs& costs,
                                        const std::vector<std::size_t>& lengths, bool later_pays);

// Returns the kernels and the digest's length of a hash; no kernels if there are none that may be used.
struct TrustedKernels {
    std::vector<const kernels::Kernel*> kernels;
    std::size_t digest_bytes = 0;
};
[[nodiscard]] TrustedKernels kernels_for_lanes(const std::string& hash);

}  // namespace latchkey::crypto
