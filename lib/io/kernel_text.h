// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel tells as text, in /sys and /proc.  Without streams, which take a lock of the whole process and time at start-up.
#pragma once

#include <optional>
#include <string>

namespace latchkey::io {

// The whole file; nothing if it cannot be read, or is longer than 1 MiB.
[[nodiscard]] std::optional<std::string> kernel_text(const std::string& path);
// Its first line, without the newline; nothing if it cannot be read or is empty.
[[nodiscard]] std::optional<std::string> kernel_line(const std::string& path);
// The path under /dev that a uevent file names; "" if it names none.
[[nodiscard]] std::string node_in_uevent(const std::string& path);

}  // namespace latchkey::io
