// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/configuration.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "cli/value.h"
#include "text/format.h"

namespace latchkey::cli {
namespace {

// bytes; a larger file is not our configuration
constexpr std::size_t kMostBytes = 65536;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r";
    const std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool set_count(std::optional<std::uint64_t>& field, std::string_view value) {
    const auto integer = parse_integer(value);
    if (!integer || integer->negative || integer->magnitude == 0) return false;
    field = integer->magnitude;
    return true;
}

bool set_size(std::optional<std::uint64_t>& field, std::string_view value) {
    const auto size = parse_size(value);
    if (!size || *size == 0) return false;
    field = *size;
    return true;
}

// Returns false if the value is invalid; nothing if the key is unknown.
std::optional<bool> set(Configuration& configuration, std::string_view key,
                        std::string_view value) {
    if (key == "backup-dir") {
        if (!value.starts_with('/')) return false;
        configuration.backup_dir = value;
        return true;
    }
    if (key == "compat") {
        configuration.speaks_as = find_peer_release(value);
        return configuration.speaks_as.has_value();
    }
    if (key == "kdf-max-iterations") return set_count(configuration.kdf_max_iterations, value);
    if (key == "kdf-max-time") return set_count(configuration.kdf_max_time, value);
    if (key == "kdf-max-total") return set_count(configuration.kdf_max_total, value);
    if (key == "kdf-max-memory") return set_size(configuration.kdf_max_memory, value);
    return std::nullopt;
}

}  // namespace

Configuration parse_configuration(std::string_view content, std::string_view file_name) {
    Configuration configuration;
    const std::string file(file_name);
    for (unsigned number = 1; !content.empty(); ++number) {
        const std::size_t end = std::min(content.find('\n'), content.size());
        const std::string_view line = trimmed(content.substr(0, end));
        content.remove_prefix(std::min(end + 1, content.size()));
        if (line.empty() || line.front() == '#') continue;
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) {
            configuration.complaints.push_back(
                text("%s:%u: expected 'key = value'.", file.c_str(), number));
            continue;
        }
        const std::string key(trimmed(line.substr(0, equals)));
        const std::string value(trimmed(line.substr(equals + 1)));
        const auto done = set(configuration, key, value);
        if (!done)
            configuration.complaints.push_back(
                text("%s:%u: there is no setting '%s'.", file.c_str(), number, key.c_str()));
        else if (!*done)
            configuration.complaints.push_back(text("%s:%u: %s cannot be '%s'.", file.c_str(),
                                                    number, key.c_str(), value.c_str()));
    }
    return configuration;
}

Configuration read_configuration(const char* path) {
    const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0 && errno == ENOENT) return {};
    std::string content;
    std::array<char, 4096> block;
    ssize_t count = file < 0 ? -1 : 0;
    while (file >= 0 && content.size() <= kMostBytes &&
           (count = ::read(file, block.data(), block.size())) > 0)
        content.append(block.data(), static_cast<std::size_t>(count));
    const int error = errno;
    if (file >= 0) ::close(file);
    Configuration configuration;
    if (count < 0)
        configuration.complaints.push_back(text("Cannot read %s: %s.", path, std::strerror(error)));
    else if (content.size() > kMostBytes)
        configuration.complaints.push_back(text("Cannot read %s: it is too long.", path));
    else
        configuration = parse_configuration(content, path);
    return configuration;
}

}  // namespace latchkey::cli
