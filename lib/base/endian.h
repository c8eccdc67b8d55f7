// SPDX-License-Identifier: LGPL-2.1-or-later
// Integers in their on-disk byte order: classes around bytes, with alignment 1 and the same layout on every host.  They
// convert to integers only explicitly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace latchkey {

enum class ByteOrder : std::uint8_t { Big, Little };

template <typename T, ByteOrder order>
class DiskInteger {
  public:
    DiskInteger() = default;
    constexpr explicit DiskInteger(T value) {
        for (std::size_t i = 0; i < sizeof(T); ++i) {
            bytes_[index(i)] = static_cast<std::uint8_t>(value);
            value = static_cast<T>(value >> (sizeof(T) > 1 ? 8 : 0));
        }
    }
    [[nodiscard]] constexpr T value() const {
        T value = 0;
        for (std::size_t i = sizeof(T); i-- > 0;)
            value = static_cast<T>((value << (sizeof(T) > 1 ? 8 : 0)) | bytes_[index(i)]);
        return value;
    }

  private:
    // Returns the position of the byte of significance i.
    static constexpr std::size_t index(std::size_t i) {
        return order == ByteOrder::Big ? sizeof(T) - 1 - i : i;
    }
    std::array<std::uint8_t, sizeof(T)> bytes_{};
};

using Be16 = DiskInteger<std::uint16_t, ByteOrder::Big>;
using Be32 = DiskInteger<std::uint32_t, ByteOrder::Big>;
using Be64 = DiskInteger<std::uint64_t, ByteOrder::Big>;
using Le16 = DiskInteger<std::uint16_t, ByteOrder::Little>;
using Le32 = DiskInteger<std::uint32_t, ByteOrder::Little>;
using Le64 = DiskInteger<std::uint64_t, ByteOrder::Little>;

static_assert(sizeof(Be64) == 8 && alignof(Be64) == 1);

}  // namespace latchkey
