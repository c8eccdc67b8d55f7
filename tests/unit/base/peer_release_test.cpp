// SPDX-License-Identifier: GPL-2.0-or-later
#include "latchkey/peer_release.h"

#include <gtest/gtest.h>

#include <string>

#include "cli/options.h"

namespace latchkey {
namespace {

TEST(PeerReleases, HaveTheNamesThatTheOptionTakes) {
    std::string names;
    for (const PeerRelease release :
         {PeerRelease::Of2004, PeerRelease::V2_6, PeerRelease::V2_7, PeerRelease::V2_8}) {
        const std::string name(habits_of(release).name);
        EXPECT_EQ(find_peer_release(name), release) << name;
        names += (names.empty() ? "" : "|") + name;
    }
    EXPECT_EQ(cli::opt::compat.words, names);
    EXPECT_FALSE(find_peer_release("2.5"));
    EXPECT_FALSE(find_peer_release(""));
}

TEST(PeerReleases, ClaimAVersionOfTheirOwn) {
    for (const PeerRelease release : {PeerRelease::V2_6, PeerRelease::V2_7, PeerRelease::V2_8}) {
        const PeerHabits& habits = habits_of(release);
        EXPECT_TRUE(habits.version.starts_with(std::string(habits.name) + ".")) << habits.version;
    }
    // The first tool's habits are for its own commands; other programs still ask for a version of today.
    EXPECT_EQ(habits_of(PeerRelease::Of2004).version, habits_of(built_peer_release()).version);
}

TEST(PeerReleases, PlainVolumesHaveTheDefaultsOfTheirTime) {
    const auto defaults = [](PeerRelease release) {
        const PeerHabits& habits = habits_of(release);
        return std::string(habits.plain_cipher) + " " + std::string(habits.plain_hash);
    };
    EXPECT_EQ(defaults(PeerRelease::Of2004), "aes-cbc-plain ripemd160");
    EXPECT_EQ(defaults(PeerRelease::V2_6), "aes-cbc-essiv:sha256 ripemd160");
    EXPECT_EQ(defaults(PeerRelease::V2_7), "aes-xts-plain64 sha256");
    EXPECT_EQ(defaults(PeerRelease::V2_8), "aes-xts-plain64 sha256");
}

}  // namespace
}  // namespace latchkey
