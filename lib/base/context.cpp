// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/context.h"

#include <algorithm>
#include <cstdarg>

#include "base/i18n.h"
#include "latchkey/wording.h"

namespace latchkey {

void Context::log(LogLevel level, const char* format, ...) const {
    if (!log_sink) return;
    std::va_list arguments;
    va_start(arguments, format);
    const std::string text = vshown(translate(format), arguments);
    va_end(arguments);
    log_sink(level, text);
}

void Context::log_once(LogLevel level, const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    const std::string text = vshown(translate(format), arguments);
    va_end(arguments);
    log_text_once(level, text);
}

void Context::debug(const char* format, ...) const {
    if (!log_sink) return;
    std::va_list arguments;
    va_start(arguments, format);
    const std::string text = vshown(format, arguments);
    va_end(arguments);
    log_sink(LogLevel::Debug, text);
}

void Context::log_text(LogLevel level, std::string_view text) const {
    if (log_sink) log_sink(level, text);
}

void Context::log_text_once(LogLevel level, std::string_view text) {
    if (std::find(said_.begin(), said_.end(), text) != said_.end()) return;
    said_.emplace_back(text);
    log_text(level, text);
}

}  // namespace latchkey
