// SPDX-License-Identifier: GPL-2.0-or-later
// The power fails while plaintext is written.  Flushed data are there, and every piece of a sector has the state
// before or after one of the writes, including bytes that were not written.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "cryptdev_testing.h"
#include "support/crash_explorer.h"
#include "support/recording_device.h"

namespace latchkey::cryptdev {
namespace {

constexpr std::size_t kDisk = 64 * 1024;
constexpr std::size_t kAtom = 512;  // a disk writes this completely or not at all

struct CrashCase {
    const char* cipher;
    std::size_t key_bytes;
    std::uint32_t sector_size;
};

void PrintTo(const CrashCase& test, std::ostream* out) {
    *out << test.cipher << ' ' << test.key_bytes * 8 << ' ' << test.sector_size;
}

class CryptDeviceCrash : public testing::TestWithParam<CrashCase> {
  protected:
    static MappingPlan plan() {
        return plan_of(GetParam().cipher, GetParam().key_bytes,
                       {.device_offset = 8, .sector_size = GetParam().sector_size});
    }
    static Bytes plaintext(const std::shared_ptr<io::BlockDevice>& image) {
        const auto device = open_over(image, plan(), {.read_only = true});
        EXPECT_TRUE(device) << device.error().message;
        Bytes bytes(device->size());
        EXPECT_TRUE(device->io()->read(0, bytes));
        return bytes;
    }
    static Bytes content(const io::BlockDevice& device) {
        Bytes bytes(device.size());
        EXPECT_TRUE(device.read(0, bytes));
        return bytes;
    }
};

// All states that a piece of the plaintext may have after a power failure.
class Versions {
  public:
    void add(const Bytes& whole) {
        pieces_.resize(whole.size() / kAtom);
        for (std::size_t i = 0; i < pieces_.size(); ++i)
            pieces_[i].insert(Bytes(whole.begin() + static_cast<std::ptrdiff_t>(i * kAtom),
                                    whole.begin() + static_cast<std::ptrdiff_t>((i + 1) * kAtom)));
    }
    [[nodiscard]] std::string explain(const Bytes& found) const {
        for (std::size_t i = 0; i < pieces_.size(); ++i)
            if (!pieces_[i].contains(
                    Bytes(found.begin() + static_cast<std::ptrdiff_t>(i * kAtom),
                          found.begin() + static_cast<std::ptrdiff_t>((i + 1) * kAtom))))
                return "the bytes from " + std::to_string(i * kAtom) + " were never written";
        return {};
    }

  private:
    std::vector<std::set<Bytes>> pieces_;
};

TEST_P(CryptDeviceCrash, LosesNothingThatWasFlushed) {
    const auto recorder = std::make_shared<test::RecordingDevice>(memory(kDisk));
    const auto device = open_over(recorder, plan());
    ASSERT_TRUE(device) << device.error().message;
    test::SeededRandom random(7);
    std::size_t images = 0;
    for (int round = 0; round < 25; ++round) {
        const Bytes disk_before = content(*recorder);
        Versions allowed;
        const Bytes before = plaintext(recorder);
        allowed.add(before);
        recorder->forget();
        // Writes near each other, so that they share sectors: single bytes, whole sectors, and across sectors.
        const std::size_t base = random.below(device->size() - 16384);
        const std::size_t writes = 1 + random.below(6);
        for (std::size_t i = 0; i < writes; ++i) {
            const std::size_t length = random.below(4) == 0 ? 4096 : 1 + random.below(6000);
            const std::size_t offset = base + random.below(9000);
            ASSERT_TRUE(device->io()->write(offset, random_bytes(length, random.next())));
            allowed.add(plaintext(recorder));
        }
        ASSERT_TRUE(device->io()->flush());
        const Bytes after = plaintext(recorder);
        const auto check = [&](const std::shared_ptr<io::BlockDevice>& image,
                               const test::CrashPoint& point) -> std::string {
            const Bytes found = plaintext(image);
            if (point.nothing_done && found != before) return "not what it was";
            if (point.all_done && found != after) return "what was flushed is not there";
            return allowed.explain(found);
        };
        const auto outcome = test::explore_crashes(disk_before, recorder->trace(), check,
                                                   {.tears_per_write = 6, .seed = random.next()});
        ASSERT_TRUE(outcome.ends_flushed);
        ASSERT_TRUE(outcome.failures.empty())
            << "round " << round << ": " << outcome.failures.front();
        images += outcome.images;
    }
    EXPECT_GT(images, 1000U);
}

// A sector of the volume larger than the atomic size of the disk is not atomic; modes without chaining tolerate this.
INSTANTIATE_TEST_SUITE_P(All, CryptDeviceCrash,
                         testing::Values(CrashCase{"aes-xts-plain64", 64, 512},
                                         CrashCase{"aes-xts-plain64", 64, 4096},
                                         CrashCase{"aes-cbc-essiv:sha256", 32, 512},
                                         CrashCase{"aes-cbc-plain64", 16, 512}));

}  // namespace
}  // namespace latchkey::cryptdev
