// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells the context's observer that work which may take seconds begins, and at the end of the scope that it ends.
#pragma once

#include "latchkey/context.h"

namespace latchkey {

class Working {
  public:
    // `format` is translated: Working working(context, N_("deriving the key of keyslot %d"), 0).
    [[gnu::format(printf, 3, 4)]] Working(const Context& context, const char* format, ...);
    ~Working();
    Working(const Working&) = delete;
    Working& operator=(const Working&) = delete;

  private:
    std::shared_ptr<WorkObserver> observer_;
    int number_ = 0;
};

}  // namespace latchkey
