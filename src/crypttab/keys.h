// SPDX-License-Identifier: GPL-2.0-or-later
// Where the key of a line comes from, as a chain, and reading it as systemd and Debian do.
#pragma once

#include <vector>

#include "latchkey/crypttab_order.h"
#include "latchkey/key_source.h"
#include "ui/ui.h"

namespace latchkey::cli {

// In the order in which they are tried.  A script's program and a person's question are filled in when they are due.
// `plain`: of a volume without a header, whose key is read and made otherwise (crypttab::hashes_key_file); nullptr = LUKS.
[[nodiscard]] std::vector<KeyStep> steps_of(const crypttab::Volume& line,
                                            const plain::Params* plain);

// What a key script is told besides its argument.
struct ScriptRun {
    const crypttab::Line& text;
    const crypttab::Entry& entry;
    const std::string& device;  // where the data is
    unsigned tried;
};
// The bytes of every source but tokens and people.  `plain_bytes`: of the key of a plain volume, 0 = LUKS.  `seen` becomes what a key file was.
[[nodiscard]] Result<SecretBuffer> read_key(Ui& ui, const KeySource& source,
                                            const crypttab::Volume& line, const ScriptRun& run,
                                            std::uint32_t plain_bytes, DeviceIdentity& seen);
// keyfile-erase: overwrites the line's key file and removes it; what fails is told.  Spares another file than was `seen`.
void erase_key_file(Ui& ui, const crypttab::Volume& line, const DeviceIdentity& seen);

// From the terminal, or a line of standard input where that is none.  WrongPassphrase if it was to be typed twice and the
// answers differ: that is a try, too.
[[nodiscard]] Result<SecretBuffer> ask(Ui& ui, const keys::Ask& question);

}  // namespace latchkey::cli
