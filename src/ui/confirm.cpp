// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <cstdio>

#include "text/format.h"
#include "text/wording.h"
#include "ui/state.h"
#include "ui/terminal.h"

namespace latchkey::cli {

Result<void> Ui::confirm(std::string_view question, int refused_status) {
    if (setup_.batch || ::isatty(STDIN_FILENO) == 0) return {};
    // With --json standard output is for a program, which cannot answer.
    std::FILE* const stream = setup_.json ? stderr : stdout;
    const std::string shown = text("\nWARNING!\n========\n%s\n\nAre you sure? (Type 'yes' in "
                                   "capital letters): ",
                                   without_controls(question).c_str());
    std::fputs(shown.c_str(), stream);
    std::fflush(stream);
    auto answer = read_answer();
    if (!answer) return std::move(answer).error();
    if (*answer == "YES") return {};
    return exits_with(refused_status, fail(Errc::Refused, "Operation aborted.\n"));
}

}  // namespace latchkey::cli
