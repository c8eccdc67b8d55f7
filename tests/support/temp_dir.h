// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "base/bytes.h"

namespace latchkey::test {

// A folder that is removed with its contents when the test ends.
class TempDir {
  public:
    TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ / name; }
    // Makes a file and returns its path.
    [[nodiscard]] std::string file(const std::string& name, ByteView content) const;
    [[nodiscard]] std::string file(const std::string& name, std::string_view content) const {
        return file(name, as_byte_view(content));
    }
    // Makes a sparse file.
    [[nodiscard]] std::string sparse_file(const std::string& name, std::uint64_t size) const;

  private:
    std::filesystem::path path_;
};

// Returns the whole file; throws std::runtime_error if it cannot be read.
[[nodiscard]] Bytes read_file(const std::filesystem::path& path);

}  // namespace latchkey::test
