// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/token_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "latchkey/keyfile.h"
#include "latchkey/new_file.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kLargestToken =
    4 * 1024 * 1024;  // bytes; more than the largest JSON area cannot be stored

// Returns 0, or errno.
int write_text(int descriptor, std::string_view text) {
    return write_all(descriptor, std::as_bytes(std::span(text)));
}

Error cannot_open(const std::string& name) {
    return fail_saying(Errc::InvalidArgument, "Failed to open file %s in write mode.",
                       name.c_str());
}

Error cannot_write(const std::string& name, int error) {
    return fail(error == ENOSPC ? Errc::DeviceFull : Errc::Io, "cannot write %s: %s", name.c_str(),
                std::strerror(error));
}

Result<void> write_new(const std::string& name, std::string_view json) {
    auto file = NewFile::create(name);
    if (!file) return cannot_open(name);
    if (const int error = write_text(file->descriptor(), json); error != 0)
        return cannot_write(name, error);
    return file->keep();
}

// Returns the content of a regular file if that is a token or empty.  Any other content, such as a volume, is
// probably not meant to be overwritten.
std::optional<std::string> token_in(const Volume& volume, int descriptor) {
    std::string text(kLargestToken + 1, '\0');
    const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
    if (length < 0 || length > static_cast<ssize_t>(kLargestToken)) return {};
    text.resize(static_cast<std::size_t>(length));
    if (!text.empty() && !volume.could_export(text)) return {};
    return text;
}

// Returns 0, or errno.
int replace_content(int descriptor, std::string_view text) {
    if (::lseek(descriptor, 0, SEEK_SET) != 0) return errno;
    if (const int error = write_text(descriptor, text); error != 0) return error;
    const bool done =
        ::ftruncate(descriptor, static_cast<off_t>(text.size())) == 0 && ::fsync(descriptor) == 0;
    return done ? 0 : errno;
}

// `kind` is its st_mode.
Result<void> write_existing(const Volume& volume, int descriptor, mode_t kind,
                            const std::string& name, std::string_view json) {
    if (!S_ISREG(kind) && !S_ISBLK(kind)) {
        const int error = write_text(descriptor, json);
        return error == 0 ? Result<void>() : Result<void>(cannot_write(name, error));
    }
    const auto before = S_ISREG(kind) ? token_in(volume, descriptor) : std::nullopt;
    if (!before)
        return fail(Errc::Exists,
                    "file %s holds something that is not a token, and is not overwritten",
                    name.c_str());
    const int error = replace_content(descriptor, json);
    if (error == 0) return {};
    (void)replace_content(descriptor, *before);
    return cannot_write(name, error);
}

}  // namespace

Result<SecretBuffer> read_token(Ui& ui, std::optional<std::string_view> path) {
    const KeyfileOptions options{.limit = kLargestToken};
    if (!path || *path == "-") return ui.read_file("-", options);
    auto json = ui.read_file(*path, options);
    if (!json && json.error().code == Errc::Interrupted) return json;
    const std::string name(*path);
    if (!json && ::access(name.c_str(), R_OK) != 0)
        return fail_saying(Errc::InvalidArgument, "Failed to open file %s in read-only mode.",
                           name.c_str());
    return json;
}

Result<void> write_token(const Volume& volume, std::string_view path, std::string_view json) {
    const std::string name(path);
    struct stat status {};
    if (::lstat(name.c_str(), &status) != 0) return write_new(name, json);
    if (::stat(name.c_str(), &status) != 0) return cannot_open(name);
    const int mode = S_ISREG(status.st_mode) ? O_RDWR : O_WRONLY;
    const int descriptor = ::open(name.c_str(), mode | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return cannot_open(name);
    // The present content counts.
    auto written = ::fstat(descriptor, &status) == 0
                       ? write_existing(volume, descriptor, status.st_mode, name, json)
                       : Result<void>(cannot_open(name));
    ::close(descriptor);
    return written;
}

std::string_view as_text(const SecretBuffer& bytes) {
    return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.size()};
}

}  // namespace latchkey::cli
