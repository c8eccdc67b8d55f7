// SPDX-License-Identifier: GPL-2.0-or-later
// Options that name a keyslot, or say how a new one is made.
#pragma once

#include <optional>
#include <string_view>

#include "cli/arguments.h"
#include "latchkey/params.h"
#include "latchkey/volume.h"

namespace latchkey::cli {

// Returns --pbkdf and related options; refuses costs below a KDF's minimum in the peer's words.
[[nodiscard]] Result<KdfRequest> kdf_request(const Arguments& args);
// Returns the same with --keyslot-cipher, --keyslot-key-size and --name.
[[nodiscard]] Result<NewKeyslot> new_keyslot(const Arguments& args, std::optional<int> number);

// Returns the number of the keyslot that an option names, by its number or its name; nothing if the option is missing.
// NotFound if no keyslot has the name.
[[nodiscard]] Result<std::optional<int>> keyslot_number(const Arguments& args,
                                                        const Option<KeyslotWord>& option,
                                                        const Volume& volume);
[[nodiscard]] Result<int> keyslot_called(const Volume& volume, std::string_view name);
// Does the same for a volume that has no keyslots yet: InvalidArgument for a name.
[[nodiscard]] Result<std::optional<int>> new_keyslot_number(const Arguments& args,
                                                            const Option<KeyslotWord>& option);
// Refuses a name that another keyslot has, before anything is asked: Exists.  "" is accepted.
[[nodiscard]] Result<void> check_new_name(const Volume& volume, std::string_view name);

}  // namespace latchkey::cli
