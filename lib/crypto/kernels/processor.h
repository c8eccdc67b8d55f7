// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace latchkey::crypto::kernels {

// Returns whether this processor has the SHA extensions, and SSSE3 and SSE4.1, which the kernels also use.
[[nodiscard]] bool has_sha_extensions();

}  // namespace latchkey::crypto::kernels
