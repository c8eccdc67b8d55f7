// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/format.h"

#include <cstdio>

#include "text/i18n.h"

namespace latchkey::cli {

std::string vformat(const char* format, std::va_list arguments) {
    std::va_list again;
    va_copy(again, arguments);
    const int length = std::vsnprintf(nullptr, 0, format, arguments);
    std::string result(length > 0 ? static_cast<std::size_t>(length) : 0, '\0');
    if (length > 0) std::vsnprintf(result.data(), result.size() + 1, format, again);
    va_end(again);
    return result;
}

std::string text(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    std::string result = vformat(translate(format), arguments);
    va_end(arguments);
    return result;
}

std::string untranslated(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    std::string result = vformat(format, arguments);
    va_end(arguments);
    return result;
}

}  // namespace latchkey::cli
