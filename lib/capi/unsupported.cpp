// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls of missing features.  Clients that require all symbols can load the library, and each call logs its feature.
#include "capi/guard.h"
#include "capi/older_version.h"

CAPI_OLDER_VERSION(crypt_keyslot_context_init_by_signed_key, "2.7", 2_7);

#define CAPI_WORKS(node, name)
#define CAPI_LACKS(node, name, parameters, feature)                         \
    int name parameters {                                                   \
        return latchkey::capi::guarded(cd, [&]() -> latchkey::Result<int> { \
            return latchkey::capi::not_supported(#name, feature);           \
        });                                                                 \
    }
#include "capi/symbols.inc"
