// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/key_file_check.h"

#include <unistd.h>

namespace latchkey::cli {

Result<void> check_key_file(Ui& ui, const SecretRequest& secret) {
    if (!secret.key_file || *secret.key_file == "-") return {};
    if (::access(secret.key_file->c_str(), R_OK) == 0) return {};
    // Reading it says why not.
    auto read = ui.read_passphrase(secret);
    if (!read) return std::move(read).error();
    return {};
}

}  // namespace latchkey::cli
