// SPDX-License-Identifier: GPL-2.0-or-later
#include "volume/guard.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using volume::check_removal;
using volume::human_keyslots;

KeyslotInfo plain(int number) {
    return {.number = number};
}
KeyslotInfo unbound(int number) {
    return {.number = number, .unbound = true};
}
KeyslotInfo by_token(int number) {
    return {.number = number, .held_by_token = true};
}
KeyslotInfo unusable(int number) {
    return {.number = number, .usable = false};
}
KeyslotInfo ignored(int number) {
    return {.number = number, .priority = Priority::Ignore};
}

TEST(Guard, CountsKeyslotsThatAPersonCanUse) {
    EXPECT_EQ(human_keyslots({plain(0), unbound(1), by_token(2), unusable(3), ignored(4)}), 2);
    EXPECT_EQ(human_keyslots({plain(0), ignored(4)}, 4), 1);
    EXPECT_EQ(human_keyslots({plain(0)}, 0), 0);
    EXPECT_EQ(human_keyslots({}), 0);
}

struct Removal {
    const char* name;
    std::vector<KeyslotInfo> keyslots;
    int number;
    const char* refusal;  // "" = may be removed
};

class GuardRemoval : public testing::TestWithParam<Removal> {};

TEST_P(GuardRemoval, IsRefusedWithTheKeyslotsNumber) {
    const auto checked = check_removal(Policy{}, GetParam().keyslots, GetParam().number);
    if (*GetParam().refusal == '\0') {
        EXPECT_TRUE(checked);
        return;
    }
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::LastKeyslot);
    EXPECT_EQ(checked.error().message, GetParam().refusal);
}

INSTANTIATE_TEST_SUITE_P(
    All, GuardRemoval,
    testing::Values(
        Removal{"OneOfTwo", {plain(0), plain(1)}, 1, ""},
        Removal{"TheOnlyOne", {plain(3)}, 3, "keyslot 3 is the last one that a person can use"},
        Removal{"MachinesDoNotCount",
                {plain(0), by_token(1)},
                0,
                "keyslot 0 is the last one that a person can use"},
        Removal{"UnboundDoesNotCount",
                {plain(0), unbound(1)},
                0,
                "keyslot 0 is the last one that a person can use"},
        Removal{"UnusableDoesNotCount",
                {plain(0), unusable(1)},
                0,
                "keyslot 0 is the last one that a person can use"},
        Removal{"IgnoredCounts", {plain(0), ignored(1)}, 0, ""},
        Removal{"IgnoredIsGuardedToo",
                {ignored(1)},
                1,
                "keyslot 1 is the last one that a person can use"},
        Removal{"MachineBesidePerson", {plain(0), by_token(1)}, 1, ""},
        Removal{
            "LastOfMachines", {by_token(1)}, 1, "keyslot 1 is the last one that opens the volume"},
        Removal{"OneOfTheMachines", {by_token(1), by_token(2)}, 1, ""},
        Removal{"UnboundMayGo", {plain(0), unbound(1)}, 1, ""},
        Removal{"LoneUnboundMayGo", {unbound(1)}, 1, ""},
        Removal{"UnusableMayGo", {unusable(1)}, 1, ""}),
    [](const auto& test) { return test.param.name; });

TEST(Guard, CanBeSwitchedOff) {
    Policy policy;
    policy.guard_last_keyslot = false;
    EXPECT_TRUE(check_removal(policy, {plain(0)}, 0));
}

TEST(Guard, KnowsWhichKeyslotsAreActive) {
    const auto missing = volume::find_keyslot({plain(0)}, 5);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Errc::KeyslotInactive);
    EXPECT_EQ(missing.error().message, "keyslot 5 is not active");
}

}  // namespace
}  // namespace latchkey
