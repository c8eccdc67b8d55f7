// SPDX-License-Identifier: LGPL-2.1-or-later
// What a serving process and its callers say to each other: names and values, a line each.  Never a secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/error.h"

namespace latchkey::userspace {

inline constexpr std::size_t kLongestMessage = 64 * 1024;  // bytes
inline constexpr std::size_t kLongestKey = 65 * 32;        // bytes; loop-AES has 65 keys

// Decimal digits and nothing else.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view digits);

// Names may come more than once; their order is kept.
class Message {
  public:
    void add(std::string_view name, std::string_view value);
    void add(std::string_view name, std::uint64_t value);
    void add_flag(std::string_view name, bool value) { add(name, std::uint64_t{value}); }

    // The first of that name; "" or 0 where there is none, or no number.
    [[nodiscard]] std::string_view text(std::string_view name) const;
    [[nodiscard]] std::uint64_t number(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const { return number(name) != 0; }
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;

    // "name value\n" each; '%' and newline in a value are written as "%25" and "%0a".  NUL is in none.
    [[nodiscard]] std::string encode() const;
    // InvalidArgument for anything that encode() does not write.
    [[nodiscard]] static Result<Message> parse(std::string_view text);

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

// That it was done.  Not empty: an empty packet is what the end of a connection looks like.
[[nodiscard]] Message success();
// An error, and back; a message without an error is success.
[[nodiscard]] Message error_message(const Error& error);
[[nodiscard]] Result<void> check_answer(const Message& answer);

}  // namespace latchkey::userspace
