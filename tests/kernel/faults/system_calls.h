// SPDX-License-Identifier: GPL-2.0-or-later
// The system calls of activation, seen from inside this program: counted, failed or made deadly, one at a time.
// The program's own ioctl() and syscall() stand before libc's, for libdevmapper too.
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
    std::vector<std::string> names =
        {};  // in the order in which they were made: "DM_TABLE_LOAD", "add_key"
    std::optional<std::size_t> victim = {};  // which one
    Fate fate = Fate::Fail;
};

// Of this process.  Watched are device-mapper's, loop devices' and block devices' ioctls, and those of keys.
WatchedCalls& watched_calls();

// Watches while it lives.
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
