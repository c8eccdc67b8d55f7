// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/guard.h"

using namespace latchkey::capi;

const char* crypt_get_type(crypt_device* cd) {
    return cd == nullptr || cd->facet == nullptr ? nullptr : cd->facet->type();
}

const char* crypt_get_default_type(void) {
    return CRYPT_LUKS2;
}

int crypt_get_hw_encryption_type(crypt_device* cd) {
    return cd == nullptr ? -EINVAL : CRYPT_SW_ONLY;
}

int crypt_get_hw_encryption_key_size(crypt_device*) {
    return 0;
}
