// SPDX-License-Identifier: GPL-2.0-or-later
// A child gets the listed resources, and nothing else.
#include "io/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/unique_fd.h"
#include "latchkey/program.h"
#include "support/temp_dir.h"

namespace latchkey::io {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::string printed(const std::string& script, std::vector<std::string> environment = {}) {
    const Context context;
    const auto output = read_program(
        context, {.words = {"sh", "-c", script}, .environment = std::move(environment)});
    if (!output) return "error: " + output.error().message;
    return {reinterpret_cast<const char*>(output->bytes().data()), output->size()};
}

TEST(Child, HasNoDescriptorThatWasNotNamed) {
    const UniqueFd file(
        ::open("/dev/zero", O_RDONLY));  // no O_CLOEXEC: our parent may leave such descriptors
    const UniqueFd high(::fcntl(file.get(), F_DUPFD, 200));
    EXPECT_EQ(printed("exec 9>/dev/null; ls /proc/$$/fd"), "0\n1\n2\n9\n");
}

TEST(Child, HasAFixedPathAndAFewVariables) {
    ::setenv("LATCHKEY_TEST_SECRET", "x", 1);
    ::setenv("LD_BIND_NOW", "1", 1);
    ::setenv("LC_LATCHKEY", "C", 1);
    const std::string all = printed("env", {"ADDED=one", "ADDED=two", "TERM=ours"});
    ::unsetenv("LATCHKEY_TEST_SECRET");
    ::unsetenv("LD_BIND_NOW");
    ::unsetenv("LC_LATCHKEY");
    const auto has = [&all](const std::string& line) {
        return ("\n" + all).find("\n" + line) != std::string::npos;
    };
    EXPECT_TRUE(has("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n")) << all;
    EXPECT_TRUE(has("ADDED=two\n")) << all;
    EXPECT_TRUE(has("TERM=ours\n")) << all;
    EXPECT_TRUE(has("LC_LATCHKEY=C\n")) << all;
    EXPECT_FALSE(has("ADDED=one")) << all;
    EXPECT_FALSE(has("LATCHKEY_TEST_SECRET")) << all;
    EXPECT_FALSE(has("LD_BIND_NOW")) << all;
}

TEST(Child, HasNoSignalBlockedOrIgnored) {
    sigset_t set;
    sigset_t before;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGALRM);
    ::pthread_sigmask(SIG_BLOCK, &set, &before);
    const auto pipe = ::signal(SIGPIPE, SIG_IGN);
    const auto user = ::signal(SIGUSR1, SIG_IGN);
    const std::string facts = printed("exec grep -E 'Sig(Blk|Ign)' /proc/self/status");
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::signal(SIGPIPE, pipe);
    ::signal(SIGUSR1, user);
    // glibc keeps 32 and 33 for itself.
    EXPECT_EQ(facts.substr(0, facts.find("SigIgn")), "SigBlk:\t0000000000000000\n");
    const auto ignored = facts.find("SigIgn:\t") + 8;
    EXPECT_EQ(std::stoull(facts.substr(ignored), nullptr, 16) & ~0x180000000ULL, 0U) << facts;
}

TEST(Child, IsStartedThoughNobodyMayHearOfChildren) {
    const auto before = ::signal(SIGCHLD, SIG_IGN);
    auto child = start({.path = "/bin/true", .words = {"true"}});
    const int status = child ? child->wait() : 0;
    ::signal(SIGCHLD, before);
    EXPECT_EQ(status, Child::kUnknown);
}

TEST(Child, StandardDescriptorsAreThereThoughOursAreNot) {
    auto child =
        start({.path = "/bin/sh",
               .words = {"sh", "-c", "[ -c /dev/fd/0 ] && [ -c /dev/fd/1 ] && [ -c /dev/fd/2 ]"}});
    ASSERT_TRUE(child);
    EXPECT_EQ(child->wait(), 0);
}

// A script that does not end is killed with all its children, within a time that a user accepts.
TEST(Child, IsEndedWithWhatItStarted) {
    const test::TempDir directory;
    const std::string pids = directory / "pids";
    Context context;
    std::thread impatient([&context, &pids] {
        for (int i = 0; i < 500; ++i) {
            std::ifstream file(pids);
            std::string last;
            for (std::string word; file >> word;) last = word;
            if (last == "ready") break;
            std::this_thread::sleep_for(10ms);
        }
        context.cancel();
    });
    const std::string script = "trap '' TERM; (trap '' TERM; exec sleep 60) & echo $$ $! ready >" +
                               pids + "; wait; sleep 60";
    Clock::time_point begin;
    std::thread clock([&] {
        while (!context.cancelled()) std::this_thread::sleep_for(1ms);
        begin = Clock::now();
    });
    const auto outcome = run_program(context, {.words = {"sh", "-c", script}});
    const auto end = Clock::now();
    impatient.join();
    clock.join();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::Interrupted);
    EXPECT_LT(end - begin, 500ms) << "100 on a machine that has nothing else to do";
    std::ifstream file(pids);
    for (int i = 0; i < 2; ++i) {
        pid_t pid = 0;
        file >> pid;
        ASSERT_GT(pid, 0);
        // Waits a moment for the process that is not our child.
        for (int tries = 0; tries < 100 && ::kill(pid, 0) == 0; ++tries) {
            std::ifstream state("/proc/" + std::to_string(pid) + "/stat");
            std::string word;
            for (int field = 0; field < 3; ++field) state >> word;
            if (word == "Z") break;
            std::this_thread::sleep_for(10ms);
        }
        std::ifstream state("/proc/" + std::to_string(pid) + "/stat");
        std::string word;
        for (int field = 0; field < 3; ++field) state >> word;
        EXPECT_TRUE(word.empty() || word == "Z") << pid << " is " << word;
    }
}

TEST(Program, OfRootIsWhatNobodyElseCanChange) {
    const test::TempDir directory;
    const std::string tool = directory / "tool";
    std::ofstream(tool) << "#!/bin/sh\n";
    EXPECT_EQ(program_path("tool", directory.path().string()), "") << "not to be run";
    ASSERT_EQ(::chmod(tool.c_str(), 0755), 0);
    ASSERT_EQ(::chmod(directory.path().c_str(), 0755), 0);
    EXPECT_EQ(program_path("tool", directory.path().string()), tool);
    EXPECT_EQ(program_path("tool", "/no/such:" + directory.path().string() + ":/bin"), tool);
    EXPECT_EQ(program_path("./tool", directory.path().string()), "");
    EXPECT_EQ(program_path("", directory.path().string()), "");
    EXPECT_EQ(program_path(".", directory.path().string()), "");
    if (::geteuid() != 0) GTEST_SKIP() << "the rest is root's";
    ASSERT_EQ(::chmod(tool.c_str(), 0775), 0);
    EXPECT_EQ(program_path("tool", directory.path().string()), "") << "the group may change it";
    ASSERT_EQ(::chmod(tool.c_str(), 0755), 0);
    ASSERT_EQ(::chown(tool.c_str(), 2001, 0), 0);
    EXPECT_EQ(program_path("tool", directory.path().string()), "") << "its owner may change it";
    ASSERT_EQ(::chown(tool.c_str(), 0, 0), 0);
    ASSERT_EQ(::chmod(directory.path().c_str(), 0777), 0);
    EXPECT_EQ(program_path("tool", directory.path().string()), "") << "everybody may replace it";
}

TEST(Program, IsNotTakenFromThePath) {
    const test::TempDir directory;
    const std::string tool = directory / "latchkey-no-such-tool";
    std::ofstream(tool) << "#!/bin/sh\n";
    ASSERT_EQ(::chmod(tool.c_str(), 0755), 0);
    const std::string before = std::getenv("PATH");
    ::setenv("PATH", directory.path().c_str(), 1);
    EXPECT_EQ(find_program("latchkey-no-such-tool"), "");
    EXPECT_NE(find_program("sh"), "");
    ::setenv("PATH", before.c_str(), 1);
}

}  // namespace
}  // namespace latchkey::io
