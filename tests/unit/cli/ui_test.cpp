// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/ui.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace latchkey::cli {
namespace {

// Makes every write to standard output fail while it lives.
class FullStdout {
  public:
    FullStdout() : saved_(::dup(STDOUT_FILENO)) {
        std::fflush(stdout);
        const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
        ::dup2(full, STDOUT_FILENO);
        ::close(full);
    }
    ~FullStdout() {
        ::dup2(saved_, STDOUT_FILENO);
        ::close(saved_);
    }
    FullStdout(const FullStdout&) = delete;
    FullStdout& operator=(const FullStdout&) = delete;

  private:
    int saved_;
};

TEST(CliUi, ASecretThatCouldNotBeWrittenFailsTheAction) {
    Context context;
    Ui ui(context, {});
    int status = 0;
    {
        const FullStdout full;
        constexpr std::array kKey = {std::byte('k')};
        ui.print_secret(kKey);
        status = ui.finish(Arguments(), {});
    }
    EXPECT_EQ(status, 1);
}

TEST(CliUi, TheContextForgetsAUiThatIsGone) {
    Context context;
    {
        const Ui ui(context, {});
        EXPECT_TRUE(context.log_sink);
        EXPECT_TRUE(context.progress);
    }
    EXPECT_FALSE(context.log_sink);
    EXPECT_FALSE(context.progress);
}

}  // namespace
}  // namespace latchkey::cli
