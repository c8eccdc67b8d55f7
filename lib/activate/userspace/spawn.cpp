// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/spawn.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "io/child.h"
#include "io/trusted_path.h"

#ifndef LATCHKEY_LIBEXEC_DIR
#define LATCHKEY_LIBEXEC_DIR "/usr/libexec/latchkey"
#endif

namespace latchkey::userspace {
namespace {

constexpr const char* kName = "latchkey-serve";
constexpr const char* kThisProgram = "/proc/self/exe";

std::string folder_of_this_program() {
    std::array<char, PATH_MAX> path{};
    const ssize_t length = ::readlink(kThisProgram, path.data(), path.size() - 1);
    if (length <= 0) return {};
    const std::string text(path.data(), static_cast<std::size_t>(length));
    return text.substr(0, text.rfind('/'));
}

// Trusts a program if nobody can change it who could not also change this program, which runs already.
bool as_good_as_this_program(const std::string& path) {
    struct stat ours {};
    struct stat its {};
    if (::stat(kThisProgram, &ours) != 0 || ::stat(path.c_str(), &its) != 0) return false;
    const bool modes_as_ours = (its.st_mode & (S_IWGRP | S_IWOTH) & ~ours.st_mode) == 0;
    return io::only_trusted_write(its) || (its.st_uid == ours.st_uid && modes_as_ours);
}

bool systemd_runs() {
    return ::access("/run/systemd/system", F_OK) == 0;
}

// Runs the program, which becomes a daemon at once, so the wait is short.
Result<bool> started_well(const std::string& path, std::vector<std::string> words, int orders) {
    LK_ASSIGN(
        io::Child child,
        io::start(
            {.path = path,
             .words = std::move(words),
             // Needed for the server's folder, for its readiness report, and for systemd-run of an ordinary user.
             .passed = {"XDG_RUNTIME_DIR", "NOTIFY_SOCKET", "DBUS_SESSION_BUS_ADDRESS"},
             .third = orders}));
    // If this process ignores SIGCHLD the status is unknown, and the socket shows whether the server runs.
    const int status = child.wait();
    return status == 0 || status == io::Child::kUnknown;
}

Result<bool> started_in_scope(const std::string& program, const std::string& name, int orders) {
    // A process that is already a service stays one and reports to the manager itself.
    if (!systemd_runs() || std::getenv("NOTIFY_SOCKET") != nullptr) return false;
    const std::string run = io::program_path("systemd-run");
    if (run.empty()) return false;
    std::vector<std::string> words = {"systemd-run", "--scope", "--quiet", "--collect",
                                      "--unit=latchkey-" + name};
    if (::geteuid() != 0) words.emplace_back("--user");
    words.insert(words.end(), {"--", program, name});
    return started_well(run, std::move(words), orders);
}

}  // namespace

void run_quietly(const std::vector<std::string>& words) {
    const std::string path = io::program_path(words.front());
    if (path.empty()) return;
    if (auto child = io::start({.path = path, .words = words})) (void)child->wait();
}

Result<std::string> serve_program() {
    const std::string folder = folder_of_this_program();
    std::string path = folder + "/" + kName;
    if (::access(path.c_str(), X_OK) == 0 && as_good_as_this_program(path)) return path;
    path = io::program_path(kName, LATCHKEY_LIBEXEC_DIR);
    if (!path.empty()) return path;
    if (folder.empty())
        return fail(Errc::NotSupported, "%s cannot be read, so that the program %s is not found",
                    kThisProgram, kName);
    return fail(Errc::NotSupported, "the program %s is not installed", kName);
}

Result<UniqueFd> spawn(const std::string& program, const std::string& name) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(Errc::Io, "socketpair: %s", std::strerror(errno));
    UniqueFd ours(ends[0]);
    const UniqueFd theirs(ends[1]);
    const auto in_scope = started_in_scope(program, name, theirs.get());
    if (in_scope && *in_scope) return ours;
    LK_ASSIGN(const bool started, started_well(program, {program, name}, theirs.get()));
    if (!started) return fail(Errc::Io, "%s did not start", program.c_str());
    return ours;
}

}  // namespace latchkey::userspace
