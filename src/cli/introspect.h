// SPDX-License-Identifier: GPL-2.0-or-later
// The tables for programs: manual pages, completion and tests are made of this.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::cli {

// JSON: {"schema", "version", "options": [...], "actions": [...]}; texts untranslated.
[[nodiscard]] std::string introspection();

// A completion script; nothing if there is none for that shell.
[[nodiscard]] std::optional<std::string> completion_script(std::string_view shell);

}  // namespace latchkey::cli
