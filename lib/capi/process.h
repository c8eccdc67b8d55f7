// SPDX-License-Identifier: LGPL-2.1-or-later
// State that all contexts of a process share, because the calls that set it take no context.  Nothing else belongs
// here.
#pragma once

#include "capi/abi.h"

namespace latchkey::capi {

struct LogCallback {
    void (*function)(int level, const char* message, void* user) = nullptr;
    void* user = nullptr;
};

namespace process {

// crypt_set_debug_level(): messages below this level are dropped.
[[nodiscard]] int debug_level();
void set_debug_level(int level);
// crypt_set_log_callback() without a context.
[[nodiscard]] LogCallback default_log();
void set_default_log(LogCallback callback);
// crypt_metadata_locking(): once disabled, locks stay disabled.
[[nodiscard]] bool metadata_locks();
void disable_metadata_locks();
// crypt_volume_key_keyring().
[[nodiscard]] bool key_in_keyring();
void set_key_in_keyring(bool enable);

}  // namespace process
}  // namespace latchkey::capi
