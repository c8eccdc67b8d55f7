// SPDX-License-Identifier: LGPL-2.1-or-later
// Contexts from active mappings.
#include "capi/guard.h"

using namespace latchkey::capi;

int crypt_init_by_name_and_header(crypt_device** cd, const char*, const char*) {
    return cd == nullptr ? -EINVAL : not_supported(nullptr, "crypt_init_by_name", "activation");
}

int crypt_init_by_name(crypt_device** cd, const char* name) {
    return crypt_init_by_name_and_header(cd, name, nullptr);
}
