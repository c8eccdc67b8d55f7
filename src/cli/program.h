// SPDX-License-Identifier: GPL-2.0-or-later
// The programs that this executable is, one for each name that it is called by.
//
// A program is a value: its actions, options, topics and rules are tables of its own, and parsing, help, completion,
// introspection and advice know only these.  To add one: src/programs/<program>.cpp with
// `extern const OurProgram kName{...};`, its line in src/CMakeLists.txt (twice: the file and the name) and in
// src/cli/programs.cpp, and a manual page (HACKING.md).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/action.h"
#include "cli/rule.h"
#include "cli/topic.h"
#include "latchkey/peer_release.h"

namespace latchkey::cli {

// A table of a program: a function, because the tables of other files cannot be had while the program is a constant.
template <typename T>
using Table = std::span<T> (*)();
template <typename T>
std::span<T> no_rows() {
    return {};
}

struct OurProgram {
    std::string_view name;  // the last part of the path that it is called by
    std::string (*version)(PeerRelease speaks_as) = nullptr;  // the line of --version
    // None of these for a program that is one action itself.
    Table<const Action* const> actions = &no_rows<const Action* const>;
    Table<const OptionSpec* const> options = &no_rows<const OptionSpec* const>;
    Table<const Topic> topics = &no_rows<const Topic>;
    Table<const Rule> rules = &no_rows<const Rule>;
    Table<const Task> tasks = &no_rows<const Task>;
    std::string_view default_type = {};  // what rules about --type take without it
    std::string (*help)(const OurProgram& program,
                        PeerRelease speaks_as) = nullptr;  // the text of --help
    const char* operands_help = "";  // marked N_; help_text() explains the operands of actions
    std::string (*defaults)(PeerRelease speaks_as) = nullptr;  // the last lines of help_text()
    std::string (*greeting)(const OurProgram& program) =
        nullptr;                      // without any word; null: a usage error
    bool keyslots_by_name = false;    // --key-slot takes a name; false: only numbers, as the peer
    bool ignores_surplus = false;     // of operands: a warning, not an error
    bool shows_every_option = false;  // --usage and --help also name options that no action heeds
    bool always_explains = false;     // usage errors have their hint without a terminal, too
    // Returns the exit status.
    int (*run)(const OurProgram& program, const char* called_as,
               std::span<const char* const> words) = nullptr;

    // Returns the options that some action heeds, or all of them.
    [[nodiscard]] std::vector<const OptionSpec*> shown_options() const;
    // Returns the program's own --type, which an alias of an action may set; null if it has none.
    [[nodiscard]] const OptionSpec* type_option() const { return find_option(options(), "type"); }
    [[nodiscard]] std::string called() const { return std::string(name); }
};

// Returns all programs.  The first one answers to every name that no other has.
std::span<const OurProgram* const> all_programs();
// Returns the program of that path: "/sbin/cryptsetup".
const OurProgram& program_called(std::string_view called_as);

}  // namespace latchkey::cli
