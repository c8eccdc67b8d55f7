// SPDX-License-Identifier: GPL-2.0-or-later
// Converts the words of argv to Arguments, or to the reason why this is impossible.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "cli/action.h"
#include "cli/arguments.h"
#include "cli/program.h"

namespace latchkey::cli {

// What the command line asks for if it is not an action.
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
    Arguments arguments = {};      // Help: action is set if one is to be explained
    const Topic* topic = nullptr;  // Help: this one is to be explained
    // The first word after the action's last operand.  The peer ignores it.
    std::optional<std::string_view> surplus = {};
};

// Printed as the last line on stderr, after the usage text; translated.
struct UsageError {
    std::string reason;
    // The line is the reason only, as the peer's option parser prints it.  Otherwise the program's name comes first.
    bool bare = false;
    const Action* action = nullptr;     // if one was recognized
    std::string_view action_word = {};  // as typed
    std::string hint = {};              // the intended word, as a phrase; or ""
};

// Parses `words`, which do not include the program's name and must outlive the result.
std::variant<Command, UsageError> parse(const OurProgram& program,
                                        std::span<const char* const> words);

}  // namespace latchkey::cli
