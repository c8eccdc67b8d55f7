// SPDX-License-Identifier: GPL-2.0-or-later
// Watches the system calls of activation inside this program: counts them, or makes one fail or kill the process. The
// program defines ioctl() and syscall(), which replace libc's, also for libdevmapper.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::test {

enum class Fate : std::uint8_t { Fail, DieBefore, DieAfter };

struct WatchedCalls {
    bool watching = false;
    std::vector<std::string> names = {};  // in the order of the calls: "DM_TABLE_LOAD", "add_key"
    std::optional<std::size_t> victim = {};  // the index of the call to fail
    Fate fate = Fate::Fail;
};

// The calls of this process.  Watched are the ioctls of device-mapper, loop and block devices, and the calls for
// keys.
WatchedCalls& watched_calls();

// Watches during its life.
class Watch {
  public:
    explicit Watch(std::optional<std::size_t> victim = {}, Fate fate = Fate::Fail) {
        watched_calls() = {.watching = true, .names = {}, .victim = victim, .fate = fate};
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { watched_calls().watching = false; }
    [[nodiscard]] const std::vector<std::string>& names() const { return watched_calls().names; }
    [[nodiscard]] std::size_t device_mapper_calls() const;
};

}  // namespace latchkey::test
