// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether somebody will answer when we ask udev to tell us that it is done.
#pragma once

#include <string>

namespace latchkey::activate {

struct UdevFacts {
    bool disabled = false;        // DM_DISABLE_UDEV, or a library without udev support
    bool running = false;         // /run/udev/control is there
    bool initial_ipc = true;      // our IPC namespace is the system's first
    bool daemon_in_ours = false;  // an udev daemon that we can see shares our IPC namespace
};

[[nodiscard]] UdevFacts udev_facts();
// Why udev will not answer; "" if it will.  Pure.  udev signals by a System V semaphore, which exists in one IPC
// namespace: in a container with its own one the answer goes nowhere, and waiting for it would never end.
[[nodiscard]] std::string why_no_udev(const UdevFacts& facts);

}  // namespace latchkey::activate
