// SPDX-License-Identifier: GPL-2.0-or-later
// A parsed command line: the action, its operands and the options' typed values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option.h"

namespace latchkey::cli {

struct Action;

// Refers to the words of argv, which live longer.
class Arguments {
  public:
    struct Value {
        const OptionSpec* option;
        std::string_view text;     // as written; "" for a flag
        std::uint64_t number = 0;  // Number, Size, Keyslot
        bool is_name = false;      // Keyslot: the text is not a number
    };

    const Action* action = nullptr;
    std::string_view action_word = {};  // as typed: "luksOpen"
    std::vector<std::string_view> operands =
        {};  // in the order of Action::operands, at least Action::required()
    std::vector<Value> values = {};

    [[nodiscard]] bool has(const OptionSpec& option) const { return last(option) != nullptr; }

    // Returns the value, or the last one of several; nothing if the option is missing.
    template <typename T>
    [[nodiscard]] std::optional<T> get(const Option<T>& option) const {
        static_assert(!std::is_same_v<T, bool>, "flags are asked for with has()");
        const Value* value = last(option);
        if (value == nullptr) return std::nullopt;
        return converted<T>(*value);
    }
    // Returns all values of an option that keeps more than one, in order.
    template <typename T>
    [[nodiscard]] std::vector<T> all(const Option<T>& option) const {
        std::vector<T> found;
        for (const Value& value : values)
            if (value.option == &option) found.push_back(converted<T>(value));
        return found;
    }
    // Returns the value for parameters of the library, where "" means "not given".
    [[nodiscard]] std::string text(const Option<std::string_view>& option) const {
        return std::string(get(option).value_or(std::string_view()));
    }
    // Returns the operand, or nothing.
    [[nodiscard]] std::optional<std::string_view> operand(std::size_t index) const {
        if (index >= operands.size()) return std::nullopt;
        return operands[index];
    }

  private:
    [[nodiscard]] const Value* last(const OptionSpec& option) const {
        for (auto value = values.rbegin(); value != values.rend(); ++value)
            if (value->option == &option) return &*value;
        return nullptr;
    }
    template <typename T>
    [[nodiscard]] static T converted(const Value& value) {
        if constexpr (std::is_same_v<T, std::string_view>)
            return value.text;
        else if constexpr (std::is_same_v<T, Bytes>)
            return Bytes{value.number};
        else if constexpr (std::is_same_v<T, KeyslotWord>)
            return value.is_name ? KeyslotWord{-1, value.text}
                                 : KeyslotWord{static_cast<std::int32_t>(value.number), {}};
        else
            return static_cast<T>(value.number);  // the parser checked that it fits T
    }
};

}  // namespace latchkey::cli
