// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls of features that are not here: clients that load all symbols or none find them, and are told which feature it is.
#include "capi/guard.h"

#define CAPI_WORKS(node, name)
#define CAPI_LACKS(node, name, parameters, feature)                         \
    int name parameters {                                                   \
        return latchkey::capi::guarded(cd, [&]() -> latchkey::Result<int> { \
            return latchkey::capi::not_supported(#name, feature);           \
        });                                                                 \
    }
#include "capi/symbols.inc"
