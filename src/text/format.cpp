// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/format.h"

#include <cstdio>

#include "latchkey/wording.h"
#include "text/i18n.h"

namespace latchkey::cli {

std::string vformat(const char* format, std::va_list arguments) {
    return vshown(format, arguments);
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
