// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/working.h"

#include <cstdarg>

#include "base/i18n.h"
#include "latchkey/wording.h"

namespace latchkey {

Working::Working(const Context& context, const char* format, ...) : observer_(context.observer) {
    if (!observer_) return;
    std::va_list arguments;
    va_start(arguments, format);
    const std::string what = vshown(translate(format), arguments);
    va_end(arguments);
    number_ = observer_->begins(what);
}

Working::~Working() {
    if (observer_) observer_->ends(number_);
}

}  // namespace latchkey
