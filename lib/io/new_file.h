// SPDX-License-Identifier: LGPL-2.1-or-later
// Steps of creating a file, shared by NewFile and by files with other rules.
#pragma once

#include <string>

#include "latchkey/error.h"

namespace latchkey::io {

// "cannot `verb` `path`: ...", with the code that `error` (an errno) stands for.
[[nodiscard]] Error file_error(const char* verb, const std::string& path, int error);

// Exists if anything has that name, even a dangling link.
[[nodiscard]] Result<void> check_name_is_free(const std::string& path);

// Sets the mode of a new file.  open() applied the umask, which may deny the owner the right to read it.
void give_mode(int fd, mode_t mode);

// Creates `path`, readable, writable and close-on-exec; never opens an existing file.  Returns -1 and sets errno on
// failure.
[[nodiscard]] int create_named(const std::string& path, mode_t mode);

[[nodiscard]] std::string directory_of(const std::string& path);
// Flushes the folder, so that a new name survives a power failure.  Succeeds if the file system has nothing to flush
// there.
[[nodiscard]] Result<void> flush_directory_of(const std::string& path);

}  // namespace latchkey::io
