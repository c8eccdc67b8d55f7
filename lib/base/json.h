// SPDX-License-Identifier: LGPL-2.1-or-later
// The JSON values of this library; include it in place of <nlohmann/json.hpp>.
//
// nlohmann's destructor flattens a tree into a std::vector and so needs memory when there may be none.  A destructor that
// throws ends the program.  For Json that vector takes its memory from a reserve if the heap has none.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

#include "base/json_fwd.h"

namespace latchkey {

// Allocates from the heap, or from a reserve of 256 KiB per process.  Throws std::bad_alloc if both are used up.
[[nodiscard]] void* allocate_json(std::size_t bytes);
void release_json(void* memory) noexcept;

}  // namespace latchkey

// The allocator of std::vector<Json>: of arrays, and of the vector in the destructor.  A program may specialise a standard
// template for a type of its own.  Json is incomplete here, so sizeof waits for Value.
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

template <typename Value, typename Enabled>
struct latchkey::JsonSerializer : nlohmann::adl_serializer<Value, Enabled> {};
