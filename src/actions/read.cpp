// SPDX-License-Identifier: GPL-2.0-or-later
// "read": the plaintext to standard output or a new file; nothing is mapped.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "actions/plaintext.h"
#include "cli/action.h"
#include "latchkey/stream.h"

namespace latchkey::cli {
namespace {

// Closes what it opened, and takes away what is not whole.
class Output {
  public:
    static Result<Output> open(const Arguments& args) {
        const auto path = args.operand(1);
        if (!path) return Output(STDOUT_FILENO, {});
        std::string name(*path);
        const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0) return Output(fd, std::move(name));
        return fail(errno == EEXIST ? Errc::Exists : Errc::Io, "cannot create %s: %s", name.c_str(),
                    std::strerror(errno));
    }
    Output(Output&& from) noexcept
        : fd_(std::exchange(from.fd_, -1)), name_(std::exchange(from.name_, {})) {}
    Output& operator=(Output&&) = delete;
    ~Output() {
        if (name_.empty() || fd_ < 0) return;
        ::close(fd_);
        ::unlink(name_.c_str());
    }
    [[nodiscard]] int fd() const { return fd_; }
    Result<void> keep() {
        if (name_.empty()) return {};
        const bool synced = ::fsync(fd_) == 0 || errno == EINVAL;
        if (!synced) return fail(Errc::Io, "cannot write %s: %s", name_.c_str(), std::strerror(errno));
        ::close(std::exchange(fd_, -1));
        return {};
    }

  private:
    Output(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
    int fd_;
    std::string name_;
};

Result<void> run(Ui& ui, const Arguments& args) {
    if (!args.operand(1) && ui.json())
        return fail(Errc::InvalidArgument,
                    "With --json the plaintext needs a file; standard output is for the result.");
    if (!args.operand(1) && ::isatty(STDOUT_FILENO) != 0)
        return fail(Errc::InvalidArgument,
                    "Refusing to write the plaintext to a terminal; name a file or redirect it.");
    LK_ASSIGN(const Plaintext plaintext, open_plaintext(ui, args, std::string(args.operands[0]),
                                                        Access::ReadOnly));
    LK_ASSIGN(Output output, Output::open(args));
    auto streamed = stream::read(ui.context(), plaintext.device, output.fd(),
                                 {.range = wanted_range(args)});
    // The reader may stop when it has enough, and needs no words about it.
    if (!streamed && streamed.error().code == Errc::Interrupted && !ui.context().cancelled())
        return ui.silent(std::move(streamed).error());
    LK_ASSIGN(const std::uint64_t count, std::move(streamed));
    LK_TRY(output.keep());
    ui.result(streamed_fact(std::string(args.operands[0]), plaintext, count));
    return {};
}

constexpr OptionGroup<1> kOwn = {&opt::length};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kPluginOptions, kVolumeKeyOptions,
                               kHeaderlessOptions);

}  // namespace

extern constexpr Action kRead{
    .name = "read",
    .operands = N_("<device> [<new file>]"),
    .summary = N_("write the plaintext of a volume to standard output, without mapping it"),
    .options = kOptions,
    .run = &run,
};

}  // namespace latchkey::cli
