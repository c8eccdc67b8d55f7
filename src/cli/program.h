// SPDX-License-Identifier: GPL-2.0-or-later
// The programs that this executable is, one for each name that it is called by.
//
// To add one: src/programs/<program>.cpp with `extern const OurProgram kName{...};`, its line in src/CMakeLists.txt (twice:
// the file and the name) and in src/cli/programs.cpp, and a manual page.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/action.h"
#include "latchkey/peer_release.h"

namespace latchkey::cli {

// Returns nothing, for a program that is one action itself.
inline std::span<const Action* const> no_actions() {
    return {};
}

struct OurProgram {
    std::string_view name;  // the last part of the path that it is called by
    std::string (*version)(PeerRelease speaks_as) = nullptr;  // the line of --version
    std::span<const Action* const> (*actions)() = &no_actions;
    std::string (*help)(const OurProgram& program,
                        PeerRelease speaks_as) = nullptr;  // the text of --help
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
    [[nodiscard]] std::vector<const OptionSpec*> options() const;
    [[nodiscard]] std::string called() const { return std::string(name); }
};

// Returns all programs.  The first one answers to every name that no other has.
std::span<const OurProgram* const> all_programs();
// Returns the program of that path: "/sbin/cryptsetup".
const OurProgram& program_called(std::string_view called_as);

}  // namespace latchkey::cli
