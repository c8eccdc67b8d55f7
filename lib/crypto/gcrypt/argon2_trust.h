// SPDX-License-Identifier: LGPL-2.1-or-later
// Uses a kernel of Argon2 only after it has agreed with libgcrypt on this machine; see kernel_trust.h.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/kernels/argon2.h"

namespace latchkey::crypto {

// Tests a kernel at most once, before its first use.  Thread-safe.
class Argon2Trust {
  public:
    // Takes at most kMostArgon2Kernels kernels, which must outlive this object.
    explicit Argon2Trust(std::span<const kernels::Argon2Kernel> kernels) : kernels_(kernels) {}

    // Returns the first kernel that runs on this processor and agrees with libgcrypt, or null.
    [[nodiscard]] const kernels::Argon2Kernel* best();
    // Returns the names of the kernels that ran and disagreed.
    [[nodiscard]] std::vector<std::string_view> broken() const;

  private:
    enum class Verdict : std::uint8_t { None, Sound, Broken };
    Verdict verdict(std::size_t kernel);

    std::span<const kernels::Argon2Kernel> kernels_;
    std::array<std::atomic<Verdict>, kernels::kMostArgon2Kernels> verdicts_{};
};

// Returns the trust of this process in all_argon2_kernels().
[[nodiscard]] Argon2Trust& argon2_trust();

// Returns best() of it; null in FIPS mode of libgcrypt, where only certified code may compute.
[[nodiscard]] const kernels::Argon2Kernel* trusted_argon2_kernel();

}  // namespace latchkey::crypto
