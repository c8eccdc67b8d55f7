// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/context.h"

#include <algorithm>

namespace latchkey {

void Context::log_once(LogLevel level, std::string_view text) {
    if (std::find(said_.begin(), said_.end(), text) != said_.end()) return;
    said_.emplace_back(text);
    log(level, text);
}

}  // namespace latchkey
