// SPDX-License-Identifier: LGPL-2.1-or-later
// Telling a service manager (sd_notify(3)), where one listens at $NOTIFY_SOCKET.
#pragma once

#include <sys/types.h>

#include <string>

namespace latchkey::serve {

// That the volume is served, and which process is the service now; who began it ends.
void notify_ready(const std::string& name, pid_t main_process);
void notify_stopping();

}  // namespace latchkey::serve
