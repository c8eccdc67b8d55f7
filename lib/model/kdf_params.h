// SPDX-License-Identifier: LGPL-2.1-or-later
// Parameters of key derivation, as stored and as requested.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/params.h"

namespace latchkey::model {

using KdfRequest = latchkey::KdfRequest;

inline constexpr std::string_view kPbkdf2 = "pbkdf2";
inline constexpr std::string_view kArgon2i = "argon2i";
inline constexpr std::string_view kArgon2id = "argon2id";

struct KdfParams {
    std::string type;              // kPbkdf2, kArgon2i, kArgon2id; a header may contain anything
    std::string hash = {};         // PBKDF2 only
    std::uint64_t iterations = 0;  // PBKDF2 iterations, or Argon2 passes ("time")
    std::uint64_t memory_kib = 0;  // Argon2 only
    std::uint32_t lanes = 0;       // Argon2 only ("cpus", "threads")

    [[nodiscard]] bool is_argon2() const { return type == kArgon2i || type == kArgon2id; }
};

}  // namespace latchkey::model
