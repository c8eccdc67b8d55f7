// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/token_handlers.h"

#include <cerrno>
#include <mutex>

#include "capi/guard.h"
#include "keys/token_object.h"

namespace latchkey::capi {
namespace {

constexpr std::size_t kMostHandlers = 32;

// The caller's strings and functions live as long as the process: registering them promises this.
constinit std::mutex g_mutex;
constinit crypt_token_handler g_handlers[kMostHandlers] = {};
constinit std::size_t g_handler_count = 0;

std::optional<crypt_token_handler> find_locked(std::string_view type) {
    for (std::size_t i = 0; i < g_handler_count; ++i)
        if (type == g_handlers[i].name) return g_handlers[i];
    return {};
}

}  // namespace

std::optional<crypt_token_handler> registered_handler(std::string_view type) {
    const std::lock_guard lock(g_mutex);
    return find_locked(type);
}

}  // namespace latchkey::capi

using namespace latchkey::capi;

int crypt_token_register(const crypt_token_handler* handler) {
    if (handler == nullptr || handler->name == nullptr || handler->open == nullptr) return -EINVAL;
    return guarded(nullptr, [&]() -> latchkey::Result<int> {
        const std::string_view name(handler->name);
        if (latchkey::keys::is_reserved_token_type(name)) return silent(EINVAL);
        const std::lock_guard lock(g_mutex);
        if (find_locked(name) || g_handler_count == kMostHandlers) return silent(EINVAL);
        g_handlers[g_handler_count++] = *handler;
        return 0;
    });
}
