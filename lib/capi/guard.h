// SPDX-License-Identifier: LGPL-2.1-or-later
// The one way into each exported call: nothing is thrown out of it, and an error becomes the caller's log line and a
// negative errno.
#pragma once

#include <cerrno>
#include <type_traits>

#include "capi/device.h"

namespace latchkey::capi {

// One line to the caller's log.  A newline is added where there is none.
void log_line(const crypt_device* cd, int level, std::string_view text) noexcept;
// printf, translated (xgettext --keyword=log_error:2), at CRYPT_LOG_ERROR.
[[gnu::format(printf, 2, 3)]] void log_error(const crypt_device* cd, const char* format, ...);
[[gnu::format(printf, 2, 3)]] void log_debug(const crypt_device* cd, const char* format, ...);

// The error in the peer's words at CRYPT_LOG_ERROR; returns its negative errno.
int report(const crypt_device* cd, const Error& error) noexcept;
// The same at debug level, where the peer says nothing.
int report_quietly(const crypt_device* cd, const Error& error) noexcept;
// What is being thrown.  Only to be called in a catch block.
int report_exception(const crypt_device* cd) noexcept;

// `body` returns Result<int>, Result<void>, or int: a negative errno that was told of already.  void is 0.
template <typename Body>
int guarded(crypt_device* cd, Body&& body) noexcept {
    try {
        using Answer = std::invoke_result_t<Body>;
        if constexpr (std::is_same_v<Answer, int>) {
            return body();
        } else {
            Answer answer = body();
            if (!answer) return report(cd, answer.error());
            if constexpr (std::is_same_v<Answer, Result<void>>)
                return 0;
            else
                return *answer;
        }
    } catch (...) {
        return report_exception(cd);
    }
}

// For calls that need a context: -EINVAL without one.  `body` takes a crypt_device&.
template <typename Body>
int guarded_with(crypt_device* cd, Body&& body) noexcept {
    if (cd == nullptr) return -EINVAL;
    return guarded(cd, [&] { return body(*cd); });
}

// For getters: `otherwise` where `body` fails; the reason goes to the debug log.
template <typename T, typename Body>
T guarded_or(crypt_device* cd, T otherwise, Body&& body) noexcept {
    try {
        using Answer = std::invoke_result_t<Body>;
        if constexpr (std::is_same_v<Answer, Result<T>>) {
            Answer answer = body();
            if (answer) return *std::move(answer);
            report_quietly(cd, answer.error());
            return otherwise;
        } else {
            return body();
        }
    } catch (...) {
        report_exception(cd);
        return otherwise;
    }
}

// Calls of a feature that is not here.
int not_supported(const crypt_device* cd, const char* call, const char* feature) noexcept;

}  // namespace latchkey::capi
