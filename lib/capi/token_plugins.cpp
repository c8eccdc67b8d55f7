// SPDX-License-Identifier: LGPL-2.1-or-later
// Token handlers that are libraries of their own.
#include "capi/guard.h"

using namespace latchkey::capi;

const char* crypt_token_external_path(void) {
    return nullptr;
}
int crypt_token_set_external_path(const char*) {
    return not_supported(nullptr, "crypt_token_set_external_path", "loading token plug-ins");
}
void crypt_token_external_disable(void) {}
