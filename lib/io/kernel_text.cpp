// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/kernel_text.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "base/unique_fd.h"

namespace latchkey::io {

std::optional<std::string> kernel_text(const std::string& path) {
    constexpr std::size_t kMost = 1024 * 1024;  // bytes
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return std::nullopt;
    std::string text;
    std::array<char, 4096> page{};  // the largest sysfs attribute
    while (text.size() <= kMost) {
        const ssize_t length = ::read(file.get(), page.data(), page.size());
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) return std::nullopt;
        if (length == 0) return text;
        text.append(page.data(), static_cast<std::size_t>(length));
    }
    return std::nullopt;
}

std::optional<std::string> kernel_line(const std::string& path) {
    auto text = kernel_text(path);
    if (!text || text->empty()) return std::nullopt;
    text->resize(std::min(text->find('\n'), text->size()));
    return text;
}

std::optional<std::uint64_t> number_in(const std::optional<std::string>& text) {
    std::uint64_t value = 0;
    if (!text ||
        std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

std::optional<dev_t> device_number(const std::optional<std::string>& text) {
    const auto colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    const auto major = number_in(text->substr(0, colon));
    const auto minor = number_in(text->substr(colon + 1));
    if (!major || !minor) return std::nullopt;
    return ::makedev(static_cast<unsigned>(*major), static_cast<unsigned>(*minor));
}

std::string node_in_uevent(const std::string& path) {
    constexpr std::string_view kName = "\nDEVNAME=";
    const std::string uevent = "\n" + kernel_text(path).value_or("");
    const std::size_t at = uevent.find(kName);
    if (at == std::string::npos) return {};
    const std::size_t from = at + kName.size();
    return "/dev/" + uevent.substr(from, uevent.find('\n', from) - from);
}

}  // namespace latchkey::io
