// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/key_file_check.h"

#include <unistd.h>

#include <variant>

#include "cli/options.h"

namespace latchkey::cli {

Result<void> check_key_file(Ui& ui, const KeySource& secret) {
    const auto* file = std::get_if<keys::File>(&secret.from);
    if (file == nullptr || ::access(file->path.c_str(), R_OK) == 0) return {};
    // Reading it gives the reason.
    auto read = ui.read_secret(secret);
    if (!read) return std::move(read).error();
    return {};
}

void warn_if_key_file_wins(Ui& ui, const Arguments& args, std::size_t operand_index) {
    if (args.has(opt::key_file) && args.operand(operand_index))
        ui.warn("Option --key-file takes precedence over specified key file argument.");
}

}  // namespace latchkey::cli
