// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/token_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "latchkey/keyfile.h"

namespace latchkey::cli {

Result<SecretBuffer> read_token(Ui& ui, std::optional<std::string_view> path) {
    // More than the largest JSON area cannot be stored.
    const KeyfileOptions options{.limit = 4 * 1024 * 1024};
    if (!path || *path == "-") return ui.read_file("-", options);
    auto json = ui.read_file(*path, options);
    if (!json && json.error().code == Errc::Interrupted) return json;
    const std::string name(*path);
    if (!json && ::access(name.c_str(), R_OK) != 0)
        return fail_saying(Errc::InvalidArgument, "Failed to open file %s in read-only mode.",
                           name.c_str());
    return json;
}

Result<void> write_token(std::string_view path, std::string_view json) {
    const std::string name(path);
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return fail_saying(Errc::InvalidArgument, "Failed to open file %s in write mode.",
                           name.c_str());
    int error = 0;
    while (!json.empty() && error == 0) {
        const ssize_t count = ::write(file, json.data(), json.size());
        if (count < 0 && errno != EINTR) error = errno;
        if (count > 0) json.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::close(file) != 0 && error == 0) error = errno;
    if (error == 0) return {};
    return fail(Errc::Io, "cannot write %s: %s", name.c_str(), std::strerror(error));
}

std::string_view as_text(const SecretBuffer& bytes) {
    return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.size()};
}

}  // namespace latchkey::cli
