// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/process.h"

#include <atomic>
#include <mutex>

namespace latchkey::capi::process {
namespace {

std::atomic<int> g_debug_level{CRYPT_DEBUG_NONE};
std::atomic<bool> g_metadata_locks{true};
std::atomic<bool> g_key_in_keyring{true};
constinit std::mutex g_log_mutex;
constinit LogCallback g_default_log;

}  // namespace

int debug_level() {
    return g_debug_level.load(std::memory_order_relaxed);
}
void set_debug_level(int level) {
    g_debug_level.store(level, std::memory_order_relaxed);
}

LogCallback default_log() {
    const std::lock_guard lock(g_log_mutex);
    return g_default_log;
}
void set_default_log(LogCallback callback) {
    const std::lock_guard lock(g_log_mutex);
    g_default_log = callback;
}

bool metadata_locks() {
    return g_metadata_locks.load(std::memory_order_relaxed);
}
void disable_metadata_locks() {
    g_metadata_locks.store(false, std::memory_order_relaxed);
}

bool key_in_keyring() {
    return g_key_in_keyring.load(std::memory_order_relaxed);
}
void set_key_in_keyring(bool enable) {
    g_key_in_keyring.store(enable, std::memory_order_relaxed);
}

}  // namespace latchkey::capi::process
