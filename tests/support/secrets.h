// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "latchkey/secret.h"

namespace latchkey::test {

inline SecretBuffer secret(std::string_view text) {
    return SecretBuffer::copy_of(as_byte_view(text));
}
inline Passphrase passphrase(std::string_view text) {
    return Passphrase(secret(text));
}

}  // namespace latchkey::test
