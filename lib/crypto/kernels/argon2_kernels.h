// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "crypto/kernels/argon2.h"

#if defined(__x86_64__)
namespace latchkey::crypto::kernels {

// Work as Argon2Kernel::fill.
namespace avx2 {
void fill(const Argon2Run& run);
}
namespace avx512 {
void fill(const Argon2Run& run);
}

}  // namespace latchkey::crypto::kernels
#endif
