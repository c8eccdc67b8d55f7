// SPDX-License-Identifier: LGPL-2.1-or-later
// The one way into each exported call: nothing is thrown out of it, and an error becomes the caller's log lines and a
// negative errno, here and nowhere else.
#pragma once

#include <cassert>
#include <cerrno>
#include <type_traits>

#include "capi/device.h"

namespace latchkey::capi {

// One line to the caller's log.  A newline is added where there is none.
void log_line(const crypt_device* cd, int level, std::string_view text) noexcept;
// A line of a call that goes on: printf, translated (xgettext --keyword=log_error:2), at CRYPT_LOG_ERROR.
[[gnu::format(printf, 2, 3)]] void log_error(const crypt_device* cd, const char* format, ...);
[[gnu::format(printf, 2, 3)]] void log_debug(const crypt_device* cd, const char* format, ...);

// Errors that the errno alone tells; and those of a whole sentence (xgettext --keyword=error_saying:2).
[[nodiscard]] Error silent(int errno_value);
[[gnu::format(printf, 2, 3), nodiscard]] Error error_saying(int errno_value, const char* format,
                                                            ...);

// The error in the peer's words at CRYPT_LOG_ERROR, each of its lines; returns its negative errno.
int report(const crypt_device* cd, const Error& error) noexcept;
// The same at debug level, where the peer says nothing.
int report_quietly(const crypt_device* cd, const Error& error) noexcept;
// What is being thrown.  Only to be called in a catch block.
int report_exception(const crypt_device* cd) noexcept;

// `body` returns Result<void>, which is 0, or Result<int>, whose value is never negative: what fails is an Error.
template <typename Body>
int guarded(crypt_device* cd, Body&& body) noexcept {
    try {
        using Answer = std::invoke_result_t<Body>;
        static_assert(std::is_same_v<Answer, Result<void>> || std::is_same_v<Answer, Result<int>>);
        Answer answer = body();
        if (!answer) return report(cd, answer.error());
        if constexpr (std::is_same_v<Answer, Result<void>>) {
            return 0;
        } else {
            assert(*answer >= 0);
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
[[nodiscard]] Error not_supported(const char* call, const char* feature);

}  // namespace latchkey::capi
