// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::volume {

// Creates `path`, mode 0400, with `bytes` in it: on stable storage and read back when this returns.  Exists if
// there is anything of that name.  The name appears with the whole content or not at all; only on file
// systems without unnamed files (FAT) can a power cut leave a part.
[[nodiscard]] Result<void> write_new_file(const std::string& path, ByteView bytes);

// Creates the directory and those above it, mode 0700, where they are missing.
[[nodiscard]] Result<void> make_directory(const std::string& path);

}  // namespace latchkey::volume
