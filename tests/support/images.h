// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

#include "base/bytes.h"

namespace latchkey::test {

// Returns the bytes of tests/images/NAME.img.zst.  Throws std::runtime_error if it does not exist.
[[nodiscard]] Bytes image(std::string_view name);

// Returns the bytes of any file, decompressed if its name ends in .zst (by the zstd program).  Throws
// std::runtime_error.
[[nodiscard]] Bytes load_image(const std::filesystem::path& path);

// Returns the top of the source tree.
[[nodiscard]] std::filesystem::path source_dir();

}  // namespace latchkey::test
