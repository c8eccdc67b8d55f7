// SPDX-License-Identifier: GPL-2.0-or-later
// What a line of crypttab says, or mount(8)'s options, as a request to open a volume.
#pragma once

#include <cstdint>
#include <vector>

#include "latchkey/boot.h"
#include "latchkey/crypttab.h"
#include "latchkey/open_request.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Whose defaults a plain volume has where its cipher and its hash are not given.
enum class PlainDefaults : std::uint8_t { OfSystemd, OfCryptsetup };

// Looks at the key file: a device that gives random bytes makes a random key, whatever it is called.
[[nodiscard]] boot::OpenRequest request_of(const Context& context, crypttab::Meaning line,
                                           PlainDefaults defaults);

// The same for a line of a file: its scripts find the line in their environment.  `line` and `entry` are copied.
[[nodiscard]] boot::OpenRequest request_of(const Context& context, const crypttab::Line& line,
                                           const crypttab::Entry& entry);

// Opens them, with people at the terminal.  Returns what became of each.
[[nodiscard]] std::vector<boot::OpenedVolume> open_requests(
    Ui& ui, std::vector<boot::OpenRequest> requests);

}  // namespace latchkey::cli
