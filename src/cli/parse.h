// SPDX-License-Identifier: GPL-2.0-or-later
// From the words of argv to Arguments, or to a reason why not.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "cli/action.h"
#include "cli/arguments.h"

namespace latchkey::cli {

// What the command line asks for when it is not an action.
enum class Request : std::uint8_t {
    Run,
    Help,
    Usage,
    Version,
    TestArguments,
    Introspect,
    Completion
};

struct Command {
    Request request = Request::Run;
    Arguments arguments = {};  // Help: action is set if there is one to explain
    // The first word behind the last operand that the action has.  The peer passes over it.
    std::optional<std::string_view> surplus = {};
};

// Becomes the last line on stderr behind the usage text; translated.
struct UsageError {
    std::string reason;
    // The line is the reason alone: so the peer's option parser talks.  Others have the program's name in front.
    bool bare = false;
    const Action* action = nullptr;     // if one was recognized
    std::string_view action_word = {};  // as typed
    std::string hint = {};              // what was meant, a phrase; ""
};

// `words` without the program's name.  They must outlive the result.
std::variant<Command, UsageError> parse(std::span<const char* const> words);

}  // namespace latchkey::cli
