// SPDX-License-Identifier: LGPL-2.1-or-later
// The JSON values of this library.  nlohmann's destructor flattens a tree into a vector, so it needs memory when there may
// be none, and a destructor that fails ends the program: with this header that vector falls back on a reserve.
// Include it in place of <nlohmann/json.hpp>.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <nlohmann/json_fwd.hpp>
#include <type_traits>

namespace latchkey {

using Json = nlohmann::ordered_json;

// Of the heap, else of a reserve of 256 KiB for the whole process.  std::bad_alloc if that is used up, too.
[[nodiscard]] void* allocate_json(std::size_t bytes);
void release_json(void* memory) noexcept;

}  // namespace latchkey

// What std::vector<Json> lies in: arrays, and the vector of the destructor.  Sizes are of a complete Json, which only those
// who instantiate it have.
template <>
struct std::allocator<latchkey::Json> {
    using value_type = latchkey::Json;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using propagate_on_container_move_assignment = std::true_type;

    allocator() noexcept = default;
    template <typename Other>
    allocator(const std::allocator<Other>&) noexcept {}

    template <typename Value = latchkey::Json>
    [[nodiscard]] Value* allocate(std::size_t count) {
        if (count > static_cast<std::size_t>(-1) / 2 / sizeof(Value))
            throw std::bad_array_new_length();
        return static_cast<Value*>(latchkey::allocate_json(count * sizeof(Value)));
    }
    void deallocate(latchkey::Json* memory, std::size_t) noexcept {
        latchkey::release_json(memory);
    }

    friend bool operator==(const allocator&, const allocator&) noexcept { return true; }
};

#include <nlohmann/json.hpp>
