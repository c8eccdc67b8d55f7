// SPDX-License-Identifier: GPL-2.0-or-later
// What all actions that make a LUKS volume share.
#pragma once

#include <optional>
#include <string>

#include "latchkey/new_file.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Returns the parameters of the options, after every check that is possible before the user is asked.
[[nodiscard]] Result<FormatParams> checked_format_params(Ui& ui, const Arguments& args,
                                                         std::optional<int> keyslot);

// The place of a header apart from its data.
struct NewHeader {
    Device device;
    std::optional<NewFile> new_file = {};  // if it did not exist; to be kept in the end
};
// Opens `path`, or creates it if the user agrees.
[[nodiscard]] Result<NewHeader> open_new_header(Ui& ui, const std::string& path);

// Returns the key of --volume-key-file; empty without this option.
[[nodiscard]] Result<SecretBuffer> given_volume_key(Ui& ui, const Arguments& args,
                                                    const FormatParams& params);

}  // namespace latchkey::cli
