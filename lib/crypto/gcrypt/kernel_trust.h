// SPDX-License-Identifier: LGPL-2.1-or-later
// Uses a kernel only after it has agreed with libgcrypt on this machine.  A processor, hypervisor or compiler may be
// faulty; a wrong key would look like a wrong passphrase, or would seal a keyslot that nothing opens.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/kernels/kernel.h"
#include "latchkey/context.h"

namespace latchkey::crypto {

// Tests each kernel at most once, before its first use.  Thread-safe.
class KernelTrust {
  public:
    // Takes at most kMostKernels kernels, which must outlive this object.
    explicit KernelTrust(std::span<const kernels::Kernel> kernels) : kernels_(kernels) {}

    // Returns the kernels of this hash that run on this processor and agree with libgcrypt, in their order.
    [[nodiscard]] std::vector<const kernels::Kernel*> sound(std::string_view hash);
    // Returns the names of the kernels that ran and disagreed.
    [[nodiscard]] std::vector<std::string_view> broken() const;

  private:
    enum class Verdict : std::uint8_t { None, Sound, Broken };
    Verdict verdict(std::size_t kernel);

    std::span<const kernels::Kernel> kernels_;
    std::array<std::atomic<Verdict>, kernels::kMostKernels> verdicts_{};
};

// Returns sound() of all_kernels() for this process.  Empty for an unknown hash, and in FIPS mode of libgcrypt, where
// only certified code may compute.
[[nodiscard]] std::vector<const kernels::Kernel*> trusted_kernels(std::string_view hash);

// Do the work of tell_broken_kernels() of kdf.h for any set of kernels.
void tell_broken(Context& context, std::span<const std::string_view> names);
void tell_broken_kernels(Context& context, const KernelTrust& trust);

}  // namespace latchkey::crypto
