// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads text files of /sys and /proc.  It avoids streams, which take a process-wide lock and cost time at start-up.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace latchkey::io {

// Returns the whole file; nothing if it cannot be read or is longer than 1 MiB.
[[nodiscard]] std::optional<std::string> kernel_text(const std::string& path);
// Returns the first line without its newline; nothing if the file cannot be read or the line is empty.
[[nodiscard]] std::optional<std::string> kernel_line(const std::string& path);
// Returns the path under /dev that a uevent file names; "" if it names none.
[[nodiscard]] std::string node_in_uevent(const std::string& path);

// Returns the number at the beginning of the text; nothing if there is none.
[[nodiscard]] std::optional<std::uint64_t> number_in(const std::optional<std::string>& text);
// Returns the device number that the text gives as "7:1"; nothing if it gives none.
[[nodiscard]] std::optional<dev_t> device_number(const std::optional<std::string>& text);

}  // namespace latchkey::io
