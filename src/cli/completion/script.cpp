// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/completion/script.h"

#include "cli/completion/parts.h"

namespace latchkey::cli {

std::optional<std::string> completion_script(const OurProgram& program, std::string_view shell) {
    if (shell == "bash") return completion::bash_script(program);
    if (shell == "zsh") return completion::zsh_script(program);
    if (shell == "fish") return completion::fish_script(program);
    return std::nullopt;
}

}  // namespace latchkey::cli
