// SPDX-License-Identifier: LGPL-2.1-or-later
// Tokens: JSON objects beside the keyslots that say how else a keyslot can be opened.
#include "capi/guard.h"

using namespace latchkey::capi;

namespace {

constexpr int kMaxTokens = 32;  // LUKS2

}  // namespace

int crypt_token_max(const char* type) {
    return type != nullptr && std::string_view(type) == CRYPT_LUKS2 ? kMaxTokens : -EINVAL;
}

crypt_token_info crypt_token_status(crypt_device*, int, const char**) {
    return CRYPT_TOKEN_INVALID;
}
int crypt_token_register(const crypt_token_handler*) {
    return -ENOTSUP;
}
