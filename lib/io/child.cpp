// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/unique_fd.h"
#include "io/kernel_text.h"
#include "io/trusted_path.h"

extern char** environ;

namespace latchkey::io {
namespace {

constexpr int kHeedsMs = 40;    // time that a program gets to end after SIGTERM
constexpr int kFirstAbove = 4;  // descriptors 0 to 3 are replaced in the child

bool always_passed(std::string_view name) {
    constexpr std::array<std::string_view, 7> kNames = {"HOME", "LANG", "LANGUAGE", "LOGNAME",
                                                        "TERM", "TZ",   "USER"};
    return name.starts_with("LC_") || std::ranges::find(kNames, name) != kNames.end();
}

std::string_view name_of(std::string_view word) {
    return word.substr(0, word.find('='));
}

// Builds the environment.  A later variable replaces an earlier one of the same name.
std::vector<std::string> environment_of(const Start& what) {
    std::vector<std::string> all = {"PATH=" + std::string(kProgramPath)};
    const auto add = [&all](std::string_view word) {
        std::erase_if(all, [&](const std::string& one) { return name_of(one) == name_of(word); });
        all.emplace_back(word);
    };
    for (char** word = environ; word != nullptr && *word != nullptr; ++word)
        if (always_passed(name_of(*word)) ||
            std::ranges::find(what.passed, name_of(*word)) != what.passed.end())
            add(*word);
    for (const std::string& word : what.environment) add(word);
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

// Copies the descriptors to numbers above those that are replaced, so that no replacement overwrites a source.
class Descriptors {
  public:
    explicit Descriptors(const Start& what) {
        ::posix_spawn_file_actions_init(&actions_);
        const std::array<int, kFirstAbove> wanted = {what.input, what.output, what.errors,
                                                     what.third};
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const int becomes = static_cast<int>(i);
            copies_[i] =
                UniqueFd(wanted[i] < 0 ? -1 : ::fcntl(wanted[i], F_DUPFD_CLOEXEC, kFirstAbove));
            if (copies_[i].valid())
                ::posix_spawn_file_actions_adddup2(&actions_, copies_[i].get(), becomes);
            else if (becomes <= STDERR_FILENO)
                ::posix_spawn_file_actions_addopen(&actions_, becomes, "/dev/null", O_RDWR, 0);
        }
        missing_ = what.third >= 0 && !copies_.back().valid();
        // The child inherits no other device, terminal, lock or socket that this process has open.
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, copies_.back().valid() ? 4 : 3);
    }
    Descriptors(const Descriptors&) = delete;
    Descriptors& operator=(const Descriptors&) = delete;
    ~Descriptors() { ::posix_spawn_file_actions_destroy(&actions_); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }
    // Returns whether copying `third`, the descriptor that the program is started for, failed.
    [[nodiscard]] bool missing() const { return missing_; }

  private:
    posix_spawn_file_actions_t actions_{};
    std::array<UniqueFd, kFirstAbove> copies_;
    bool missing_ = false;
};

// Unblocks all signals and resets ignored ones, except those that a user has ignored on purpose (nohup, background
// jobs).
class Attributes {
  public:
    Attributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t signals;
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        ::sigfillset(&signals);
        for (const int kept : {SIGHUP, SIGINT, SIGQUIT}) ::sigdelset(&signals, kept);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

// glibc 2.36 declares these two for C only.
UniqueFd open_process(pid_t pid) {
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
}
void send_signal(const UniqueFd& process, int signal) {
    ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0U);
}

// Collects a process and its descendants as pidfds, which never refer to a later process with the same number.
void add_tree(pid_t pid, std::vector<UniqueFd>& tree) {
    UniqueFd process = open_process(pid);
    if (!process.valid()) return;
    tree.push_back(std::move(process));
    const std::string number = std::to_string(pid);
    const std::string children =
        kernel_text("/proc/" + number + "/task/" + number + "/children").value_or("");
    const char* const end = children.data() + children.size();
    for (const char* at = children.data(); at != end;) {  // numbers, each followed by a blank
        pid_t child = 0;
        const auto [stop, error] = std::from_chars(at, end, child);
        if (error != std::errc()) break;
        add_tree(child, tree);
        at = std::find_if(stop, end, [](char c) { return c != ' '; });
    }
}

bool trusted(const std::string& folder, const std::string& path) {
    if (::geteuid() != 0) return true;
    struct stat about_folder {};
    struct stat about {};
    return ::stat(folder.c_str(), &about_folder) == 0 && ::stat(path.c_str(), &about) == 0 &&
           only_trusted_write(about_folder) && only_trusted_write(about);
}

bool is_program(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string program_path(const std::string& name, std::string_view folders) {
    if (name.starts_with('/')) return is_program(name) ? name : std::string();
    if (name.empty() || name.find('/') != std::string::npos) return {};
    while (!folders.empty()) {
        const std::string folder(folders.substr(0, folders.find(':')));
        folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
        std::string path = folder + "/" + name;
        if (is_program(path) && trusted(folder, path)) return path;
    }
    return {};
}

Child::Child(Child&& from) noexcept : pid_(std::exchange(from.pid_, -1)) {}

Child::~Child() {
    end();
}

int Child::look() {
    int status = 0;
    const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return kRuns;
    pid_ = -1;
    if (ended < 0) return kUnknown;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int Child::wait() {
    // Starts with short pauses: most programs end soon.
    for (int pause_ms = 1;; pause_ms = std::min(pause_ms * 2, kHeedsMs)) {
        const int status = look();
        if (status != kRuns) return status;
        ::poll(nullptr, 0, pause_ms);
    }
}

void Child::end() {
    if (pid_ <= 0) return;
    std::vector<UniqueFd> tree;
    add_tree(pid_, tree);
    for (const UniqueFd& process : tree) send_signal(process, SIGTERM);
    if (tree.empty())
        ::kill(
            pid_,
            SIGKILL);  // without pidfds only the number names it; it is still our child, so the number is not reused
    for (int waited = 0; waited < kHeedsMs && look() == kRuns; waited += 2) ::poll(nullptr, 0, 2);
    for (const UniqueFd& process : tree) send_signal(process, SIGKILL);
    if (pid_ > 0) (void)wait();
}

Result<Child> start(const Start& what) {
    std::vector<std::string> words = what.words;
    std::vector<std::string> environment = environment_of(what);
    const std::vector<char*> word_pointers = pointers_to(words);
    const std::vector<char*> environment_pointers = pointers_to(environment);
    const Descriptors descriptors(what);
    const Attributes attributes;
    pid_t pid = -1;
    const int error =
        descriptors.missing()
            ? EMFILE
            : ::posix_spawn(&pid, what.path.c_str(), descriptors.get(), attributes.get(),
                            word_pointers.data(), environment_pointers.data());
    if (error == 0) return Child(pid);
    const Errc code = error == ENOMEM || error == EAGAIN ? Errc::OutOfMemory : Errc::Io;
    return fail(code, "cannot start %s: %s", what.path.c_str(), std::strerror(error));
}

}  // namespace latchkey::io
