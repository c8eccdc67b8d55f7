// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <cstdarg>
#include <cstdio>

#include "capi/guard.h"

using namespace latchkey::capi;

namespace {

constexpr std::size_t kLongestMessage = 4096;  // bytes with the NUL; longer messages are dropped

}  // namespace

void crypt_set_log_callback(crypt_device* cd, void (*log)(int, const char*, void*), void* usrptr) {
    const LogCallback callback{log, usrptr};
    if (cd != nullptr)
        cd->log = callback;
    else
        process::set_default_log(callback);
}

void crypt_log(crypt_device* cd, int level, const char* msg) {
    if (msg == nullptr || (level < 0 && level < process::debug_level())) return;
    if (cd != nullptr && cd->log.function != nullptr) {
        cd->log.function(level, msg, cd->log.user);
        return;
    }
    const LogCallback fallback = process::default_log();
    if (fallback.function != nullptr)
        fallback.function(level, msg, fallback.user);
    else
        std::fputs(msg, level == CRYPT_LOG_ERROR ? stderr : stdout);
}

void crypt_logf(crypt_device* cd, int level, const char* format, ...) {
    if (format == nullptr) return;
    std::array<char, kLongestMessage + 2> line;  // plus a newline
    va_list arguments;
    va_start(arguments, format);
    const int length = std::vsnprintf(line.data(), kLongestMessage, format, arguments);
    va_end(arguments);
    if (length < 0 || static_cast<std::size_t>(length) >= kLongestMessage) return;
    if (level != CRYPT_LOG_NORMAL) {
        line[static_cast<std::size_t>(length)] = '\n';
        line[static_cast<std::size_t>(length) + 1] = '\0';
    }
    crypt_log(cd, level, line.data());
}

void crypt_set_debug_level(int level) {
    process::set_debug_level(level);
}
