// SPDX-License-Identifier: GPL-2.0-or-later
// Tests the tools of the other tests: a crash explorer that misses an image would prove nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <set>

#include "base/hex.h"
#include "io/mem_device.h"
#include "support/corpus.h"
#include "support/crash_explorer.h"
#include "support/fault_device.h"
#include "support/images.h"
#include "support/program.h"
#include "support/random.h"
#include "support/recording_device.h"
#include "support/secrets.h"
#include "support/temp_dir.h"

namespace latchkey::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bytes bytes_of(std::string_view text) {
    const ByteView view = as_byte_view(text);
    return {view.begin(), view.end()};
}
std::string text_of(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::shared_ptr<io::MemDevice> memory(std::string_view text) {
    return std::make_shared<io::MemDevice>(bytes_of(text));
}

TEST(SupportRandom, RampBeginsAnewWithEveryRequest) {
    RampRandom random;
    Bytes bytes(258);
    ASSERT_TRUE(random.fill(bytes));
    EXPECT_EQ(to_hex(ByteView(bytes).first(3)), "000102");
    EXPECT_EQ(to_hex(ByteView(bytes).last(3)), "ff0001");
    ASSERT_TRUE(random.fill(MutableByteView(bytes).last(2)));
    EXPECT_EQ(to_hex(ByteView(bytes).last(2)), "0001");
}

TEST(SupportRandom, SeedsRepeatThemselvesAndDiffer) {
    Bytes a(100);
    Bytes b(100);
    Bytes c(100);
    ASSERT_TRUE(SeededRandom(1).fill(a));
    ASSERT_TRUE(SeededRandom(1).fill(b));
    ASSERT_TRUE(SeededRandom(2).fill(c));
    EXPECT_EQ(a, b);
    EXPECT_NE(a, c);
}

TEST(SupportFault, FailsTheOperationThatItIsToldTo) {
    FaultDevice device(memory("abcdefgh"),
                       {.write = 1, .code = Errc::NoSpace, .half_written = true});
    EXPECT_TRUE(device.write(0, bytes_of("12")));
    EXPECT_EQ(device.write(4, bytes_of("3456")).error().message, "write 1 fails by plan");
    EXPECT_EQ(device.write(0, bytes_of("x")).error().code, Errc::NoSpace) << "for good";
    Bytes now(8);
    ASSERT_TRUE(device.read(0, now));
    EXPECT_EQ(text_of(now), "12cd34gh");
    EXPECT_EQ(device.writes(), 3U);
    EXPECT_EQ(device.reads(), 1U);

    FaultDevice once(memory("abcd"), {.read = 0, .flush = 1, .for_good = false});
    EXPECT_EQ(once.read(0, now).error().code, Errc::Unreadable);
    Bytes four(4);
    EXPECT_TRUE(once.read(0, four));
    EXPECT_TRUE(once.flush());
    EXPECT_FALSE(once.flush());
    EXPECT_TRUE(once.flush());
    EXPECT_EQ(once.flushes(), 3U);
}

TEST(SupportFault, CanBeShortReadOnlyOrLieTheSecondTime) {
    FaultDevice shorter(memory("abcdefgh"), {.size = 4});
    Bytes two(2);
    EXPECT_EQ(shorter.size(), 4U);
    EXPECT_TRUE(shorter.read(2, two));
    EXPECT_EQ(shorter.read(3, two).error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(shorter.grow(5).error().code, Errc::DeviceTooSmall);

    FaultDevice protected_device(memory("ab"), {.read_only = true});
    EXPECT_TRUE(protected_device.read_only());
    EXPECT_EQ(protected_device.write(0, two).error().code, Errc::AccessDenied);

    FaultDevice liar(memory("abcd"), {.second_read_lies = true});
    ASSERT_TRUE(liar.read(0, two));
    EXPECT_EQ(text_of(two), "ab");
    ASSERT_TRUE(liar.read(1, two));
    EXPECT_EQ(two[0], ~std::byte{'b'});
    EXPECT_EQ(two[1], std::byte{'c'});
}

TEST(SupportFault, CountsLocks) {
    FaultDevice device(memory("x"));
    {
        const auto lock = device.lock(io::BlockDevice::LockMode::Exclusive, {});
        EXPECT_EQ(device.locks_held(), 1);
    }
    EXPECT_EQ(device.locks_held(), 0);
    EXPECT_THAT(device.locks(), ElementsAre(io::BlockDevice::LockMode::Exclusive));
}

// Runs `operate` on a recorded device and returns every image that a crash may leave, as text.
template <typename Operate>
std::set<std::string> images_after(std::string_view before, Operate operate,
                                   CrashOutcome* outcome = nullptr,
                                   const CrashBounds& bounds = {}) {
    io::Topology topology;
    topology.regular_file = true;
    RecordingDevice device(std::make_shared<io::MemDevice>(bytes_of(before), "<memory>", topology));
    operate(device);
    std::set<std::string> images;
    const CrashOutcome found = explore_crashes(
        bytes_of(before), device.trace(),
        [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint&) {
            Bytes all(image->size());
            EXPECT_TRUE(image->read(0, all));
            images.insert(text_of(all));
            // The next image must not see this.
            EXPECT_TRUE(image->write(0, bytes_of("!")));
            return std::string();
        },
        bounds);
    if (outcome) *outcome = found;
    return images;
}

void put(io::BlockDevice& device, std::uint64_t offset, std::string_view text) {
    ASSERT_TRUE(device.write(offset, as_byte_view(text)));
}

TEST(CrashExplorer, ShowsEverySubsetOfUnflushedWrites) {
    CrashOutcome outcome;
    const auto images = images_after(
        "....",
        [](io::BlockDevice& device) {
            put(device, 0, "a");
            put(device, 2, "b");
            EXPECT_TRUE(device.flush());
            put(device, 3, "c");
        },
        &outcome);
    EXPECT_EQ(images, (std::set<std::string>{"....", "a...", "..b.", "a.b.", "a.bc"}));
    EXPECT_EQ(outcome.windows, 2U);
    EXPECT_FALSE(outcome.ends_flushed);
}

TEST(CrashExplorer, OrdersWritesToOnePlace) {
    const auto images = images_after(".", [](io::BlockDevice& device) {
        put(device, 0, "a");
        put(device, 0, "b");
        EXPECT_TRUE(device.flush());
    });
    EXPECT_EQ(images, (std::set<std::string>{".", "a", "b"}));
}

// A header written before the flush, although the area that it points to may be lost: the bug to find.
TEST(CrashExplorer, FindsAMissingFlush) {
    const auto checker = [](const std::shared_ptr<io::BlockDevice>& image,
                            const CrashPoint& point) {
        Bytes all(2);
        EXPECT_TRUE(image->read(0, all));
        const bool header = all[0] == std::byte{'H'};
        const bool area = all[1] == std::byte{'A'};
        if (point.nothing_done && header) return std::string("new state before it began");
        if (point.all_done && !header) return std::string("old state after it ended");
        return header && !area ? std::string("header without area") : std::string();
    };
    const auto run = [&](bool flush_between) {
        RecordingDevice device(memory("--"));
        put(device, 1, "A");
        if (flush_between) {
            EXPECT_TRUE(device.flush());
        }
        put(device, 0, "H");
        EXPECT_TRUE(device.flush());
        return explore_crashes(bytes_of("--"), device.trace(), checker);
    };
    EXPECT_THAT(run(true).failures, IsEmpty());
    EXPECT_TRUE(run(true).ends_flushed);
    EXPECT_THAT(run(false).failures, ElementsAre("window 1: writes 1 of 2: header without area"));
}

TEST(CrashExplorer, TearsWritesAtSectorsAndBlocks) {
    const std::string before(3 * 4096, '.');
    const std::string after(2 * 4096, 'x');
    const auto images = images_after(before,
                                     [&](io::BlockDevice& device) {
                                         put(device, 512, after);
                                         EXPECT_TRUE(device.flush());
                                     },
                                     nullptr, {.tears_per_write = 100});
    const auto expect = [&](std::size_t from, std::size_t to) {
        std::string image = before;
        std::fill(image.begin() + static_cast<std::ptrdiff_t>(from),
                  image.begin() + static_cast<std::ptrdiff_t>(to), 'x');
        EXPECT_THAT(images, Contains(image)) << from << " to " << to;
    };
    // 16 sectors, from both sides, and the boundaries of 4096-byte blocks on the disk.
    for (std::size_t sector = 0; sector <= 16; ++sector) {
        expect(512, 512 + sector * 512);
        expect(512 + sector * 512, 512 + 8192);
    }
    expect(512, 4096);
    expect(512, 8192);
    expect(4096, 512 + 8192);
    for (const std::string& image : images)
        for (std::size_t sector = 0; sector < image.size() / 512; ++sector)
            EXPECT_EQ(image.substr(sector * 512, 512).find_first_not_of(image[sector * 512]),
                      std::string::npos)
                << "sectors are atomic";
}

TEST(CrashExplorer, SamplesLargeWindowsTheSameWayEachTime) {
    const auto operate = [](io::BlockDevice& device) {
        for (std::uint64_t i = 0; i < 20; ++i) put(device, i, "x");
        EXPECT_TRUE(device.flush());
    };
    CrashOutcome outcome;
    const auto images = images_after(std::string(20, '.'), operate, &outcome);
    EXPECT_EQ(outcome.sampled_windows, 1U);
    for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_THAT(images, Contains(std::string(i, 'x') + std::string(20 - i, '.'))) << "prefix";
        std::string without(20, 'x');
        without[i] = '.';
        EXPECT_THAT(images, Contains(without));
        std::string only(20, '.');
        only[i] = 'x';
        EXPECT_THAT(images, Contains(only));
    }
    EXPECT_GT(images.size(), 100U);
    EXPECT_EQ(images, images_after(std::string(20, '.'), operate));
}

TEST(CrashExplorer, GrowingMayBeLostToo) {
    const auto images = images_after("ab", [](io::BlockDevice& device) {
        EXPECT_TRUE(device.grow(4));
        put(device, 3, "d");
        EXPECT_TRUE(device.flush());
    });
    EXPECT_EQ(images,
              (std::set<std::string>{"ab", std::string("ab\0\0", 4), std::string("ab\0d", 4)}));
}

TEST(CrashExplorer, KnowsBeginningAndEnd) {
    RecordingDevice device(memory("...."));
    put(device, 0, "a");
    ASSERT_TRUE(device.flush());
    put(device, 1, "b");
    ASSERT_TRUE(device.flush());
    std::vector<std::string> begin;
    std::vector<std::string> end;
    (void)explore_crashes(
        bytes_of("...."), device.trace(),
        [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint& point) {
            Bytes all(4);
            EXPECT_TRUE(image->read(0, all));
            if (point.nothing_done) begin.push_back(text_of(all));
            if (point.all_done) end.push_back(text_of(all));
            return std::string();
        });
    EXPECT_THAT(begin, ElementsAre("...."));
    EXPECT_THAT(end, ElementsAre("ab.."));
}

// The size of an operation on a LUKS2 header of 16 MiB: many images, little memory and time.
TEST(CrashExplorer, MakesThousandsOfLargeImages) {
    RecordingDevice device(std::make_shared<io::MemDevice>(Bytes(16 << 20)));
    for (std::uint64_t area = 0; area < 7; ++area)
        ASSERT_TRUE(device.write((1 + area) << 20, Bytes(256 << 10, std::byte{1})));
    ASSERT_TRUE(device.flush());
    for (const std::uint64_t header : {0U, 16384U}) {
        ASSERT_TRUE(device.write(header, Bytes(16384, std::byte{2})));
        ASSERT_TRUE(device.flush());
    }
    std::size_t bytes_read = 0;
    Bytes header(32768);
    const std::clock_t started =
        std::clock();  // CPU time of this process, so that other load does not matter
    const CrashOutcome outcome =
        explore_crashes(Bytes(16 << 20), device.trace(),
                        [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint&) {
                            EXPECT_TRUE(image->read(0, header));
                            bytes_read += header.size();
                            return std::string();
                        },
                        {.tears_per_write = 60});
    const auto seconds = (std::clock() - started) / CLOCKS_PER_SEC;
    EXPECT_GT(outcome.images, 2000U);
    EXPECT_LT(seconds, 60) << outcome.images << " images";
    EXPECT_TRUE(outcome.ends_flushed);
}

TEST(SupportProgram, ReturnsOutputAndStatus) {
    const ProgramResult result = run_program({"sh", "-c", "printf out; exit 7"});
    EXPECT_EQ(result.status, 7);
    EXPECT_EQ(text_of(result.output), "out");
    EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}).status, 128 + 9);
    EXPECT_EQ(run_program({"no-such-program-here"}).status, 127);
    EXPECT_EQ(text_of(run_program({"wc", "-c"}).output), "0\n") << "no standard input";
}

TEST(SupportImages, AreDecompressedByName) {
    const TempDir dir;
    const std::string plain = dir.file("a.img", std::string(100000, 'x'));
    ASSERT_EQ(run_program({"zstd", "-q", plain}).status, 0);
    EXPECT_EQ(load_image(plain + ".zst"), Bytes(100000, std::byte{'x'}));
    EXPECT_EQ(load_image(plain).size(), 100000U);
    EXPECT_THROW((void)image("no-such-image"), std::runtime_error);
    EXPECT_TRUE(std::filesystem::exists(source_dir() / "lib" / "layers.txt"));
}

TEST(SupportSecrets, AreWhatWasTyped) {
    EXPECT_EQ(text_of(secret("hunter2").bytes()), "hunter2");
    EXPECT_EQ(text_of(passphrase("").bytes()), "");
}

TEST(SupportCorpus, HasImagesKeysAndArchives) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    EXPECT_GT(corpus.entries().size(), 300U);
    const CorpusEntry& luks1 = corpus.entry("luks1-align-1");
    EXPECT_EQ(luks1.format, "luks1");
    EXPECT_EQ(luks1.opens, true);
    ASSERT_EQ(luks1.keyslots.size(), 1U);
    EXPECT_EQ(luks1.keyslots[0].slot, 0);
    EXPECT_EQ(text_of(luks1.keyslots[0].passphrase), "DB+AJB5u8F");
    EXPECT_EQ(luks1.volume_key.size(), 16U);
    const Bytes image = corpus.load(luks1);
    EXPECT_EQ(image.size(), luks1.files.at(0).size);
    EXPECT_EQ(to_hex(ByteView(image).first(8)), "4c554b53babe0001");

    const CorpusEntry& damaged = corpus.entry("damaged1-cipher-unknown");
    EXPECT_EQ(damaged.opens, false);
    EXPECT_EQ(damaged.reason, "cipher unknown");
    EXPECT_EQ(corpus.load(damaged).size(), damaged.files.at(0).size);

    const auto family = corpus.family("validation");
    EXPECT_EQ(family.size(), 43U);
    EXPECT_EQ(family.at(0).header_valid, true);
    EXPECT_THROW((void)corpus.entry("none"), std::runtime_error);
    EXPECT_THROW((void)corpus.load(luks1, "header"), std::runtime_error);
}

}  // namespace
}  // namespace latchkey::test
