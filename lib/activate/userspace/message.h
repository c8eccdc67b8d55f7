// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages between a serving process and its callers: names and values, one per line.  They never contain a secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/number.h"

namespace latchkey::userspace {

inline constexpr std::size_t kLongestMessage = 64 * 1024;  // bytes
inline constexpr std::size_t kLongestKey = 65 * 32;        // bytes; loop-AES has 65 keys

// A name may occur more than once; the order is kept.
class Message {
  public:
    void add(std::string_view name, std::string_view value);
    void add(std::string_view name, std::uint64_t value);
    void add_flag(std::string_view name, bool value) { add(name, std::uint64_t{value}); }

    // Return the first value of that name; "" or 0 if there is none, or it is not a number.
    [[nodiscard]] std::string_view text(std::string_view name) const;
    [[nodiscard]] std::uint64_t number(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const { return number(name) != 0; }
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;

    // Writes one "name value\n" per entry; '%' and newline in a value become "%25" and "%0a".  Values contain no NUL.
    [[nodiscard]] std::string encode() const;
    // InvalidArgument for anything that encode() does not write.
    [[nodiscard]] static Result<Message> parse(std::string_view text);

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

// Makes the message that reports success.  It is not empty, because an empty packet looks like the end of the
// connection.
[[nodiscard]] Message success();
// Convert an error to a message and back; a message without an error is success.
[[nodiscard]] Message error_message(const Error& error);
[[nodiscard]] Result<void> check_answer(const Message& answer);

}  // namespace latchkey::userspace
