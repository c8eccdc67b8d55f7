// SPDX-License-Identifier: LGPL-2.1-or-later
// The features that a program must know before it touches a header, by name and as bits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::model {

// Bits, numbered as in the peer's public API.
enum class Requirement : std::uint32_t {
    OfflineReencrypt = 0x1,  // legacy reencryption
    OnlineReencrypt = 0x2,   // LUKS2 reencryption, any version
    Opal = 0x4,
    InlineHwTags = 0x8,
    Unknown = 0x80000000,
};

class Requirements {
  public:
    constexpr Requirements() = default;
    constexpr Requirements(Requirement one) : bits_(static_cast<std::uint32_t>(one)) {}
    [[nodiscard]] constexpr bool has(Requirement one) const {
        return (bits_ & static_cast<std::uint32_t>(one)) != 0;
    }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
    constexpr Requirements operator|(Requirements other) const {
        other.bits_ |= bits_;
        return other;
    }
    // Returns the requirements that `other` does not have.
    constexpr Requirements operator-(Requirements other) const {
        other.bits_ = bits_ & ~other.bits_;
        return other;
    }
    bool operator==(const Requirements&) const = default;

  private:
    std::uint32_t bits_ = 0;
};
constexpr Requirements operator|(Requirement a, Requirement b) {
    return Requirements(a) | b;
}

// Classifies one string of the array; Unknown if no table has it.
[[nodiscard]] Requirement classify_requirement(std::string_view name);
// Returns true for "online-reencrypt" and "online-reencrypt-v" + digits, for any version.
[[nodiscard]] bool is_online_reencrypt_name(std::string_view name);
// Returns the bits of all names.
[[nodiscard]] Requirements requirements_of(const std::vector<std::string>& names);

}  // namespace latchkey::model
