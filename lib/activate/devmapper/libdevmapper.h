// SPDX-License-Identifier: LGPL-2.1-or-later
// Ownership of libdevmapper's tasks, and its log forwarded to a Context.
#pragma once

#include <libdevmapper.h>

#include <memory>
#include <mutex>

#include "latchkey/context.h"

namespace latchkey::activate {

struct DmTaskDeleter {
    void operator()(dm_task* task) const { dm_task_destroy(task); }
};
using DmTask = std::unique_ptr<dm_task, DmTaskDeleter>;

// libdevmapper has one list of nodes to create and one log function per process, and its calls are not thread-safe.  So
// all our code that calls it holds a session, and there is one session at a time per process.  This is the only shared
// state, and it exists because the library has such state.
// While a session lasts, the library's messages go to the context's log as debug messages; our Errors report the rest.
class DmSession {
  public:
    explicit DmSession(Context& context);
    DmSession(const DmSession&) = delete;
    DmSession& operator=(const DmSession&) = delete;
    ~DmSession();

  private:
    std::unique_lock<std::recursive_mutex> lock_;
    const Context* outer_;
};

}  // namespace latchkey::activate
