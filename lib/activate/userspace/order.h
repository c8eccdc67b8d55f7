// SPDX-License-Identifier: LGPL-2.1-or-later
// Orders to a serving process, and its status, as messages.
#pragma once

#include <optional>
#include <string>

#include "activate/userspace/message.h"
#include "latchkey/mapping_info.h"
#include "latchkey/mapping_plan.h"

namespace latchkey::userspace {

struct Order {
    std::string name;
    std::string file;     // mount point: the plaintext appears as this regular file
    std::string control;  // the socket
    std::string device;   // the data device's path, for status
    bool read_only = false;
    bool allow_discards = false;
    std::optional<std::uint64_t> size_sectors = {};  // 512-byte sectors; nothing = the whole device
    MappingPlan plan = {};
};

[[nodiscard]] Message to_message(const Order& order);
// InvalidArgument names what is missing or invalid.
[[nodiscard]] Result<Order> parse_order(const Message& message);

[[nodiscard]] Message to_message(const MappingInfo& info);
[[nodiscard]] MappingInfo parse_info(const Message& message);

}  // namespace latchkey::userspace
