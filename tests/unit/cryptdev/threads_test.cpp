// SPDX-License-Identifier: GPL-2.0-or-later
// Many threads on one plaintext: no thread overwrites a neighbour's byte or reads half a sector.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "cryptdev_testing.h"

namespace latchkey::cryptdev {
namespace {

struct ThreadCase {
    const char* cipher;
    std::size_t key_bytes;
    std::uint32_t sector_size;
};

void PrintTo(const ThreadCase& test, std::ostream* out) {
    *out << test.cipher << ' ' << test.key_bytes * 8 << ' ' << test.sector_size;
}

class CryptDeviceThreads : public testing::TestWithParam<ThreadCase> {
  protected:
    static MappingPlan plan() {
        return plan_of(GetParam().cipher, GetParam().key_bytes,
                       {.sector_size = GetParam().sector_size});
    }
};

// Thread t owns the bytes of [t * stripe, (t + 1) * stripe) in every 8 * stripe: all share every sector.
TEST_P(CryptDeviceThreads, NeighboursKeepTheirBytes) {
    constexpr std::size_t kThreads = 8;
    constexpr std::size_t kStripe = 37;
    constexpr std::size_t kBytes = 256 * 1024;
    constexpr std::size_t kPeriod = kThreads * kStripe;
    const auto opened = open_over(memory(kBytes), plan());
    ASSERT_TRUE(opened) << opened.error().message;
    io::BlockDevice& device = *opened->io();
    ASSERT_TRUE(device.write(0, Bytes(kBytes)));

    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            test::SeededRandom random(t);
            std::vector<std::byte> model(kBytes / kPeriod);
            for (int i = 0; i < 1500; ++i) {
                // Writes close together in time and place.
                const std::size_t row = random.below(model.size() / 8) + model.size() / 2;
                const std::size_t offset = row * kPeriod + t * kStripe;
                Bytes bytes(kStripe);
                if (!device.read(offset, bytes) || bytes != Bytes(kStripe, model[row])) ++wrong;
                model[row] = static_cast<std::byte>(random.below(256));
                if (!device.write(offset, Bytes(kStripe, model[row]))) ++wrong;
            }
            for (std::size_t row = 0; row < model.size(); ++row) {
                Bytes bytes(kStripe);
                if (!device.read(row * kPeriod + t * kStripe, bytes) ||
                    bytes != Bytes(kStripe, model[row]))
                    ++wrong;
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

// A partial write of one sector and a whole write of the next ones share no sector.
TEST_P(CryptDeviceThreads, WholeAndPartialWritesMix) {
    constexpr std::size_t kBytes = 256 * 1024;
    const std::size_t sector = GetParam().sector_size;
    const auto opened = open_over(memory(kBytes), plan());
    ASSERT_TRUE(opened);
    io::BlockDevice& device = *opened->io();
    ASSERT_TRUE(device.write(0, Bytes(kBytes)));
    std::atomic<int> wrong{0};
    // Even sectors whole, odd sectors in two halves.
    const auto work = [&](std::size_t first, std::size_t at, std::size_t length) {
        test::SeededRandom random(first + at);
        for (int i = 0; i < 1500; ++i) {
            const std::size_t number = 2 * random.below(kBytes / sector / 2) + first;
            const Bytes bytes(length, static_cast<std::byte>(i));
            Bytes again(length);
            if (!device.write(number * sector + at, bytes) ||
                !device.read(number * sector + at, again) || again != bytes)
                ++wrong;
        }
    };
    std::thread whole(work, 0, 0, sector);
    std::thread head(work, 1, 0, sector / 2 - 3);
    std::thread tail(work, 1, sector / 2 - 3, sector / 2 + 3);
    whole.join();
    head.join();
    tail.join();
    EXPECT_EQ(wrong, 0);
}

INSTANTIATE_TEST_SUITE_P(All, CryptDeviceThreads,
                         testing::Values(ThreadCase{"aes-xts-plain64", 64, 512},
                                         ThreadCase{"aes-cbc-essiv:sha256", 32, 4096},
                                         ThreadCase{"aes:64-cbc-lmk", 65 * 16, 512}));

}  // namespace
}  // namespace latchkey::cryptdev
