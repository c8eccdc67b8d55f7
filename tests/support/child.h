// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace latchkey::test {

inline constexpr uid_t kNobody = 65534;

// Runs `body`, which returns an exit status, in a separate process; returns 128 + n if signal n ended it.
template <typename Body>
int in_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// A process that runs `body` beside the test until the test ends it.
class Companion {
  public:
    // `body` gets two descriptors: it writes to the first when it is ready, and reads from the second, which closes
    // when the test wants it to continue.
    template <typename Body>
    explicit Companion(Body body) {
        int ready[2] = {-1, -1};
        int go_on[2] = {-1, -1};
        if (::pipe(ready) != 0 || ::pipe(go_on) != 0) return;
        child_ = ::fork();
        if (child_ == 0) {
            ::close(ready[0]);
            ::close(go_on[1]);
            ::_exit(body(ready[1], go_on[0]));
        }
        ::close(ready[1]);
        ::close(go_on[0]);
        go_on_ = go_on[1];
        char byte = 0;
        ready_ = ::read(ready[0], &byte, 1) == 1;
        ::close(ready[0]);
    }
    Companion(const Companion&) = delete;
    Companion& operator=(const Companion&) = delete;
    ~Companion() { (void)finish(); }

    [[nodiscard]] bool ready() const { return ready_; }
    // Lets the process end; returns its exit status.
    int finish() {
        if (child_ < 0) return status_;
        ::close(go_on_);
        int status = 0;
        while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
        }
        child_ = -1;
        return status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

  private:
    pid_t child_ = -1;
    int go_on_ = -1;
    int status_ = -1;
    bool ready_ = false;
};

}  // namespace latchkey::test
