// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "base/unique_fd.h"
#include "latchkey/mapping.h"

namespace latchkey::mapping {
namespace {

// Returns the first line of a small file of sysfs; "" if it cannot be read.
std::string first_line_of(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 256> bytes{};
    const ssize_t count = file.valid() ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
    if (count <= 0) return {};
    const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
    return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

std::string name_of(std::string_view word) {
    constexpr std::string_view kMapper = "/dev/mapper/";
    constexpr std::string_view kNode = "/dev/dm-";
    if (word.starts_with(kMapper)) return std::string(word.substr(kMapper.size()));
    if (word.starts_with(kNode) && word.find('/', kNode.size()) == word.npos) {
        std::string name = first_line_of("/sys/block/" + std::string(word.substr(5)) + "/dm/name");
        if (!name.empty()) return name;
    }
    return std::string(word);
}

}  // namespace latchkey::mapping
