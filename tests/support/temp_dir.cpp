// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/temp_dir.h"

#include <stdlib.h>

#include <fstream>
#include <stdexcept>

namespace latchkey::test {

TempDir::TempDir() {
    std::string pattern = std::filesystem::temp_directory_path() / "latchkey-test-XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed: " + pattern);
    path_ = pattern;
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::file(const std::string& name, ByteView content) const {
    std::ofstream stream(path_ / name, std::ios::binary | std::ios::trunc);
    stream.write(reinterpret_cast<const char*>(content.data()),
                 static_cast<std::streamsize>(content.size()));
    stream.close();
    if (!stream) throw std::runtime_error("cannot write " + name);
    return path_ / name;
}

std::string TempDir::sparse_file(const std::string& name, std::uint64_t size) const {
    const std::string path = file(name, ByteView());
    std::filesystem::resize_file(path, size);
    return path;
}

Bytes read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    Bytes bytes(std::filesystem::file_size(path));
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!stream) throw std::runtime_error("cannot read " + path.string());
    return bytes;
}

}  // namespace latchkey::test
