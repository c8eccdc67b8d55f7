// SPDX-License-Identifier: LGPL-2.1-or-later
// libdevmapper's tasks with owners, and its log brought to a Context.
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

// libdevmapper keeps one list of nodes to be made and one log function for the whole process, and its calls are not
// thread-safe.  So everything of ours that calls it holds a Session, of which there is one at a time in a
// process: the only shared state, and it exists because the library's does.  While it lasts, what the
// library has to say goes to the context's log, as debug messages: an Error of ours tells the rest.
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
