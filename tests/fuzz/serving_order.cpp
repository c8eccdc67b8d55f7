// SPDX-License-Identifier: GPL-2.0-or-later
// Input of a serving process is refused, or is an order that stays the same when it is encoded again.
#include "activate/userspace/order.h"
#include "fuzz/explore.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace latchkey;
    using namespace latchkey::userspace;
    const auto message = Message::parse({reinterpret_cast<const char*>(data), size});
    if (!message) return 0;
    fuzz::require(message->encode() == std::string(reinterpret_cast<const char*>(data), size));
    (void)parse_info(*message);
    (void)check_answer(*message);
    const auto order = parse_order(*message);
    if (!order) return 0;
    const auto again = parse_order(to_message(*order));
    fuzz::require(again.has_value());
    fuzz::require(to_message(*again).encode() == to_message(*order).encode());
    return 0;
}
