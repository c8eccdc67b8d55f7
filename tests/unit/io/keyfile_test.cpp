// SPDX-License-Identifier: GPL-2.0-or-later
// Rules for key files, each as in the peer (docs/cli-abi.md, "Passphrases").
#include "latchkey/keyfile.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <csignal>
#include <thread>

#include "base/bytes.h"
#include "base/unique_fd.h"
#include "support/loop_device.h"
#include "support/temp_dir.h"

namespace latchkey {
namespace {

using test::TempDir;

std::string text(const Result<SecretBuffer>& secret) {
    if (!secret) return "error: " + secret.error().message;
    return {reinterpret_cast<const char*>(secret->bytes().data()), secret->size()};
}

// A pipe that contains `content` and whose writer is closed.
class Pipe {
  public:
    explicit Pipe(const std::string& content) {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        reader_ = UniqueFd(ends[0]);
        writer_ = std::thread([content, fd = ends[1]] {
            // If the content is larger than a pipe, it is written while the pipe is read.
            std::size_t done = 0;
            while (done < content.size()) {
                const ssize_t count = ::write(fd, content.data() + done, content.size() - done);
                if (count < 0) break;
                done += static_cast<std::size_t>(count);
            }
            ::close(fd);
        });
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        reader_ = UniqueFd();
        writer_.join();
    }
    [[nodiscard]] int fd() const { return reader_.get(); }

  private:
    UniqueFd reader_;
    std::thread writer_;
};

class Keyfile : public testing::Test {
  protected:
    // A reader that closes early must not kill the writer.
    Keyfile() { std::signal(SIGPIPE, SIG_IGN); }
    ~Keyfile() override { std::signal(SIGPIPE, SIG_DFL); }
    TempDir dir_;
};

TEST_F(Keyfile, IsReadWholeWithItsNewlinesAndNuls) {
    const std::string content("one\ntwo\0three\n", 14);
    EXPECT_EQ(text(read_keyfile(dir_.file("key", content))), content);
    EXPECT_EQ(text(read_keyfile(dir_.file("key", content), {.size = 0})), content);
    const Pipe pipe(content);
    EXPECT_EQ(text(read_keyfile(pipe.fd())), content);
}

TEST_F(Keyfile, OffsetAndSizeChooseAPart) {
    const std::string path = dir_.file("key", "0123456789");
    EXPECT_EQ(text(read_keyfile(path, {.offset = 3})), "3456789");
    EXPECT_EQ(text(read_keyfile(path, {.offset = 3, .size = 4})), "3456");
    EXPECT_EQ(text(read_keyfile(path, {.offset = 10})), "");
    EXPECT_EQ(text(read_keyfile(path, {.size = 10})), "0123456789");
    EXPECT_EQ(text(read_keyfile(path, {.offset = 11})),
              "error: cannot seek to requested keyfile offset");
    EXPECT_EQ(text(read_keyfile(path, {.offset = ~std::uint64_t{0}})),
              "error: cannot seek to requested keyfile offset");
    EXPECT_EQ(text(read_keyfile(path, {.size = 11})),
              "error: cannot read requested amount of data");
    EXPECT_EQ(text(read_keyfile(path, {.size = ~std::uint64_t{0}})),
              "error: cannot read requested amount of data");
}

TEST_F(Keyfile, OffsetOfAPipeIsReadAway) {
    {
        std::string content(200'000, 'x');
        content += "key";
        const Pipe pipe(content);
        EXPECT_EQ(text(read_keyfile(pipe.fd(), {.offset = 200'000})), "key");
    }
    {
        const Pipe pipe("abc");
        EXPECT_EQ(text(read_keyfile(pipe.fd(), {.offset = 5})),
                  "error: cannot seek to requested keyfile offset");
    }
    const Pipe pipe("abc");
    EXPECT_EQ(text(read_keyfile(pipe.fd(), {.offset = 3})), "error: nothing to read on input");
}

TEST_F(Keyfile, OnlyARegularFileMayBeEmpty) {
    EXPECT_EQ(text(read_keyfile(dir_.file("empty", ""))), "");
    EXPECT_EQ(text(read_keyfile("/dev/null")), "error: nothing to read on input");
    const UniqueFd standard_input(::open((dir_ / "empty").c_str(), O_RDONLY));
    EXPECT_EQ(text(read_keyfile(standard_input.get())), "error: nothing to read on input");
    const Pipe pipe("");
    EXPECT_EQ(text(read_keyfile(pipe.fd(), {.stop_at_newline = true})),
              "error: nothing to read on input");
    EXPECT_EQ(text(read_keyfile(dir_ / "empty", {.size = 1})),
              "error: cannot read requested amount of data");
}

TEST_F(Keyfile, AnEmptyLineIsAnEmptySecret) {
    const Pipe pipe("\nsecond\n");
    EXPECT_EQ(text(read_keyfile(pipe.fd(), {.stop_at_newline = true})), "");
    EXPECT_EQ(text(read_keyfile(pipe.fd(), {.stop_at_newline = true})), "second");
}

TEST_F(Keyfile, TheNextSecretOnTheSamePipeIsNotLost) {
    const Pipe pipe("old\nnew\nrest");
    EXPECT_EQ(text(read_keyfile(pipe.fd(), {.stop_at_newline = true})), "old");
    EXPECT_EQ(text(read_keyfile(pipe.fd(), {.stop_at_newline = true})), "new");
    EXPECT_EQ(text(read_keyfile(pipe.fd(), {.stop_at_newline = true})), "rest");
    EXPECT_EQ(text(read_keyfile(pipe.fd(), {.stop_at_newline = true})),
              "error: nothing to read on input");
    const Pipe sized("oldnewrest");
    EXPECT_EQ(text(read_keyfile(sized.fd(), {.size = 3})), "old");
    EXPECT_EQ(text(read_keyfile(sized.fd(), {.size = 3})), "new");
    EXPECT_EQ(text(read_keyfile(sized.fd())), "rest");
    const UniqueFd file(::open(dir_.file("lines", "old\nnew\n").c_str(), O_RDONLY));
    EXPECT_EQ(text(read_keyfile(file.get(), {.stop_at_newline = true})), "old");
    EXPECT_EQ(text(read_keyfile(file.get(), {.stop_at_newline = true})), "new");
}

TEST_F(Keyfile, SizeAndNewlineTogether) {
    const Pipe enough("pw\nabcd");
    EXPECT_EQ(text(read_keyfile(enough.fd(), {.size = 1, .stop_at_newline = true})), "p");
    const Pipe short_line("pw\nabcd");
    EXPECT_EQ(text(read_keyfile(short_line.fd(), {.size = 5, .stop_at_newline = true})),
              "error: cannot read requested amount of data");
}

TEST_F(Keyfile, HasALimitWhereNoSizeIsAsked) {
    constexpr std::uint64_t kLimit = 8 * 1024 * 1024;
    const std::string fits(kLimit, 'x');
    EXPECT_EQ(read_keyfile(dir_.file("key", fits))->size(), kLimit);
    const auto larger = read_keyfile(dir_.file("key", fits + "x"));
    ASSERT_FALSE(larger);
    EXPECT_EQ(larger.error().code, Errc::InvalidArgument);
    EXPECT_EQ(larger.error().message, "maximum keyfile size exceeded");
    EXPECT_EQ(text(read_keyfile("/dev/zero")), "error: maximum keyfile size exceeded");
    EXPECT_EQ(read_keyfile(dir_ / "key", {.size = kLimit + 1})->size(), kLimit + 1);
    EXPECT_EQ(text(read_keyfile(dir_.file("short", "abcd"), {.limit = 3})),
              "error: maximum keyfile size exceeded");
    EXPECT_EQ(
        text(read_keyfile(dir_.file("short", "abc\n"), {.limit = 3, .stop_at_newline = true})),
        "abc");
    EXPECT_EQ(
        text(read_keyfile(dir_.file("short", "abcd\n"), {.limit = 3, .stop_at_newline = true})),
        "error: maximum keyfile size exceeded");
}

TEST_F(Keyfile, SaysWhyItCannotBeRead) {
    const auto missing = read_keyfile(dir_ / "missing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Errc::InvalidArgument);
    EXPECT_EQ(missing.error().message, "failed to open key file");
    EXPECT_EQ(missing.error().hint, (dir_ / "missing") + ": No such file or directory");
    const auto directory = read_keyfile(dir_.path().string());
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().code, Errc::Io);
    EXPECT_EQ(directory.error().message, "error reading key file: Is a directory");
}

TEST_F(Keyfile, IsNotReadFromATerminal) {
    int master = -1;
    int slave = -1;
    std::array<char, 256> name{};
    if (::openpty(&master, &slave, name.data(), nullptr, nullptr) != 0)
        GTEST_SKIP() << "no pseudo-terminal to be had";
    const UniqueFd master_owner(master);
    const UniqueFd slave_owner(slave);
    EXPECT_EQ(text(read_keyfile(name.data())), "error: cannot read keyfile from a terminal");
}

TEST_F(Keyfile, ReadsANamedPipe) {
    ASSERT_EQ(::mkfifo((dir_ / "fifo").c_str(), 0600), 0);
    std::thread writer([&] {
        const UniqueFd fd(::open((dir_ / "fifo").c_str(), O_WRONLY));
        for (const char c : std::string("slowly")) {
            EXPECT_EQ(::write(fd.get(), &c, 1), 1);
            ::usleep(2000);
        }
    });
    EXPECT_EQ(text(read_keyfile(dir_ / "fifo")), "slowly");
    writer.join();
}

TEST_F(Keyfile, OffsetWorksOnABlockDevice) {
    std::string content(8192, 'b');
    content.replace(4096, 3, "key");
    LATCHKEY_LOOP_OR_SKIP(loop, dir_.file("disk", content));
    EXPECT_EQ(text(read_keyfile(loop.path(), {.offset = 4096, .size = 3})), "key");
    EXPECT_EQ(text(read_keyfile(loop.path(), {.offset = 8193, .size = 3})),
              "error: cannot seek to requested keyfile offset");
}

TEST_F(Keyfile, ASignalInterruptsTheWait) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    const UniqueFd writer(ends[1]);
    struct sigaction action = {};
    struct sigaction before = {};
    action.sa_handler = [](int) {};
    ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
    const pthread_t self = ::pthread_self();
    std::atomic<bool> done{false};
    // Repeats the signal, because the first one might come before the read.
    std::thread killer([&] {
        while (!done) {
            ::usleep(20'000);
            ::pthread_kill(self, SIGUSR1);
        }
    });
    const auto secret = read_keyfile(reader.get());
    done = true;
    killer.join();
    ::sigaction(SIGUSR1, &before, nullptr);
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().code, Errc::Interrupted);
}

// Whatever the name: the opened device decides.
TEST(KeyfileRandom, IsMarkedByTheDeviceThatWasOpened) {
    TempDir directory;
    const std::string link = directory / "link";
    const std::string node = directory / "node";
    ASSERT_EQ(::symlink("/dev/urandom", link.c_str()), 0);
    const UniqueFd open_one(::open("/dev/urandom", O_RDONLY | O_CLOEXEC));
    const std::string descriptor = "/proc/self/fd/" + std::to_string(open_one.get());
    std::vector<std::string> names = {
        "/dev/urandom", "/dev/random", "//dev/../dev/urandom",
        link,           descriptor,    "/proc/sys/kernel/random/uuid"};
    if (::mknod(node.c_str(), S_IFCHR | 0600, makedev(1, 9)) == 0) names.push_back(node);
    for (const std::string& name : names) {
        EXPECT_TRUE(gives_random_bytes(name)) << name;
        const UniqueFd readable(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
        if (!readable.valid()) continue;  // a node on a file system without devices
        const auto secret = read_keyfile(name, {.size = 16});
        ASSERT_TRUE(secret) << name;
        EXPECT_TRUE(secret->is_random()) << name;
    }
    const auto by_descriptor = read_keyfile(open_one.get(), {.size = 16});
    ASSERT_TRUE(by_descriptor);
    EXPECT_TRUE(by_descriptor->is_random());
}

TEST(KeyfileRandom, IsNotWhatCanBeReadAgain) {
    TempDir directory;
    for (const std::string& name :
         {directory.file("key", "0123456789abcdef"), std::string("/dev/zero")}) {
        EXPECT_FALSE(gives_random_bytes(name)) << name;
        const auto secret = read_keyfile(name, {.size = 16});
        ASSERT_TRUE(secret) << name;
        EXPECT_FALSE(secret->is_random()) << name;
    }
    EXPECT_FALSE(gives_random_bytes(directory / "missing"));
}

TEST(KeyfileRandom, TheMarkStaysWithWhatIsMadeOfIt) {
    SecretBuffer bytes(32);
    bytes.set_random();
    bytes.shrink(16);
    EXPECT_TRUE(bytes.is_random());
    VolumeKey key(Vouched::ByDigest, std::move(bytes));
    EXPECT_TRUE(key.copy().is_random());
    EXPECT_FALSE(VolumeKey(Vouched::ByDigest, SecretBuffer(16)).is_random());
}

}  // namespace
}  // namespace latchkey
