// SPDX-License-Identifier: LGPL-2.1-or-later
// Steps of making a file that files with other rules share with NewFile.
#pragma once

#include <string>

#include "latchkey/error.h"

namespace latchkey::io {

// "cannot `verb` `path`: ...", with the code that `error` (an errno) stands for.
[[nodiscard]] Error file_error(const char* verb, const std::string& path, int error);

// Exists if there is anything of that name, a dangling link too.
[[nodiscard]] Result<void> check_name_is_free(const std::string& path);

// A new file's mode, of which open() leaves what the umask allows: these are their owner's alone, and he is to read them.
void give_mode(int fd, mode_t mode);

// Creates `path` itself: readable and writable, close-on-exec, never what was there.  -1 and errno.
[[nodiscard]] int create_named(const std::string& path, mode_t mode);

[[nodiscard]] std::string directory_of(const std::string& path);
// So that a new name survives a power cut.  Succeeds where the file system has nothing to flush there.
[[nodiscard]] Result<void> flush_directory_of(const std::string& path);

}  // namespace latchkey::io
