// SPDX-License-Identifier: LGPL-2.1-or-later
// What the C interface shares among all contexts of a process, because its calls take none.  Nothing else may be here.
#pragma once

#include "capi/abi.h"

namespace latchkey::capi {

struct LogCallback {
    void (*function)(int level, const char* message, void* user) = nullptr;
    void* user = nullptr;
};

namespace process {

// crypt_set_debug_level(): messages below this level go nowhere.
[[nodiscard]] int debug_level();
void set_debug_level(int level);
// crypt_set_log_callback() without a context.
[[nodiscard]] LogCallback default_log();
void set_default_log(LogCallback callback);
// crypt_metadata_locking(): once off it stays off.
[[nodiscard]] bool metadata_locks();
void disable_metadata_locks();
// crypt_volume_key_keyring().
[[nodiscard]] bool key_in_keyring();
void set_key_in_keyring(bool enable);

}  // namespace process
}  // namespace latchkey::capi
