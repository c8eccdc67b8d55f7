// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides whether udev will answer when it is asked to report that it is done.
#pragma once

#include <string>

namespace latchkey::activate {

struct UdevFacts {
    bool disabled = false;        // DM_DISABLE_UDEV, or a library without udev support
    bool running = false;         // /run/udev/control exists
    bool initial_ipc = true;      // our IPC namespace is the system's first
    bool daemon_in_ours = false;  // a visible udev daemon shares our IPC namespace
};

[[nodiscard]] UdevFacts udev_facts();
// Returns why udev will not answer; "" if it will.  Pure.  udev signals by a System V semaphore, which exists in one
// IPC namespace: in a container with another namespace the answer never arrives, and waiting would never end.
[[nodiscard]] std::string why_no_udev(const UdevFacts& facts);

}  // namespace latchkey::activate
