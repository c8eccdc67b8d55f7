// SPDX-License-Identifier: GPL-2.0-or-later
// The description of an option, defined once for the parser, --help, completion, manual pages and tests.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

namespace latchkey::cli {

enum class ValueKind : std::uint8_t {
    Flag,
    Text,
    Number,   // decimal
    Size,     // decimal with an optional unit; bytes
    Keyslot,  // decimal, or a name
};

// Which actions accept an option.
enum class Scope : std::uint8_t {
    Common,    // it has an effect on every action
    Anywhere,  // every action accepts it, as in the peer; it has an effect on those that list it
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
    Keyslot,  // numbers and names of the volume on the line; always for ValueKind::Keyslot
};

struct OptionSpec {
    std::string_view name = {};
    std::string_view topic = {};  // Topic::word of the group in which help shows it
    char letter = '\0';
    const char* metavar = "";  // marked N_; "" = takes no value
    const char* help = "";     // marked N_; one line
    Scope scope = Scope::Anywhere;
    Complete complete = Complete::Nothing;
    std::string_view words = {};   // "normal|prefer": offered by completion
    const char* words_error = "";  // marked N_; if set, only these words are accepted
    std::array<std::string_view, 2> aliases = {};  // other long names; "" = none
    std::uint64_t minimum = 0;
    std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t multiple_of = 1;
    const char* range_error = "";  // marked N_; error if minimum, multiple or sign is wrong
    const char* maximum_error =
        "";                  // marked N_; error if it is too large; "" = as for any invalid number
    std::uint8_t keeps = 1;  // number of values kept; of more, the last one counts
    ValueKind kind = ValueKind::Flag;  // set by Option<T>
};

// A number of bytes, which may be written with a unit.
struct Bytes {
    std::uint64_t value = 0;
    friend bool operator==(const Bytes&, const Bytes&) = default;
};

// A keyslot as users write it; keyslot_number() in actions/keyslot_options.h looks a name up.
struct KeyslotWord {
    std::int32_t number = -1;
    std::string_view name = {};  // "" = the number counts
};

// T is the type that Arguments::get() returns: bool (a flag), std::string_view, an integer, Bytes, or KeyslotWord.
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
        } else if constexpr (std::is_same_v<T, KeyslotWord>) {
            kind = ValueKind::Keyslot;
            complete = Complete::Keyslot;
            if (maximum > INT32_MAX) maximum = INT32_MAX;
        } else {
            static_assert(std::is_integral_v<T>);
            kind = ValueKind::Number;
            constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
            if (maximum > kMost) maximum = kMost;
        }
    }
};

// The options of a program, in the order of --help.
using OptionTable = std::span<const OptionSpec* const>;

// Find an option by long name or alias, without the dashes, or by letter.  Null if there is none.
const OptionSpec* find_option(OptionTable options, std::string_view name);
const OptionSpec* find_option(OptionTable options, char letter);

// Returns whether each name and letter belongs to one option only.
constexpr bool names_are_unique(OptionTable options) {
    for (const OptionSpec* one : options)
        for (const OptionSpec* other : options) {
            if (one == other) continue;
            if (one->name == other->name) return false;
            if (one->letter != '\0' && one->letter == other->letter) return false;
        }
    return true;
}

}  // namespace latchkey::cli
