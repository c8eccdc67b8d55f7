// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "text/format.h"
#include "text/wording.h"
#include "ui/state.h"
#include "ui/terminal.h"

namespace latchkey::cli {
namespace {

constexpr const char* kPlace = "%s";

}  // namespace

Result<void> Ui::confirm(std::string_view question, int refused_status) {
    if (setup_.batch || ::isatty(STDIN_FILENO) == 0) return {};
    // Nothing will be written; what the question warns of is of use all the same.
    if (setup_.dry_run) {
        print(std::string(question) + "\n");
        return {};
    }
    // With --json a program reads standard output, and cannot answer.
    std::FILE* const stream = setup_.json ? stderr : stdout;
    std::string asked = text(
        "\nWARNING!\n========\n%s\n\nAre you sure? (Type 'yes' in "
        "capital letters): ",
        kPlace);
    // The question may have several lines, which an argument of text() may not.
    asked.replace(asked.find(kPlace), std::strlen(kPlace), without_controls(question));
    std::fputs(asked.c_str(), stream);
    std::fflush(stream);
    auto answer = read_answer();
    if (!answer) return std::move(answer).error();
    if (*answer == "YES\n") return {};
    return fail_saying(Errc::Refused, "Operation aborted.\n").exits_with(refused_status);
}

}  // namespace latchkey::cli
