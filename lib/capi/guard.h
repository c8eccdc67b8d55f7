// SPDX-License-Identifier: LGPL-2.1-or-later
// Every exported call runs its body through these functions.  Only here are exceptions caught, and errors turned into
// log lines and a negative errno.
#pragma once

#include <cassert>
#include <cerrno>
#include <type_traits>

#include "capi/device.h"

namespace latchkey::capi {

// Writes one line to the caller's log.  Adds a newline if there is none.
void log_line(const crypt_device* cd, int level, std::string_view text) noexcept;
// Logs a line of a call that continues: printf, translated (xgettext --keyword=log_error:2), at CRYPT_LOG_ERROR.
[[gnu::format(printf, 2, 3)]] void log_error(const crypt_device* cd, const char* format, ...);
[[gnu::format(printf, 2, 3)]] void log_debug(const crypt_device* cd, const char* format, ...);

// Return an error that only the errno reports, and an error with a complete sentence (xgettext
// --keyword=error_saying:2).
[[nodiscard]] Error silent(int errno_value);
[[gnu::format(printf, 2, 3), nodiscard]] Error error_saying(int errno_value, const char* format,
                                                            ...);

// Logs the error in the peer's words at CRYPT_LOG_ERROR, line by line; returns its negative errno.
int report(const crypt_device* cd, const Error& error) noexcept;
// Does the same at debug level, for errors that the peer does not log.
int report_quietly(const crypt_device* cd, const Error& error) noexcept;
// Reports the current exception.  Call only in a catch block.
int report_exception(const crypt_device* cd) noexcept;

// Runs `body`, which returns Result<void>, whose success is 0, or Result<int>, whose value is never negative.
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

// Does the same for calls that need a context: -EINVAL without one.  `body` takes a crypt_device&, which follows the
// process's choice of locking.
template <typename Body>
int guarded_with(crypt_device* cd, Body&& body) noexcept {
    if (cd == nullptr) return -EINVAL;
    cd->context.policy.metadata_locks = process::metadata_locks();
    return guarded(cd, [&] { return body(*cd); });
}

// Does the same for getters: returns `otherwise` if `body` fails, and logs the reason at debug level.
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

// Returns the error of calls whose feature is not implemented.
[[nodiscard]] Error not_supported(const char* call, const char* feature);

}  // namespace latchkey::capi
