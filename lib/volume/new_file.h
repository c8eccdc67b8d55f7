// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/bytes.h"
#include "latchkey/error.h"

namespace latchkey::volume {

// Creates `path`, mode 0400, with the contents `bytes`, flushes it to stable storage and reads it back.  Exists if
// anything has that name.  The name appears with the whole content or not at all; only on file systems without unnamed
// files (FAT) can a power failure leave a part.
[[nodiscard]] Result<void> write_new_file(const std::string& path, ByteView bytes);

// Creates the directory and its missing parents, mode 0700.
[[nodiscard]] Result<void> make_directory(const std::string& path);

}  // namespace latchkey::volume
