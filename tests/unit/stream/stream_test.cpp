// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "base/unique_fd.h"
#include "io/mem_device.h"
#include "stream/workers.h"
#include "support/fault_device.h"
#include "support/random.h"
#include "support/temp_dir.h"

namespace latchkey::stream {
namespace {

constexpr std::size_t kOdd = 3 * kChunkBytes + 12345;  // bytes; not a whole number of chunks

Bytes noise(std::size_t length, std::uint64_t seed = 1) {
    Bytes bytes(length);
    test::SeededRandom random(seed);
    EXPECT_TRUE(random.fill(bytes));
    return bytes;
}

std::shared_ptr<io::MemDevice> memory(Bytes bytes) {
    return std::make_shared<io::MemDevice>(std::move(bytes));
}

struct Pipe {
    Pipe() {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        out = UniqueFd(ends[0]);
        in = UniqueFd(ends[1]);
    }
    UniqueFd out;
    UniqueFd in;
};

// Returns everything from a pipe, read in pieces of an odd size.
Bytes drain(int fd) {
    Bytes all;
    Bytes piece(7777);
    for (ssize_t count; (count = ::read(fd, piece.data(), piece.size())) > 0;)
        all.insert(all.end(), piece.begin(), piece.begin() + count);
    return all;
}

void feed(UniqueFd fd, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count =
            ::write(fd.get(), bytes.data(), std::min<std::size_t>(bytes.size(), 4321));
        if (count <= 0) return;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

class StreamThreads : public testing::TestWithParam<unsigned> {};

TEST_P(StreamThreads, ReadKeepsTheOrder) {
    const Bytes content = noise(kOdd);
    const Device source(memory(content));
    Pipe pipe;
    Bytes came;
    std::thread reader([&] { came = drain(pipe.out.get()); });
    Context context;
    const auto count =
        read(context, source, pipe.in.get(), {.range = {.offset = 100}, .threads = GetParam()});
    pipe.in = UniqueFd();
    reader.join();
    ASSERT_TRUE(count) << count.error().message;
    EXPECT_EQ(*count, kOdd - 100);
    EXPECT_EQ(came, Bytes(content.begin() + 100, content.end()));
}

TEST_P(StreamThreads, WriteLandsWhereItBelongs) {
    const Bytes content = noise(kOdd);
    const auto storage = memory(Bytes(kOdd + 1000));
    Device target(storage);
    Pipe pipe;
    std::thread writer([&] { feed(std::move(pipe.in), content); });
    Context context;
    const auto count =
        write(context, pipe.out.get(), target, {.range = {.offset = 500}, .threads = GetParam()});
    writer.join();
    ASSERT_TRUE(count) << count.error().message;
    EXPECT_EQ(*count, kOdd);
    Bytes wanted(500);
    wanted.insert(wanted.end(), content.begin(), content.end());
    wanted.resize(kOdd + 1000);
    EXPECT_TRUE(storage->bytes().size() == wanted.size() &&
                std::equal(wanted.begin(), wanted.end(), storage->bytes().begin()));
}

TEST_P(StreamThreads, CopyMovesEverything) {
    const Bytes content = noise(9 * kChunkBytes + 1);
    const Device from(memory(content));
    const auto storage = memory(noise(content.size(), 2));
    Device to(storage);
    Context context;
    const auto copied = copy(context, from, to, {.threads = GetParam()});
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(copied->bytes, content.size());
    EXPECT_EQ(copied->written, content.size());
    EXPECT_TRUE(std::equal(content.begin(), content.end(), storage->bytes().begin()));
}

INSTANTIATE_TEST_SUITE_P(All, StreamThreads, testing::Values(1U, 2U, 5U));

TEST(Stream, ReadAndWriteHeedTheRange) {
    const Bytes content = noise(10000);
    Context context;
    Device device(memory(content));
    const auto beyond = read(context, device, -1, {.range = {.offset = 10001}});
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().message,
              "offset 10001 is beyond the end of <memory>, which has 10000 bytes");
    const auto longer = write(context, -1, device, {.range = {.offset = 9000, .length = 1001}});
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(longer.error().message, "<memory> has 1000 bytes behind offset 9000, not 1001");
}

TEST(Stream, WriteOfMoreThanFitsKeepsWhatFits) {
    const Bytes content = noise(kChunkBytes + 10);
    const auto storage = memory(Bytes(kChunkBytes));
    Device target(storage);
    Pipe pipe;
    std::thread writer([&] { feed(std::move(pipe.in), content); });
    Context context;
    const auto count = write(context, pipe.out.get(), target);
    pipe.out = UniqueFd();
    writer.join();
    ASSERT_FALSE(count);
    EXPECT_EQ(count.error().code, Errc::NoSpace);
    EXPECT_EQ(count.error().message,
              "the stream is longer than the 262144 bytes that <memory> has room for, which are "
              "overwritten now");
    EXPECT_TRUE(std::equal(storage->bytes().begin(), storage->bytes().end(), content.begin()));
}

TEST(Stream, WriteSaysThatTheStreamWasShort) {
    Device target(memory(Bytes(5000)));
    Pipe pipe;
    feed(std::move(pipe.in), noise(100));
    Context context;
    const auto count = write(context, pipe.out.get(), target, {.range = {.length = 4000}});
    ASSERT_FALSE(count);
    EXPECT_EQ(count.error().code, Errc::NothingToRead);
    EXPECT_EQ(count.error().message, "the stream ended after 100 bytes of 4000");
}

// A file's length is known before it is read; its position counts, too.
TEST(Stream, WriteOfAFileThatCannotFitWritesNothing) {
    const test::TempDir folder;
    const auto failing = std::make_shared<test::FaultDevice>(memory(Bytes(5000)));
    Device target(failing);
    Context context;
    const UniqueFd file(::open(folder.sparse_file("long", 5001).c_str(), O_RDONLY | O_CLOEXEC));
    std::uint64_t overwritten = 1;
    const auto count = write(context, file.get(), target);
    ASSERT_FALSE(count);
    EXPECT_EQ(count.error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(
        write(context, file.get(), target, {.range = {.offset = 10, .length = 5002}}).error().code,
        Errc::DeviceTooSmall);
    const UniqueFd brief(::open(folder.sparse_file("brief", 99).c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(write(context, brief.get(), target, {.range = {.length = 100}}).error().message,
              "the stream ended after 99 bytes of 100");
    EXPECT_EQ(failing->writes(), 0U);
    ASSERT_EQ(::lseek(file.get(), 1, SEEK_SET), 1);
    const auto fits = write(context, file.get(), target, {}, &overwritten);
    ASSERT_TRUE(fits) << fits.error().message;
    EXPECT_EQ(*fits, 5000U);
    EXPECT_EQ(overwritten, 5000U);
}

TEST(Stream, WriteTakesNoMoreThanItWasToldTo) {
    Device target(memory(Bytes(5000)));
    Pipe pipe;
    feed(std::move(pipe.in), noise(100));
    Context context;
    ASSERT_TRUE(write(context, pipe.out.get(), target, {.range = {.length = 60}}));
    EXPECT_EQ(drain(pipe.out.get()).size(), 40U);
}

TEST(Stream, WaitingForInputIsInterrupted) {
    Device target(memory(Bytes(5000)));
    const Pipe pipe;  // no data ever arrive
    Context context;
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        context.cancel();
    });
    const auto count = write(context, pipe.out.get(), target);
    canceller.join();
    ASSERT_FALSE(count);
    EXPECT_EQ(count.error().code, Errc::Interrupted);
}

TEST(Stream, ReaderThatWentAwayIsAnError) {
    const auto old = ::signal(SIGPIPE, SIG_IGN);
    Pipe pipe;
    pipe.out = UniqueFd();
    Context context;
    const auto count = read(context, Device(memory(Bytes(kOdd))), pipe.in.get());
    ::signal(SIGPIPE, old);
    ASSERT_FALSE(count);
    EXPECT_EQ(count.error().code, Errc::Interrupted);
    EXPECT_EQ(count.error().message, "the reader of the stream went away");
}

TEST(Stream, ErrorsOfDevicesComeBackAsThemselves) {
    Context context;
    const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    auto failing = std::make_shared<test::FaultDevice>(memory(Bytes(kOdd)));
    failing->faults.read = 2;
    const auto count = read(context, Device(failing), nowhere.get(), {.threads = 1});
    ASSERT_FALSE(count);
    EXPECT_EQ(count.error().code, Errc::Unreadable);

    auto full = std::make_shared<test::FaultDevice>(memory(Bytes(kOdd)));
    full->faults.write = 1;
    full->faults.code = Errc::NoSpace;
    Device target(full);
    const auto copied = copy(context, Device(memory(noise(kOdd))), target, {.threads = 1});
    ASSERT_FALSE(copied);
    EXPECT_EQ(copied.error().code, Errc::NoSpace);

    auto unflushed = std::make_shared<test::FaultDevice>(memory(Bytes(kOdd)));
    unflushed->faults.flush = 0;
    Device unsafe(unflushed);
    EXPECT_EQ(copy(context, Device(memory(noise(kOdd))), unsafe, {.threads = 1}).error().code,
              Errc::Io);
}

TEST(StreamCopy, LeavesZerosOut) {
    Bytes content(2 * kChunkBytes);
    std::fill(content.begin() + 4096, content.begin() + 12288, std::byte{1});
    content.back() = std::byte{2};
    const auto storage = memory(Bytes(content.size()));
    Device to(storage);
    Context context;
    const auto copied = copy(context, Device(memory(content)), to, {.target_is_zero = true});
    ASSERT_TRUE(copied);
    EXPECT_EQ(copied->written, 8192U + 4096U);
    EXPECT_TRUE(std::equal(content.begin(), content.end(), storage->bytes().begin()));
}

TEST(StreamCopy, DoesNotFit) {
    Device to(memory(Bytes(99)));
    Context context;
    const auto copied = copy(context, Device(memory(Bytes(100))), to);
    ASSERT_FALSE(copied);
    EXPECT_EQ(copied.error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(copied.error().message, "<memory> has 99 bytes, the 100 of <memory> do not fit");
}

// Stopped in the middle, then started again: the saved part is not read again.
TEST(StreamCopy, GoesOnWhereItWasStopped) {
    const test::TempDir folder;
    const std::size_t size = 300 * 1024 * 1024 + 5;
    const std::string source = folder.sparse_file("from", size);
    Context context;
    const auto from = Device::open(context, source, Access::ReadOnly);
    auto to = Device::open(context, folder.sparse_file("to", size), Access::ReadWrite);
    ASSERT_TRUE(from && to);
    CopyOptions options{
        .target_is_zero = true, .journal = folder / "journal", .identity = "a to b"};

    context.progress = [](std::uint64_t done, std::uint64_t) {
        return done < std::uint64_t{280} * 1024 * 1024;
    };
    // Several threads may be far ahead of one that waits, and then more is copied when it is recorded.
    options.threads = 1;
    const auto stopped = copy(context, *from, *to, options);
    options.threads = 0;
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, Errc::Interrupted);
    EXPECT_TRUE(std::filesystem::exists(folder / "journal"));

    context.progress = {};
    options.target_is_zero = false;
    const auto copied = copy(context, *from, *to, options);
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(copied->resumed_at, std::uint64_t{280} * 1024 * 1024);
    EXPECT_EQ(copied->bytes + copied->resumed_at, size);
    EXPECT_FALSE(std::filesystem::exists(folder / "journal"));
}

// A new target contains nothing of the removed one, whatever the journal says.
TEST(StreamCopy, BeginsAnewInANewTarget) {
    const test::TempDir folder;
    const Bytes content(3 * kChunkBytes, std::byte{7});
    Context context;
    CopyOptions options{.journal = folder / "journal", .identity = "a to b", .threads = 1};
    context.progress = [](std::uint64_t done, std::uint64_t) { return done < 2 * kChunkBytes; };
    Device first(memory(Bytes(content.size())));
    ASSERT_FALSE(copy(context, Device(memory(content)), first, options));
    context.progress = {};
    const auto storage = memory(Bytes(content.size()));
    Device second(storage);
    options.target_is_zero = true;
    const auto copied = copy(context, Device(memory(content)), second, options);
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(copied->resumed_at, 0U);
    EXPECT_TRUE(std::ranges::equal(storage->bytes(), content));
}

}  // namespace
}  // namespace latchkey::stream
