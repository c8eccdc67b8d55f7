// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// g++ defines a macro; clang has __has_feature.
#if defined(__has_feature)
#define LATCHKEY_HAS_FEATURE(feature) __has_feature(feature)
#else
#define LATCHKEY_HAS_FEATURE(feature) 0
#endif

namespace latchkey {

#if defined(__SANITIZE_ADDRESS__) || LATCHKEY_HAS_FEATURE(address_sanitizer)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

}  // namespace latchkey
