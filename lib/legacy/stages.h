// SPDX-License-Identifier: LGPL-2.1-or-later
// One function a tool.  `stage` is its words, itself first; `fed` is what hashalot in front of it is asked for.
#pragma once

#include <optional>

#include "latchkey/legacy.h"
#include "legacy/words.h"

namespace latchkey::legacy {

[[nodiscard]] bool is_hashalot(std::string_view tool);
[[nodiscard]] Result<Hashalot> parse_hashalot(const Words& stage);
// Its options where the last stages are hashalot and, perhaps, the hexdump that prints what -x would; nothing where
// they are something else.  Those stages are taken off.
[[nodiscard]] Result<std::optional<Hashalot>> take_hashalot(std::vector<Words>& stages);

[[nodiscard]] Result<CommandLine> parse_losetup(const Words& stage,
                                                const std::optional<Hashalot>& fed,
                                                std::string_view variant);
[[nodiscard]] Result<CommandLine> parse_cryptsetup_01(const Words& stage,
                                                      const std::optional<Hashalot>& fed);
// The shell script that came before that program: its -s counts bytes.
[[nodiscard]] Result<CommandLine> parse_cryptsetup_script(const Words& stage);
// `table` comes from an echo in front; "" = it is in the words.
[[nodiscard]] Result<CommandLine> parse_dmsetup(const Words& stage,
                                                const std::optional<Hashalot>& fed,
                                                const std::string& table,
                                                const ReadTable& read_table);

}  // namespace latchkey::legacy
