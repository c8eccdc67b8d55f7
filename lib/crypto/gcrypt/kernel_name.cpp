// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kernel_name.h"

#include "crypto/gcrypt/argon2_trust.h"
#include "crypto/pbkdf2_together.h"

namespace latchkey::crypto {

std::string kernel_name(const model::KdfParams& params, std::size_t length) {
    if (params.is_argon2()) {
        const kernels::Argon2Kernel* kernel = trusted_argon2_kernel();
        return kernel == nullptr ? "" : std::string(kernel->name);
    }
    const TrustedKernels trusted = kernels_for_lanes(params.hash);
    if (trusted.kernels.empty() || length == 0) return "";
    const std::size_t blocks = (length + trusted.digest_bytes - 1) / trusted.digest_bytes;
    return std::string(kernel_for(trusted.kernels, blocks).name);
}

}  // namespace latchkey::crypto
