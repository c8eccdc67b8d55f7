// SPDX-License-Identifier: LGPL-2.1-or-later
#include "serve/notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/unique_fd.h"

namespace latchkey::serve {
namespace {

// Best effort: a listener is optional.
void send_to_manager(const std::string& text) {
    const char* path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr || (path[0] != '/' && path[0] != '@')) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = '\0';  // an abstract address, without a file
    const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd.valid()) return;
    (void)::sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                   reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length));
}

}  // namespace

void notify_ready(const std::string& name, pid_t main_process) {
    send_to_manager("READY=1\nMAINPID=" + std::to_string(main_process) + "\nSTATUS=serving " +
                    name);
}

void notify_stopping() {
    send_to_manager("STOPPING=1");
}

}  // namespace latchkey::serve
