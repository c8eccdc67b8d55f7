// SPDX-License-Identifier: LGPL-2.1-or-later
// Views of bytes, records copied out of them, and arithmetic that says when it overflows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace latchkey {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;
using MutableByteView = std::span<std::byte>;

inline ByteView as_byte_view(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

template <typename T>
concept Record = std::is_trivially_copyable_v<T> && alignof(T) == 1;

// Copies a record out of a buffer.  The caller has checked that the record lies inside it.
template <Record T>
T read_record(ByteView bytes, std::size_t offset = 0) {
    T record;
    std::memcpy(&record, bytes.subspan(offset, sizeof(T)).data(), sizeof(T));
    return record;
}

template <Record T>
ByteView record_bytes(const T& record) {
    return std::as_bytes(std::span(&record, 1));
}

template <Record T>
void write_record(MutableByteView bytes, const T& record, std::size_t offset = 0) {
    std::memcpy(bytes.subspan(offset, sizeof(T)).data(), &record, sizeof(T));
}

// Returns a + b or a * b, or nothing if the result does not fit in 64 bits.
constexpr std::optional<std::uint64_t> checked_add(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
    return sum;
}
constexpr std::optional<std::uint64_t> checked_multiply(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
    return product;
}

// Rounds up to a multiple of `unit`; `value + unit` must fit in 64 bits.
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
    return (value + unit - 1) / unit * unit;
}

// A text field of fixed length, padded with NULs.  Readers treat the last byte as NUL whatever it is.
template <std::size_t N>
struct TextField {
    std::array<char, N> chars;

    [[nodiscard]] std::string_view view() const {
        return {chars.data(), strnlen(chars.data(), N - 1)};
    }
    // `text` must be shorter than N.
    static TextField of(std::string_view text) {
        TextField field{};
        std::memcpy(field.chars.data(), text.data(), text.size() < N ? text.size() : N - 1);
        return field;
    }
};

}  // namespace latchkey
