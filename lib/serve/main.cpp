// SPDX-License-Identifier: LGPL-2.1-or-later
// latchkey-serve NAME: serves one volume.  The library starts it and sends it an order and a key on descriptor 3; it is
// not meant for users.
//
// There are two processes: the server has the key and no rights; the keeper has the rights and never saw the key.  If
// the server ends normally, the keeper cleans up.  If it crashes, everything stays and returns errors until "close".
#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <thread>

#include "activate/userspace/block_node.h"
#include "activate/userspace/packet.h"
#include "activate/userspace/places.h"
#include "activate/userspace/spawn.h"
#include "activate/userspace/traces.h"
#include "serve/confine.h"
#include "serve/control.h"
#include "serve/notify.h"

namespace latchkey::serve {
namespace {

constexpr std::chrono::seconds kPatience{30};  // to wait for the process that started us

sigset_t ending_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    return set;
}

Result<void> serve_order(int orders) {
    LK_ASSIGN(userspace::Received received, userspace::receive_message(orders, kPatience));
    LK_ASSIGN(userspace::Order order, userspace::parse_order(received.message));
    LK_ASSIGN(SecretBuffer keys, userspace::receive_keys(orders));
    const std::string file = order.file;
    const unsigned owner = ::geteuid();
    LK_ASSIGN(auto volume,
              ServedVolume::make(order, std::move(received.descriptor), std::move(keys)));
    LK_ASSIGN(auto fuse, FuseFile::mount(*volume, file));
    LK_ASSIGN(UniqueFd listener, userspace::listen_at(order.control));
    const sigset_t signals = ending_signals();
    UniqueFd signal_fd(::signalfd(-1, &signals, SFD_CLOEXEC));
    notify_ready(order.name, ::getppid());
    LK_TRY(confine());

    std::thread([&] {
        Control(*volume, *fuse, std::move(listener), std::move(signal_fd), owner, owner == 0).run();
    }).detach();
    // A caller that has stopped waiting cleaned up before all of this existed.
    if (!userspace::send_message(orders, userspace::success())) ::_exit(kEnded);
    ::close(orders);
    LK_TRY(fuse->serve());
    // The file is unmounted, so no process can reach it any more.
    const auto flushed = volume->end();
    ::_exit(flushed ? kEnded : kFailed);
}

// The process that has the key.
[[noreturn]] void serve(int orders) {
    keep_secrets();
    const auto served = serve_order(orders);
    if (!served) (void)userspace::send_message(orders, userspace::error_message(served.error()));
    ::_exit(kFailed);
}

// The process that has the rights.  On SIGTERM it first writes what the kernel still caches.
int keep(pid_t server, const userspace::Places& places) {
    const sigset_t signals = [] {
        sigset_t set = ending_signals();
        ::sigaddset(&set, SIGCHLD);
        return set;
    }();
    for (;;) {
        int status = 0;
        const pid_t ended = ::waitpid(server, &status, WNOHANG);
        if (ended == server) {
            if (WIFEXITED(status) && WEXITSTATUS(status) == kEnded)
                userspace::remove_own_traces(places);
            return WIFEXITED(status) ? WEXITSTATUS(status) : kFailed;
        }
        int signal = 0;
        if (::sigwait(&signals, &signal) != 0 || signal == SIGCHLD) continue;
        notify_stopping();
        if (!places.node.empty()) (void)userspace::flush_block_node(places.node);
        ::kill(server, SIGTERM);
    }
}

int run(const char* name) {
    const auto places = userspace::places_for(name);
    if (!places || ::fcntl(userspace::kOrderDescriptor, F_GETFD) < 0) return kFailed;
    // The process that started us waits for this process to end, not for the volume.
    if (const pid_t child = ::fork(); child != 0) return child < 0 ? kFailed : 0;
    ::setsid();
    ::umask(077);
    if (::chdir("/") != 0) return kFailed;
    ::signal(SIGHUP, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
    lift_limits();
    sigset_t blocked = ending_signals();
    ::sigaddset(&blocked, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
    const pid_t server = ::fork();
    if (server == 0) serve(userspace::kOrderDescriptor);
    ::close(userspace::kOrderDescriptor);
    return server < 0 ? kFailed : keep(server, *places);
}

}  // namespace
}  // namespace latchkey::serve

int main(int count, char** words) {
    return count == 2 ? latchkey::serve::run(words[1]) : 1;
}
