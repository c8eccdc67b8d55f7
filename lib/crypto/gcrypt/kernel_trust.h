// SPDX-License-Identifier: LGPL-2.1-or-later
// A kernel is used once it has shown that it agrees with libgcrypt here: a processor, a hypervisor or a compiler may be at
// fault, and a wrong key would be called a wrong passphrase, or would seal a keyslot that nothing opens.
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

// Proves each kernel at most once, before its first use.  Safe from every thread.
class KernelTrust {
  public:
    // At most kMostKernels, which must outlive this.
    explicit KernelTrust(std::span<const kernels::Kernel> kernels) : kernels_(kernels) {}

    // Those of this hash that run on this processor and agree with libgcrypt, in their order.
    [[nodiscard]] std::vector<const kernels::Kernel*> sound(std::string_view hash);
    // The names of those that ran and did not agree.
    [[nodiscard]] std::vector<std::string_view> broken() const;

  private:
    enum class Verdict : std::uint8_t { None, Sound, Broken };
    Verdict verdict(std::size_t kernel);

    std::span<const kernels::Kernel> kernels_;
    std::array<std::atomic<Verdict>, kernels::kMostKernels> verdicts_{};
};

// sound() of all_kernels(), for this process; none for an unknown hash, and none where libgcrypt is in FIPS mode, when
// only what was certified may compute.
[[nodiscard]] std::vector<const kernels::Kernel*> trusted_kernels(std::string_view hash);

// tell_broken_kernels() of kdf.h for kernels that are not the process's.
void tell_broken_kernels(Context& context, const KernelTrust& trust);

}  // namespace latchkey::crypto
