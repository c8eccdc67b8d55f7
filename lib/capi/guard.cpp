// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/guard.h"

#include <cstdarg>
#include <exception>
#include <new>

#include "base/i18n.h"
#include "latchkey/wording.h"

namespace latchkey::capi {
namespace {

std::string line_of(const Error& error) {
    return peer_words(error);
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

int report(const crypt_device* cd, const Error& error) noexcept {
    // Programs say these themselves, in these very words; twice would be once too often.
    if (error.code == Errc::WrongPassphrase || error.code == Errc::NoUsableKeyslot ||
        error.code == Errc::KeyslotInactive || error.code == Errc::NoUsableToken ||
        error.code == Errc::TokenNeedsPin)
        return report_quietly(cd, error);
    try {
        const std::string words = line_of(error);
        log_line(cd, CRYPT_LOG_ERROR, words);
        if (words != sentence(error.message)) log_debug(cd, "# %s", error.message.c_str());
    } catch (...) {
        log_line(cd, CRYPT_LOG_ERROR, info(error.code).name);
    }
    return -info(error.code).errno_value;
}

int report_quietly(const crypt_device* cd, const Error& error) noexcept {
    try {
        log_debug(cd, "# %s", line_of(error).c_str());
    } catch (...) {
        log_line(cd, CRYPT_LOG_DEBUG, info(error.code).name);
    }
    return -info(error.code).errno_value;
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

int not_supported(const crypt_device* cd, const char* call, const char* feature) noexcept {
    return guarded(const_cast<crypt_device*>(cd), [&] {
        log_error(cd, "%s: %s is not supported here.", call, feature);
        return -ENOTSUP;
    });
}

}  // namespace latchkey::capi
