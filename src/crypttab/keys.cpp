// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/keys.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include "crypttab/mounted.h"
#include "latchkey/keyfile.h"
#include "latchkey/program.h"
#include "text/format.h"
#include "ui/terminal.h"

namespace latchkey::cli {
namespace {

using crypttab::KeyKind;
using crypttab::Readers;

std::string found_key_file(const std::string& name) {
    for (const char* folder : {"/etc/cryptsetup-keys.d/", "/run/cryptsetup-keys.d/"}) {
        std::string path = folder + name + ".key";
        if (::access(path.c_str(), F_OK) == 0) return path;
    }
    return {};
}

bool is_socket(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && S_ISSOCK(about.st_mode);
}

// A device's rights are the system's; of a file of the owner's alone nobody else learns the key.
void warn_of_rights(Ui& ui, const crypttab::Volume& line, const std::string& path,
                    const struct stat& about) {
    if (!S_ISREG(about.st_mode)) return;
    const mode_t others = line.reader == Readers::Debian ? S_IRWXG | S_IRWXO : S_IROTH;
    if ((about.st_mode & others) != 0)
        ui.warn("%s: others than its owner may use the key file %s.", line.name.c_str(),
                path.c_str());
    else if (about.st_uid != 0 && line.reader == Readers::Debian)
        ui.warn("%s: the key file %s is not root's.", line.name.c_str(), path.c_str());
}

// Who serves keys sees by the address which volume asks.
Result<void> name_socket(int socket, const std::string& volume) {
    std::array<unsigned char, 8> random{};
    if (::getrandom(random.data(), random.size(), 0) < 0) return fail(Errc::Io, "no random bytes");
    std::string name(1, '\0');
    for (const unsigned char byte : random) name += untranslated("%02x", byte);
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
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return fail(Errc::Io, "cannot make a socket: %s", std::strerror(errno));
    auto key = read_connected(socket, path, volume, options);
    ::close(socket);
    return key;
}

KeyfileOptions options_of(Ui& ui, const crypttab::Volume& line, std::uint32_t plain_bytes) {
    KeyfileOptions options{.offset = line.keyfile_offset_bytes.value_or(0),
                           .size = line.keyfile_size_bytes,
                           .cancelled = &ui.context().cancelled()};
    if (plain_bytes > 0) options.size = plain_bytes;
    return options;
}

DeviceIdentity identity_of(const struct stat& about) {
    return {.kind = DeviceIdentity::Kind::File, .device = about.st_dev, .inode = about.st_ino};
}

// One open: what is warned of, read and erased later is the same file.
Result<SecretBuffer> read_path(Ui& ui, const crypttab::Volume& line, const std::string& path,
                               const KeyfileOptions& options, DeviceIdentity& seen) {
    if (is_socket(path)) return read_socket(path, line.name, options);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat about {};
    if (file < 0 || ::fstat(file, &about) != 0 || ::isatty(file) != 0) {
        if (file >= 0) ::close(file);
        auto refused = read_keyfile(path, options);  // in its words
        if (!refused) return std::move(refused).error().within(path);
        return fail(Errc::ConcurrentChange, "key file %s was replaced while it was opened",
                    path.c_str());
    }
    warn_of_rights(ui, line, path, about);
    auto key = read_keyfile(file, options);
    ::close(file);
    // Of a file that is empty the key is, too.
    const bool is_empty = !key && key.error().code == Errc::NothingToRead && S_ISREG(about.st_mode);
    if (!key && !is_empty) return std::move(key).error().within(path);
    seen = identity_of(about);
    return is_empty ? Result<SecretBuffer>(SecretBuffer()) : std::move(key);
}

// A device has as many bytes as are asked for; of a file, a pipe or a socket all may be fewer.
bool may_be_short(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) != 0 || !(S_ISBLK(about.st_mode) || S_ISCHR(about.st_mode));
}

Result<SecretBuffer> read_file(Ui& ui, const crypttab::Volume& line, const std::string& path,
                               std::uint32_t plain_bytes, DeviceIdentity& seen) {
    KeyfileOptions options = options_of(ui, line, plain_bytes);
    if (plain_bytes == 0 || !crypttab::hashes_key_file(line) || !may_be_short(path))
        return read_path(ui, line, path, options, seen);
    options.size.reset();
    auto key = read_path(ui, line, path, options, seen);
    if (key && key->size() > plain_bytes) key->shrink(plain_bytes);
    return key;
}

// All of it: systemd's options are about the file that the line names.
Result<SecretBuffer> read_found_file(Ui& ui, const crypttab::Volume& line,
                                     std::uint32_t plain_bytes, DeviceIdentity& seen) {
    const std::string path = found_key_file(line.name);
    LK_ASSIGN(SecretBuffer key,
              read_path(ui, line, path, {.cancelled = &ui.context().cancelled()}, seen));
    if (plain_bytes > 0 && !crypttab::hashes_key_file(line, true) && key.size() != plain_bytes)
        return fail(Errc::InvalidArgument, "key file %s has %zu bytes, the key %u", path.c_str(),
                    key.size(), plain_bytes);
    return key;
}

Result<SecretBuffer> read_line_file(Ui& ui, const crypttab::Volume& line, std::uint32_t plain_bytes,
                                    DeviceIdentity& seen) {
    if (line.key != KeyKind::FileOnDevice)
        return read_file(ui, line, line.key_path, plain_bytes, seen);
    LK_ASSIGN(const MountedDevice mounted, MountedDevice::mount(ui.context(), line.key_device));
    LK_ASSIGN(const std::string path, mounted.path_of(line.key_path));
    return read_file(ui, line, path, plain_bytes, seen);
}

Result<SecretBuffer> run_script(Ui& ui, const crypttab::Volume& line, const ScriptRun& run) {
    const std::string path = crypttab::script_path(line.script);
    // What the script asks on its own comes after what we said.
    std::fflush(stdout);
    return read_program(ui.context(), {.words = {path, line.key_path},
                                       .environment = crypttab::script_environment(
                                           run.text, run.entry, run.device, run.tried)});
}

// As long as the volume's key: what is random has no end.
Result<SecretBuffer> read_random(Ui& ui, const crypttab::Volume& line, std::uint32_t plain_bytes) {
    if (plain_bytes == 0) return fail(Errc::InvalidArgument, "a random key opens no LUKS volume");
    return ui.read_file(line.key_path, {.size = plain_bytes});
}

}  // namespace

std::vector<Way> ways_of(const crypttab::Volume& line) {
    std::vector<Way> ways;
    const bool systemd = line.reader == Readers::Systemd;
    if (systemd && !line.tokens.empty()) ways.push_back(Way::Tokens);
    switch (line.key) {
        case KeyKind::File:
        case KeyKind::FileOnDevice: ways.push_back(Way::File); break;
        case KeyKind::Random: ways.push_back(Way::Random); break;
        case KeyKind::Script: return {Way::Script};
        case KeyKind::StandardInput: return {Way::StandardInput};
        case KeyKind::Ask:
            if (!systemd) return {Way::Person};
            if (!found_key_file(line.name).empty()) ways.push_back(Way::FoundFile);
            if (line.tokens.empty()) ways.push_back(Way::Tokens);
            break;
    }
    if (!systemd) return ways;
    if (line.try_empty_password) ways.push_back(Way::Empty);
    // A random key that does not fit is a mistake of the line's, about which nobody need be asked.
    if (!line.headless && line.key != KeyKind::Random) ways.push_back(Way::Person);
    return ways;
}

Result<SecretBuffer> read_key(Ui& ui, Way way, const crypttab::Volume& line, const ScriptRun& run,
                              std::uint32_t plain_bytes, DeviceIdentity& seen) {
    switch (way) {
        case Way::File: return read_line_file(ui, line, plain_bytes, seen);
        case Way::FoundFile: return read_found_file(ui, line, plain_bytes, seen);
        case Way::Random: return read_random(ui, line, plain_bytes);
        case Way::Script: return run_script(ui, line, run);
        case Way::StandardInput: return read_keyfile(STDIN_FILENO, options_of(ui, line, 0));
        case Way::Empty:
        case Way::Tokens:
        case Way::Person: break;
    }
    return SecretBuffer();
}

void erase_key_file(Ui& ui, const crypttab::Volume& line, const DeviceIdentity& seen) {
    if (!line.keyfile_erase || line.key != KeyKind::File) return;
    const int file = ::open(line.key_path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat about {};
    const bool is_file = file >= 0 && ::fstat(file, &about) == 0 && S_ISREG(about.st_mode);
    // Another one that has its name by now is not erased.
    if (!is_file || (seen.known() && identity_of(about) != seen)) {
        if (file >= 0) ::close(file);
        ui.warn("%s: the key file %s cannot be erased.", line.name.c_str(), line.key_path.c_str());
        return;
    }
    constexpr std::array<char, 4096> kZeros{};
    bool written = true;
    for (off_t at = 0; at < about.st_size && written;) {
        const auto length =
            static_cast<std::size_t>(std::min<off_t>(about.st_size - at, kZeros.size()));
        const ssize_t count = ::pwrite(file, kZeros.data(), length, at);
        written = count > 0;
        at += count;
    }
    written = ::fsync(file) == 0 && written;
    ::close(file);
    if (::unlink(line.key_path.c_str()) != 0 || !written)
        ui.warn("%s: the key file %s cannot be erased.", line.name.c_str(), line.key_path.c_str());
}

Result<SecretBuffer> ask(Ui& ui, const Question& question) {
    std::fflush(stdout);
    if (::isatty(STDIN_FILENO) == 0) return ui.read_file("-", {.stop_at_newline = true});
    const auto seconds =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(question.timeout_seconds, UINT32_MAX));
    const Echo echo = question.echo ? Echo::On : Echo::Off;
    LK_ASSIGN(TypedLine typed, ask_secret(question.prompt, seconds, echo));
    if (typed.too_long)
        ui.warn("The passphrase is longer than %zu bytes; the rest of it is not used.", kMostTyped);
    if (!question.twice) return std::move(typed.bytes);
    LK_ASSIGN(const TypedLine again, ask_secret(text("Verify passphrase: "), seconds, echo));
    if (!equal_in_constant_time(typed.bytes.bytes(), again.bytes.bytes()))
        return fail_saying(Errc::WrongPassphrase, "Passphrases do not match.");
    return std::move(typed.bytes);
}

}  // namespace latchkey::cli
