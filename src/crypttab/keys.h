// SPDX-License-Identifier: GPL-2.0-or-later
// Where the key of a line comes from, and in which order the places are tried.
#pragma once

#include <string>
#include <vector>

#include "latchkey/crypttab_order.h"
#include "ui/ui.h"

namespace latchkey::cli {

enum class Way : std::uint8_t {
    Tokens,     // of the LUKS2 header
    File,       // the one of the line, which may be a socket or lie on another device
    FoundFile,  // cryptsetup-keys.d/NAME.key, of /etc or /run
    Random,
    Script,
    StandardInput,
    Empty,  // the empty passphrase
    Person,
};
[[nodiscard]] std::vector<Way> ways_of(const crypttab::Volume& line);

// What a key script is told besides its argument.
struct ScriptRun {
    const crypttab::Line& text;
    const crypttab::Entry& entry;
    const std::string& device;  // where the data is
    unsigned tried;
};
// The bytes of every way but Tokens and Person.  `plain_bytes`: of the key of a plain volume, 0 = LUKS; a key file gives so
// many, or at most so many where it is hashed (crypttab::hashes_key_file).  `seen` becomes what a key file was.
[[nodiscard]] Result<SecretBuffer> read_key(Ui& ui, Way way, const crypttab::Volume& line,
                                            const ScriptRun& run, std::uint32_t plain_bytes,
                                            DeviceIdentity& seen);
// keyfile-erase: overwrites the line's key file and removes it; what fails is told.  Spares another file than was `seen`.
void erase_key_file(Ui& ui, const crypttab::Volume& line, const DeviceIdentity& seen);

struct Question {
    std::string prompt = {};
    std::uint64_t timeout_seconds = 0;  // 0 = for ever
    bool twice = false;
    bool echo = false;
};
// From the terminal, or a line of standard input where that is none.
[[nodiscard]] Result<SecretBuffer> ask(Ui& ui, const Question& question);

}  // namespace latchkey::cli
