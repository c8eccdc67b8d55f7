// SPDX-License-Identifier: LGPL-2.1-or-later
#include "boot/read_key.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/strprintf.h"
#include "base/unique_fd.h"
#include "boot/mounted.h"
#include "io/identity.h"

namespace latchkey::boot {
namespace {

bool is_socket(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode);
}

// Warns if other users may read the key file.  Does not warn of a device, whose rights the system sets.
void warn_of_rights(Context& context, const OpenRequest& request, const std::string& path,
                    const struct stat& about) {
    if (!S_ISREG(about.st_mode)) return;
    if ((about.st_mode & request.keys.not_for_others) != 0)
        context.log(LogLevel::Warning, "%s: others than its owner may use the key file %s.",
                    request.name.c_str(), path.c_str());
    else if (about.st_uid != 0 && request.keys.must_be_roots)
        context.log(LogLevel::Warning, "%s: the key file %s is not root's.", request.name.c_str(),
                    path.c_str());
}

// Binds the socket to an address that tells the server which volume asks, as systemd does.
Result<void> name_socket(int socket, const std::string& volume) {
    std::array<unsigned char, 8> random{};
    if (::getrandom(random.data(), random.size(), 0) < 0) return fail(Errc::Io, "no random bytes");
    std::string name(1, '\0');
    for (const unsigned char byte : random) name += strprintf("%02x", byte);
    name += "/cryptsetup/" + volume;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() > sizeof address.sun_path)
        return fail(Errc::InvalidArgument, "the name %s is too long for a socket's address",
                    volume.c_str());
    std::memcpy(address.sun_path, name.data(), name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), length) != 0)
        return fail(Errc::Io, "cannot name a socket: %s", std::strerror(errno));
    return {};
}

Result<SecretBuffer> read_connected(int socket, const std::string& path, const std::string& volume,
                                    const KeyfileOptions& options) {
    LK_TRY(name_socket(socket, volume));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(Errc::InvalidArgument, "the path of the socket %s is too long", path.c_str());
    std::memcpy(address.sun_path, path.data(), path.size());
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail(Errc::Io, "cannot connect to %s: %s", path.c_str(), std::strerror(errno));
    return read_keyfile(socket, options);
}

Result<SecretBuffer> read_socket(const std::string& path, const std::string& volume,
                                 const KeyfileOptions& options) {
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return fail(Errc::Io, "cannot make a socket: %s", std::strerror(errno));
    return read_connected(socket.get(), path, volume, options);
}

// Opens the file once, so that the warning, the key and the later erasing are about the same file.
Result<SecretBuffer> read_file(Context& context, const OpenRequest& request,
                               const std::string& path, KeyfileOptions options,
                               DeviceIdentity& seen) {
    options.cancelled = &context.cancelled();
    if (is_socket(path)) return read_socket(path, request.name, options);
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    struct stat about {};
    if (!file.valid() || ::fstat(file.get(), &about) != 0 || ::isatty(file.get()) != 0) {
        auto refused = read_keyfile(path, options);  // for the message
        if (!refused) return std::move(refused).error().within(path);
        return fail(Errc::ConcurrentChange, "key file %s was replaced while it was opened",
                    path.c_str());
    }
    warn_of_rights(context, request, path, about);
    auto key = read_keyfile(file.get(), options);
    // An empty file is an empty key.
    const bool is_empty = !key && key.error().code == Errc::NothingToRead && S_ISREG(about.st_mode);
    if (!key && !is_empty) return std::move(key).error().within(path);
    seen = io::identity_of(about);
    return is_empty ? Result<SecretBuffer>(SecretBuffer()) : std::move(key);
}

Result<SecretBuffer> read_named_file(Context& context, const OpenRequest& request,
                                     const keys::File& file, DeviceIdentity& seen) {
    if (request.keys.device.empty())
        return read_file(context, request, file.path, file.options, seen);
    LK_ASSIGN(const MountedDevice mounted, MountedDevice::mount(context, request.keys.device));
    LK_ASSIGN(const std::string path, mounted.path_of(file.path));
    return read_file(context, request, path, file.options, seen);
}

}  // namespace

Result<SecretBuffer> read_key(Context& context, const OpenRequest& request, const KeySource& source,
                              const KeyReading& reading,
                              const std::vector<std::string>& environment,
                              std::uint32_t plain_bytes, DeviceIdentity& seen) {
    if (const auto* file = std::get_if<keys::File>(&source.from)) {
        auto key = read_named_file(context, request, *file, seen);
        if (key && request.keys.exact_file && source.is == KeyIs::VolumeKey &&
            key->size() != plain_bytes)
            return fail(Errc::InvalidArgument, "key file %s has %zu bytes, the key %u",
                        file->path.c_str(), key->size(), plain_bytes);
        return key;
    }
    if (const auto* script = std::get_if<keys::Script>(&source.from)) {
        Program program = script->program;
        program.environment = environment;
        return read_secret(context, {.from = keys::Script{std::move(program)}}, reading);
    }
    const auto* random = std::get_if<keys::Random>(&source.from);
    if (random != nullptr && random->bytes == 0)
        return fail(Errc::InvalidArgument, "a random key opens no LUKS volume");
    return read_secret(context, source, reading);
}

void erase_key_file(Context& context, const OpenRequest& request, const DeviceIdentity& seen) {
    const std::string& path = request.keys.erase;
    if (path.empty()) return;
    // A pipe would wait for a reader.
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat about {};
    const bool is_file = file.valid() && ::fstat(file.get(), &about) == 0 && S_ISREG(about.st_mode);
    // Does not erase another file that has taken the name since.
    if (!is_file || (seen.known() && io::identity_of(about) != seen)) {
        context.log(LogLevel::Warning, "%s: the key file %s cannot be erased.",
                    request.name.c_str(), path.c_str());
        return;
    }
    constexpr std::array<char, 4096> kZeros{};
    bool written = true;
    for (off_t at = 0; at < about.st_size && written;) {
        const auto length =
            static_cast<std::size_t>(std::min<off_t>(about.st_size - at, kZeros.size()));
        const ssize_t count = ::pwrite(file.get(), kZeros.data(), length, at);
        written = count > 0;
        at += count;
    }
    written = ::fsync(file.get()) == 0 && written;
    if (::unlink(path.c_str()) != 0 || !written)
        context.log(LogLevel::Warning, "%s: the key file %s cannot be erased.",
                    request.name.c_str(), path.c_str());
}

}  // namespace latchkey::boot
