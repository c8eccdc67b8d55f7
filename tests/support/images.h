// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <filesystem>
#include <string_view>

#include "base/bytes.h"

namespace latchkey::test {

// The bytes of tests/images/NAME.img.zst.  Throws std::runtime_error if it is not there.
[[nodiscard]] Bytes image(std::string_view name);

// Any file, decompressed if its name ends in .zst (by the zstd program).  Throws std::runtime_error.
[[nodiscard]] Bytes load_image(const std::filesystem::path& path);

// The top of the source tree.
[[nodiscard]] std::filesystem::path source_dir();

}  // namespace latchkey::test
