// SPDX-License-Identifier: GPL-2.0-or-later
// Keyslots in the lanes of one vector get the keys that they get alone, and a keyslot is not delayed for others.
#include "crypto/pbkdf2_together.h"

#include <gtest/gtest.h>

#include <map>

#include "base/hex.h"

namespace latchkey::crypto {
namespace {

using kernels::Kernel;

const std::atomic<bool> kRunning{false};

Bytes salt_number(std::size_t number) {
    return Bytes(32, static_cast<std::byte>(number));
}

TEST(Pbkdf2Together, GivesEachKeyslotTheKeyThatItGetsAlone) {
    for (const char* hash : {"sha1", "sha256", "sha512"}) {
        const TrustedKernels trusted = kernels_for_lanes(hash);
        if (trusted.kernels.empty()) GTEST_SKIP() << "this processor has no kernels";
        std::vector<Bytes> salts;
        std::vector<Pbkdf2Lane> lanes;
        for (std::size_t i = 0; i < 19; ++i) salts.push_back(salt_number(i));
        for (std::size_t i = 0; i < salts.size(); ++i)
            lanes.push_back({1 + i * 7 % 5 * 100, salts[i], 1 + i * 31 % 130});
        std::map<std::size_t, std::string> keys;
        const auto done = pbkdf2_together(
            trusted.kernels, hash, as_byte_view("p"), lanes, kRunning,
            [&](std::size_t lane, SecretBuffer key) { keys[lane] = to_hex(key.bytes()); });
        ASSERT_TRUE(done);
        EXPECT_EQ(keys.size(), lanes.size());
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            const auto alone = derive({"pbkdf2", hash, lanes[i].iterations}, as_byte_view("p"),
                                      lanes[i].salt, lanes[i].length, kRunning);
            ASSERT_TRUE(alone);
            EXPECT_EQ(keys[i], to_hex(alone->bytes())) << hash << " lane " << i;
        }
    }
}

TEST(Pbkdf2Together, EndsWhenItIsCancelled) {
    const TrustedKernels trusted = kernels_for_lanes("sha256");
    if (trusted.kernels.empty()) GTEST_SKIP() << "this processor has no kernels";
    const std::atomic<bool> cancelled{true};
    const Bytes salt = salt_number(1);
    const std::vector<Pbkdf2Lane> lanes(3, {4'000'000'000, salt, 32});
    const auto done = pbkdf2_together(trusted.kernels, "sha256", as_byte_view("p"), lanes,
                                      cancelled, [](std::size_t, SecretBuffer) { ADD_FAILURE(); });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::Interrupted);
}

// Kernels with these streams and costs, which nothing calls.
struct Imagined {
    std::vector<Kernel> kernels;
    std::vector<const Kernel*> pointers = {};
    explicit Imagined(std::vector<std::pair<std::size_t, unsigned>> streams_and_costs) {
        for (const auto& [streams, cost] : streams_and_costs)
            kernels.push_back(
                {"imagined", "sha256", streams, cost, 64, {}, nullptr, nullptr, nullptr});
        for (const Kernel& kernel : kernels) pointers.push_back(&kernel);
    }
    [[nodiscard]] std::size_t taken(std::size_t keyslots, bool later_pays) const {
        return lanes_to_take({pointers, 32}, std::vector<std::size_t>(keyslots, 64), later_pays);
    }
};

TEST(Pbkdf2Together, TheFirstKeyslotTakesOthersAlongOnlyWhereThatIsFree) {
    // One keyslot of two blocks leaves six of eight lanes empty.
    const Imagined wide({{1, 330}, {8, 500}});
    EXPECT_EQ(wide.taken(8, false), 4U);
    EXPECT_EQ(wide.taken(3, false), 3U);
    EXPECT_EQ(wide.taken(1, false), 1U);
    // Two streams fill what the processor can do.
    const Imagined narrow({{1, 77}, {2, 106}, {4, 212}});
    EXPECT_EQ(narrow.taken(8, false), 1U);
    EXPECT_EQ(narrow.taken(8, true), 1U);
}

TEST(Pbkdf2Together, LaterKeyslotsShareWhereTheWholeIsShorter) {
    const Imagined both({{1, 77}, {2, 106}, {16, 495}});
    EXPECT_EQ(both.taken(8, false), 1U);
    EXPECT_EQ(both.taken(8, true), 8U);
    EXPECT_EQ(both.taken(3, true), 1U) << "sixteen lanes do not pay for six streams";
}

}  // namespace
}  // namespace latchkey::crypto
