// SPDX-License-Identifier: LGPL-2.1-or-later
// One function for each tool.  `stage` is the tool's words, with its name first; `fed` is the options of hashalot in
// front of it.
#pragma once

#include <optional>

#include "latchkey/legacy.h"
#include "legacy/words.h"

namespace latchkey::legacy {

[[nodiscard]] bool is_hashalot(std::string_view tool);
[[nodiscard]] Result<Hashalot> parse_hashalot(const Words& stage);
// Returns hashalot's options if the last stages are hashalot and, possibly, a hexdump that prints the output of -x;
// removes these stages.  Returns nothing if they are something else.
[[nodiscard]] Result<std::optional<Hashalot>> take_hashalot(std::vector<Words>& stages);

[[nodiscard]] Result<CommandLine> parse_losetup(const Words& stage,
                                                const std::optional<Hashalot>& fed,
                                                std::string_view variant);
[[nodiscard]] Result<CommandLine> parse_cryptsetup_01(const Words& stage,
                                                      const std::optional<Hashalot>& fed);
// The shell script that preceded the program: its -s counts bytes.
[[nodiscard]] Result<CommandLine> parse_cryptsetup_script(const Words& stage);
// `table` comes from an echo in front; "" = the words contain it.
[[nodiscard]] Result<CommandLine> parse_dmsetup(const Words& stage,
                                                const std::optional<Hashalot>& fed,
                                                const std::string& table,
                                                const ReadTable& read_table);

}  // namespace latchkey::legacy
