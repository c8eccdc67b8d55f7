// SPDX-License-Identifier: GPL-2.0-or-later
// Advice for words that the command line does not know: which word it was, what is known, and what was meant.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/option.h"
#include "cli/program.h"
#include "latchkey/error.h"

namespace latchkey::cli {

// Returns "there is no action 'opne'; did you mean 'open'?"; `topics`: what help explains counts, too.
[[nodiscard]] std::string about_action(const OurProgram& program, std::string_view word,
                                       bool topics);
// Returns "did you mean '--cipher'?"; "" if no option of the program is near.
[[nodiscard]] std::string about_option(const OurProgram& program, std::string_view word);
// Returns "--pbkdf takes one of argon2id, argon2i, pbkdf2, not 'argon'", or the same of numbers and sizes.
[[nodiscard]] std::string about_value(const OptionSpec& option, std::string_view given);
// Returns "token takes one of add, remove, not 'ad'; did you mean 'add'?".  For words of an action and for values that
// the library knows: `what` is "token" or "--type".
[[nodiscard]] std::string about_word(std::string_view what, std::string_view given,
                                     std::span<const std::string_view> known);

// Returns the words of "a|b".
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view words);

}  // namespace latchkey::cli
