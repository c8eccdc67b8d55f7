// SPDX-License-Identifier: GPL-2.0-or-later
// What the scripts of all shells are made of.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"

namespace latchkey::cli::completion {

// Each makes the script of one shell.
[[nodiscard]] std::string bash_script(const OurProgram& program);
[[nodiscard]] std::string zsh_script(const OurProgram& program);
[[nodiscard]] std::string fish_script(const OurProgram& program);

// Replaces "@name@" in a script's text, for these names and for those of `program`: @program@, @programs@ (all that
// have the same actions), @prefix@ (begins the names of the script's functions), @actions@, @topics@, @keyslot_lines@.
struct Part {
    std::string_view name;
    std::string_view text;
};
[[nodiscard]] std::string filled(const OurProgram& program, std::string_view script,
                                 std::initializer_list<Part> parts);

// Returns "_latchkey": what begins the names of the script's functions.
[[nodiscard]] std::string prefix_of(const OurProgram& program);
// Returns all names of an action, "open luksOpen plainOpen".
[[nodiscard]] std::vector<std::string> names_of(const Action& action);
// Returns "--type", "--new", "-N".
[[nodiscard]] std::vector<std::string> spellings(const OptionSpec& option);
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view separator);
// Returns "a b" for "a|b".
[[nodiscard]] std::string spaced(std::string_view words);
// Returns the words that are offered as the option's value; "" if it takes others.
[[nodiscard]] std::string words_for(const OptionSpec& option);
// Returns "open luksOpen close ... help".
[[nodiscard]] std::string all_action_names(const OurProgram& program);
// Returns " volumes keys": what help explains besides actions.
[[nodiscard]] std::string topic_words(const OurProgram& program);

// Returns the kind of an operand between "<" and ">".
[[nodiscard]] Complete kind_of_operand(std::string_view operand);
// Returns the operands in order, without those that belong to an option ("[--type <type>]").
[[nodiscard]] std::vector<std::string> operands_of(const Action& action);

}  // namespace latchkey::cli::completion
