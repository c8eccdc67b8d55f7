// SPDX-License-Identifier: LGPL-2.1-or-later
// The type of this library's JSON values, for headers; base/json.h makes it complete.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace latchkey {

// Converts values as nlohmann's own serializer does.  It exists to make Json a type of this library, so that
// base/json.h can give that type, and no other, an allocator.
template <typename Value, typename Enabled = void>
struct JsonSerializer;

// Keeps members in the order in which they were added.
using Json =
    nlohmann::basic_json<nlohmann::ordered_map, std::vector, std::string, bool, std::int64_t,
                         std::uint64_t, double, std::allocator, JsonSerializer>;

}  // namespace latchkey
