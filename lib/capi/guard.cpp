// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/guard.h"

#include <algorithm>
#include <cstdarg>
#include <exception>
#include <new>

#include "base/i18n.h"
#include "latchkey/peer.h"
#include "latchkey/wording.h"

namespace latchkey::capi {
namespace {

// Returns whether programs print this sentence themselves, exactly as the peer's; logging it would print it twice.
bool is_said_by_programs(const Error& error) {
    if (!error.sentence.empty() || error.condition == Condition::VolumeKeyMismatch) return false;
    return error.code == Errc::WrongPassphrase || error.code == Errc::NoUsableKeyslot ||
           error.code == Errc::KeyslotInactive || error.code == Errc::NoUsableToken ||
           error.code == Errc::TokenNeedsPin;
}

void log_lines(const crypt_device* cd, std::string_view text) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        log_line(cd, CRYPT_LOG_ERROR, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

}  // namespace

void log_line(const crypt_device* cd, int level, std::string_view text) noexcept {
    if (level < 0 && level < process::debug_level()) return;
    try {
        std::string line = without_controls(text);
        if (!line.ends_with('\n')) line += '\n';
        crypt_log(const_cast<crypt_device*>(cd), level, line.c_str());
    } catch (...) {
        crypt_log(const_cast<crypt_device*>(cd), CRYPT_LOG_ERROR, "Out of memory.\n");
    }
}

void log_error(const crypt_device* cd, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const std::string text = vshown(translate(format), arguments);
    va_end(arguments);
    log_line(cd, CRYPT_LOG_ERROR, text);
}

void log_debug(const crypt_device* cd, const char* format, ...) {
    if (process::debug_level() > CRYPT_LOG_DEBUG) return;
    va_list arguments;
    va_start(arguments, format);
    const std::string text = vshown(format, arguments);
    va_end(arguments);
    log_line(cd, CRYPT_LOG_DEBUG, text);
}

Error silent(int errno_value) {
    return Error().with_errno(errno_value).silently();
}

Error error_saying(int errno_value, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    std::string text = vshown(translate(format), arguments);
    va_end(arguments);
    return Error().saying(std::move(text)).with_errno(errno_value);
}

int report(const crypt_device* cd, const Error& error) noexcept {
    if (error.telling == Telling::Silent || is_said_by_programs(error))
        return report_quietly(cd, error);
    try {
        log_lines(cd, peer_words(error));
        if (message_says_more(error)) log_debug(cd, "# %s", error.message.c_str());
    } catch (...) {
        log_line(cd, CRYPT_LOG_ERROR, info(error.code).name);
    }
    return -errno_of(error);
}

int report_quietly(const crypt_device* cd, const Error& error) noexcept {
    try {
        if (!error.message.empty()) log_debug(cd, "# %s", peer_words(error).c_str());
    } catch (...) {
        log_line(cd, CRYPT_LOG_DEBUG, info(error.code).name);
    }
    return -errno_of(error);
}

int report_exception(const crypt_device* cd) noexcept {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        log_line(cd, CRYPT_LOG_ERROR, "Out of memory.");
        return -ENOMEM;
    } catch (const std::exception& thrown) {
        log_line(cd, CRYPT_LOG_ERROR, thrown.what());
        return -EINVAL;
    } catch (...) {
        return -EINVAL;
    }
}

Error not_supported(const char* call, const char* feature) {
    return error_saying(ENOTSUP, "%s: %s is not supported here.", call, feature);
}

}  // namespace latchkey::capi
