// SPDX-License-Identifier: LGPL-2.1-or-later
// Notifies a service manager (sd_notify(3)), if one listens at $NOTIFY_SOCKET.
#pragma once

#include <sys/types.h>

#include <string>

namespace latchkey::serve {

// Reports that the volume is served and which process is now the main one; the process that started the service ends.
void notify_ready(const std::string& name, pid_t main_process);
void notify_stopping();

}  // namespace latchkey::serve
