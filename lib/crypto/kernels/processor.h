// SPDX-License-Identifier: LGPL-2.1-or-later
// What this processor has, and the system lets programs use.
#pragma once

namespace latchkey::crypto::kernels {

[[nodiscard]] bool is_any_processor();  // true
// Returns whether this processor has the SHA extensions, and SSSE3 and SSE4.1, which the kernels also use.
[[nodiscard]] bool has_sha_extensions();
[[nodiscard]] bool has_bmi2();
[[nodiscard]] bool has_avx2();
[[nodiscard]] bool has_avx512();

}  // namespace latchkey::crypto::kernels
