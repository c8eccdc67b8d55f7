// SPDX-License-Identifier: GPL-2.0-or-later
// What an option is: said once, read by the parser, --help, completion, manual pages and tests.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace latchkey::cli {

enum class ValueKind : std::uint8_t {
    Flag,
    Text,
    Number,  // decimal
    Size,    // decimal with an optional unit; bytes
};

// Which actions take it.
enum class Scope : std::uint8_t {
    Common,    // every action heeds it
    Anywhere,  // every action accepts it, as the peer does; those that list it heed it
    Listed,    // only the actions that list it accept it
};

// How a shell completes the value.
enum class Complete : std::uint8_t {
    Nothing,
    Words,  // OptionSpec::words
    File,
    Directory,
    Device,
    Mapping,
    Cipher,
    Hash,
};

struct OptionSpec {
    std::string_view name = {};
    char letter = '\0';
    const char* metavar = "";  // marked N_; "" = takes no value
    const char* help = "";     // marked N_; one line
    Scope scope = Scope::Anywhere;
    Complete complete = Complete::Nothing;
    std::string_view words = {};                   // "normal|prefer": what completion offers
    const char* words_error = "";                  // marked N_; set = only those words are taken
    std::array<std::string_view, 2> aliases = {};  // other long names; "" = none
    std::uint64_t minimum = 0;
    std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t multiple_of = 1;
    const char* range_error = "";    // marked N_; said when minimum, multiple or sign is broken
    const char* maximum_error = "";  // marked N_; said when it is too great; "" = as any bad number
    std::uint8_t keeps = 1;          // values remembered; of more, the last one counts
    ValueKind kind = ValueKind::Flag;  // set by Option<T>
};

// A count of bytes, which may be written with a unit.
struct Bytes {
    std::uint64_t value = 0;
    friend bool operator==(const Bytes&, const Bytes&) = default;
};

// T is what Arguments::get() answers: bool (a flag), std::string_view, an integer, or Bytes.
template <typename T>
struct Option : OptionSpec {
    using value_type = T;
    consteval Option(OptionSpec spec) : OptionSpec(spec) {
        if constexpr (std::is_same_v<T, bool>) {
            kind = ValueKind::Flag;
        } else if constexpr (std::is_same_v<T, std::string_view>) {
            kind = ValueKind::Text;
        } else if constexpr (std::is_same_v<T, Bytes>) {
            kind = ValueKind::Size;
        } else {
            static_assert(std::is_integral_v<T>);
            kind = ValueKind::Number;
            constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
            if (maximum > kMost) maximum = kMost;
        }
    }
};

}  // namespace latchkey::cli
