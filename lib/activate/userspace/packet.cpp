// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/packet.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "io/trusted_path.h"

namespace latchkey::userspace {
namespace {

constexpr unsigned kUnknownUser = ~0U;
constexpr std::chrono::milliseconds kLook{40};  // between checks for a cancellation
constexpr std::chrono::seconds kConnectLimit{5};
constexpr std::chrono::seconds kKeyLimit{30};  // the key is sent directly after its message

Error failed(const char* what) {
    return fail(Errc::Io, "serving process: %s: %s", what, std::strerror(errno));
}
Error ended() {
    return fail(Errc::Io, "the serving process has ended");
}
Error stopped() {
    return fail(Errc::Interrupted, "stopped while waiting for the process that serves the volume");
}
Error no_answer() {
    return fail(Errc::Busy, "the serving process does not answer");
}

bool make_address(const std::string& path, sockaddr_un& address) {
    address = {};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return true;
}

// Waits until there is something to read or the connection has ended.
Result<void> wait_for(int socket, std::chrono::milliseconds limit,
                      const std::atomic<bool>* cancelled = nullptr) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + limit;
    for (;;) {
        auto pause = kLook;
        if (limit.count() != 0)
            pause =
                std::min(pause, std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()));
        pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1,
                   static_cast<int>(std::max(pause, std::chrono::milliseconds(0)).count())) > 0)
            return {};
        if (cancelled != nullptr && cancelled->load(std::memory_order_relaxed)) return stopped();
        if (limit.count() != 0 && Clock::now() >= end) return no_answer();
    }
}

Result<UniqueFd> new_socket() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!fd.valid()) return failed("socket");
    return fd;
}

}  // namespace

Result<void> send_message(int socket, const Message& message, int descriptor) {
    std::string text = message.encode();
    if (text.size() > kLongestMessage)
        return fail(Errc::InvalidArgument, "message of %zu bytes > %zu", text.size(),
                    kLongestMessage);
    iovec part{text.data(), text.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    if (descriptor >= 0) {
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        cmsghdr* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
    }
    if (::sendmsg(socket, &header, MSG_NOSIGNAL) < 0)
        return errno == EPIPE || errno == ECONNRESET ? ended() : failed("sendmsg");
    return {};
}

Result<Received> receive_message(int socket, std::chrono::milliseconds limit,
                                 const std::atomic<bool>* cancelled) {
    LK_TRY(wait_for(socket, limit, cancelled));
    std::vector<char> text(kLongestMessage + 1);
    iovec part{text.data(), text.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t length = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    if (length < 0) return errno == ECONNRESET ? ended() : failed("recvmsg");
    Received received;
    const cmsghdr* rights = CMSG_FIRSTHDR(&header);
    if (rights != nullptr && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
        rights->cmsg_len == CMSG_LEN(sizeof(int))) {
        int descriptor = -1;
        std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
        received.descriptor = UniqueFd(descriptor);
    }
    if (length == 0) return ended();
    LK_ASSIGN(received.message, Message::parse({text.data(), static_cast<std::size_t>(length)}));
    return received;
}

Result<void> send_keys(int socket, const KeyRing& keys) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) length += keys[i].size();
    if (length > kLongestKey)
        return fail(Errc::InvalidArgument, "key of %zu bytes > %zu", length, kLongestKey);
    // A byte precedes the keys, because an empty packet looks like the end of the connection.
    SecretBuffer packet(length + 1);
    auto at = packet.bytes().begin() + 1;
    for (std::size_t i = 0; i < keys.size(); ++i)
        at = std::copy(keys[i].bytes().begin(), keys[i].bytes().end(), at);
    if (::send(socket, packet.bytes().data(), packet.size(), MSG_NOSIGNAL) < 0)
        return errno == EPIPE || errno == ECONNRESET ? ended() : failed("send");
    return {};
}

Result<SecretBuffer> receive_keys(int socket) {
    LK_TRY(wait_for(socket, kKeyLimit));
    SecretBuffer packet(kLongestKey + 1);
    const ssize_t length = ::recv(socket, packet.bytes().data(), packet.size(), MSG_TRUNC);
    if (length < 0) return errno == ECONNRESET ? ended() : failed("recv");
    if (length == 0) return ended();
    if (static_cast<std::size_t>(length) > packet.size())
        return fail(Errc::InvalidArgument, "the key is longer than %zu bytes", kLongestKey);
    return SecretBuffer::copy_of(packet.bytes().subspan(1, static_cast<std::size_t>(length) - 1));
}

std::optional<unsigned> user_of(int socket) {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
        return std::nullopt;
    return credentials.uid;
}

namespace {

// A process that stands still takes no callers; when a few wait, connecting would wait, too, for ever.
Result<void> connect_soon(int socket, const sockaddr_un& address, const std::string& path,
                          const std::atomic<bool>* cancelled) {
    const auto end = std::chrono::steady_clock::now() + kConnectLimit;
    ::fcntl(socket, F_SETFL, O_NONBLOCK);
    while (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (errno != EAGAIN && errno != EINTR)
            return fail(errno == ENOENT ? Errc::NotFound : Errc::Io, "%s: %s", path.c_str(),
                        std::strerror(errno));
        if (cancelled != nullptr && cancelled->load(std::memory_order_relaxed)) return stopped();
        if (std::chrono::steady_clock::now() >= end) return no_answer();
        std::this_thread::sleep_for(kLook);
    }
    ::fcntl(socket, F_SETFL, 0);
    return {};
}

}  // namespace

Result<UniqueFd> connect_to(const std::string& path, const std::atomic<bool>* cancelled) {
    LK_TRY(io::open_private_folder(path.substr(0, path.rfind('/'))));
    sockaddr_un address{};
    if (!make_address(path, address))
        return fail(Errc::InvalidArgument, "%s is too long for a socket", path.c_str());
    LK_ASSIGN(UniqueFd fd, new_socket());
    LK_TRY(connect_soon(fd.get(), address, path, cancelled));
    // Gets the user of the listening process, as of its call to listen().
    const auto owner = user_of(fd.get());
    if (!owner || (*owner != ::geteuid() && *owner != 0))
        return fail(Errc::Refused, "%s is served by user %u, neither by user %u nor by root",
                    path.c_str(), owner.value_or(kUnknownUser), ::geteuid());
    return fd;
}

Result<UniqueFd> listen_at(const std::string& path) {
    sockaddr_un address{};
    if (!make_address(path, address))
        return fail(Errc::InvalidArgument, "%s is too long for a socket", path.c_str());
    LK_ASSIGN(UniqueFd fd, new_socket());
    ::unlink(path.c_str());  // of a process that ended; the caller made sure that none serves
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd.get(), 4) != 0)
        return fail(Errc::Io, "%s: %s", path.c_str(), std::strerror(errno));
    return fd;
}

}  // namespace latchkey::userspace
