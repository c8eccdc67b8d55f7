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
#include "latchkey/condition.h"
#include "text/format.h"

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

DeviceIdentity identity_of(const struct stat& about) {
    return {.kind = DeviceIdentity::Kind::File, .device = about.st_dev, .inode = about.st_ino};
}

// One open: what is warned of, read and erased later is the same file.
Result<SecretBuffer> read_file(Ui& ui, const crypttab::Volume& line, const std::string& path,
                               KeyfileOptions options, DeviceIdentity& seen) {
    options.cancelled = &ui.context().cancelled();
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

Result<SecretBuffer> read_line_file(Ui& ui, const crypttab::Volume& line, const keys::File& file,
                                    DeviceIdentity& seen) {
    if (line.key != KeyKind::FileOnDevice)
        return read_file(ui, line, file.path, file.options, seen);
    LK_ASSIGN(const MountedDevice mounted, MountedDevice::mount(ui.context(), line.key_device));
    LK_ASSIGN(const std::string path, mounted.path_of(file.path));
    return read_file(ui, line, path, file.options, seen);
}

KeyIs key_if(bool is_key) {
    return is_key ? KeyIs::VolumeKey : KeyIs::Passphrase;
}

KeyfileOptions options_of(const crypttab::Volume& line) {
    return {.offset = line.keyfile_offset_bytes.value_or(0), .size = line.keyfile_size_bytes};
}

KeyStep file_step(const crypttab::Volume& line, const plain::Params* plain) {
    keys::File file{.path = line.key_path, .options = options_of(line)};
    const bool hashes = crypttab::hashes_key_file(line);
    if (plain != nullptr) {
        file.options.size = plain->key_bytes;
        file.options.may_be_short = hashes;
    }
    // Debian asks nobody for a key file's part.
    const bool goes_on = line.reader == Readers::Systemd;
    return {.source = {.from = std::move(file), .is = key_if(plain != nullptr && !hashes)},
            .when_unread = goes_on ? Then::Next : Then::End,
            .when_wrong = Then::Next};
}

// All of it: systemd's options are about the file that the line names.
KeyStep found_file_step(const crypttab::Volume& line, std::string path,
                        const plain::Params* plain) {
    const bool is_key = plain != nullptr && !crypttab::hashes_key_file(line, true);
    return {.source = {.from = keys::File{.path = std::move(path)}, .is = key_if(is_key)},
            .when_unread = Then::Next,
            .when_wrong = Then::Next};
}

// As long as the volume's key: what is random has no end.
KeyStep random_step(const crypttab::Volume& line, const plain::Params* plain) {
    const std::uint32_t bytes = plain != nullptr ? plain->key_bytes : 0;
    return {.source = {.from = keys::Random{.path = line.key_path, .bytes = bytes},
                       .is = key_if(!crypttab::hashes_key_file(line))},
            .when_wrong = Then::Next};
}

}  // namespace

std::vector<KeyStep> steps_of(const crypttab::Volume& line, const plain::Params* plain) {
    std::vector<KeyStep> steps;
    const auto add = [&](KeyStep step) { steps.push_back(std::move(step)); };
    const auto add_tokens = [&] {
        if (plain == nullptr)
            add({.source = {.from = keys::Token{}}, .when_wrong = Then::Next, .counts = false});
    };
    const auto add_person = [&] {
        add({.source = {.from = keys::Ask{}}, .when_wrong = Then::Again});
    };
    const bool systemd = line.reader == Readers::Systemd;
    // Not hashed, what a program or standard input gives is the key, too.
    const KeyIs of_stream = key_if(plain != nullptr && plain->hash == "plain");
    if (systemd && !line.tokens.empty()) add_tokens();
    switch (line.key) {
        case KeyKind::File:
        case KeyKind::FileOnDevice: add(file_step(line, plain)); break;
        case KeyKind::Random: add(random_step(line, plain)); break;
        case KeyKind::Script:
            steps.clear();
            add({.source = {.from = keys::Script{}, .is = of_stream}, .when_wrong = Then::Again});
            return steps;
        case KeyKind::StandardInput:
            steps.clear();
            add({.source = {.from = keys::Descriptor{.descriptor = STDIN_FILENO,
                                                     .options = options_of(line)},
                            .is = of_stream},
                 .when_wrong = Then::Next});
            return steps;
        case KeyKind::Ask:
            if (!systemd) {
                add_person();
                return steps;
            }
            if (std::string path = found_key_file(line.name); !path.empty())
                add(found_file_step(line, std::move(path), plain));
            if (line.tokens.empty()) add_tokens();
            break;
    }
    if (!systemd) return steps;
    if (line.try_empty_password)
        add({.source = {.from = keys::Given{}}, .when_wrong = Then::Next, .counts = false});
    // A random key that does not fit is a mistake of the line's, about which nobody need be asked.
    if (!line.headless && line.key != KeyKind::Random) add_person();
    return steps;
}

Result<SecretBuffer> read_key(Ui& ui, const KeySource& source, const crypttab::Volume& line,
                              const ScriptRun& run, std::uint32_t plain_bytes,
                              DeviceIdentity& seen) {
    if (const auto* file = std::get_if<keys::File>(&source.from)) {
        auto key = read_line_file(ui, line, *file, seen);
        const bool is_found = line.key == KeyKind::Ask;
        if (key && is_found && source.is == KeyIs::VolumeKey && key->size() != plain_bytes)
            return fail(Errc::InvalidArgument, "key file %s has %zu bytes, the key %u",
                        file->path.c_str(), key->size(), plain_bytes);
        return key;
    }
    if (source.is_a<keys::Script>())
        return ui.read_secret(
            {.from = keys::Script{{.words = {crypttab::script_path(line.script), line.key_path},
                                   .environment = crypttab::script_environment(
                                       run.text, run.entry, run.device, run.tried)}}});
    const auto* random = std::get_if<keys::Random>(&source.from);
    if (random != nullptr && random->bytes == 0)
        return fail(Errc::InvalidArgument, "a random key opens no LUKS volume");
    return ui.read_secret(source);
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

Result<SecretBuffer> ask(Ui& ui, const keys::Ask& question) {
    std::fflush(stdout);
    if (!person_is_there()) return ui.read_file("-", {.stop_at_newline = true});
    auto answer = ui.ask(question);
    if (!answer && answer.error().condition == Condition::AnswersDiffer)
        answer.error().code = Errc::WrongPassphrase;
    return answer;
}

}  // namespace latchkey::cli
