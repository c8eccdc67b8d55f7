// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <vector>

#ifndef LATCHKEY_LIBEXEC_DIR
#define LATCHKEY_LIBEXEC_DIR "/usr/libexec/latchkey"
#endif

extern char** environ;

namespace latchkey::userspace {
namespace {

constexpr const char* kName = "latchkey-serve";

std::string folder_of_this_program() {
    std::array<char, PATH_MAX> path{};
    const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
    if (length <= 0) return {};
    const std::string text(path.data(), static_cast<std::size_t>(length));
    return text.substr(0, text.rfind('/'));
}

// Descriptors 0 to 2 are nothing, 3 is the socket, the rest is closed on exec.
class Descriptors {
  public:
    explicit Descriptors(int orders) {
        ::posix_spawn_file_actions_init(&actions_);
        for (int fd = 0; fd < 3; ++fd)
            ::posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", O_RDWR, 0);
        if (orders >= 0) ::posix_spawn_file_actions_adddup2(&actions_, orders, kOrderDescriptor);
    }
    Descriptors(const Descriptors&) = delete;
    Descriptors& operator=(const Descriptors&) = delete;
    ~Descriptors() { ::posix_spawn_file_actions_destroy(&actions_); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

int start(const char* const* arguments, int orders, pid_t& child) {
    const Descriptors descriptors(orders);
    return ::posix_spawnp(&child, arguments[0], descriptors.get(), nullptr,
                          const_cast<char* const*>(arguments), environ);
}

bool ended_well(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool systemd_runs() { return ::access("/run/systemd/system", F_OK) == 0; }

}  // namespace

bool run_quietly(const char* const* arguments) {
    pid_t child = -1;
    return start(arguments, -1, child) == 0 && ended_well(child);
}

Result<std::string> serve_program() {
    for (const std::string& folder : {folder_of_this_program(), std::string(LATCHKEY_LIBEXEC_DIR)}) {
        std::string path = folder + "/" + kName;
        if (::access(path.c_str(), X_OK) == 0) return path;
    }
    return fail(Errc::NotSupported, "the program %s is not installed", kName);
}

Result<UniqueFd> spawn(const std::string& program, const std::string& name) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(Errc::Io, "socketpair: %s", std::strerror(errno));
    UniqueFd ours(ends[0]);
    // Above the descriptors that the child gives new meanings.
    const UniqueFd theirs(::fcntl(ends[1], F_DUPFD_CLOEXEC, kOrderDescriptor + 1));
    ::close(ends[1]);

    std::vector<const char*> words;
    const std::string unit = "--unit=latchkey-" + name;
    // What is a service already stays one: it tells the manager itself.
    if (systemd_runs() && std::getenv("NOTIFY_SOCKET") == nullptr) {
        words = {"systemd-run", "--scope", "--quiet", "--collect", unit.c_str()};
        if (::geteuid() != 0) words.push_back("--user");
        words.push_back("--");
    }
    words.push_back(program.c_str());
    words.push_back(name.c_str());  // for people who look at the list of processes
    words.push_back(nullptr);
    pid_t child = -1;
    // It becomes a daemon at once, so that what is waited for is short.
    if (words.size() > 3 && start(words.data(), theirs.get(), child) == 0 && ended_well(child))
        return ours;
    const std::array<const char*, 3> direct = {program.c_str(), name.c_str(), nullptr};
    if (const int error = start(direct.data(), theirs.get(), child); error != 0)
        return fail(Errc::Io, "cannot start %s: %s", program.c_str(), std::strerror(error));
    if (!ended_well(child)) return fail(Errc::Io, "%s did not start", program.c_str());
    return ours;
}

}  // namespace latchkey::userspace
