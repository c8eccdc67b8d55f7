// SPDX-License-Identifier: GPL-2.0-or-later
// A mapping that is open while its data are reencrypted: the table of each device in each state, the order of the
// calls, a fault in each of them, and what a killed process leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activate/overlay.h"
#include "activate_testing.h"
#include "base/secret_text.h"

namespace latchkey {
namespace {

using model::PlainPart;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kSector = 512;
constexpr std::uint64_t kMapped = 98304;  // sectors, as are these
constexpr std::uint64_t kData = 32768;
constexpr std::uint64_t kZone = 8192;
constexpr const char* kOld = "cryptsetup:12345678-1234-1234-1234-123456789abc-d0";
constexpr const char* kNew = "cryptsetup:12345678-1234-1234-1234-123456789abc-d1";

// Returns the plan when the first `done` sectors are new.
MappingPlan partly_new(std::uint64_t done) {
    MappingPlan plan{.type = "LUKS2",
                     .uuid = test::kMappedUuid,
                     .keys = {{.bytes = test::kKeyBytes, .keyring_description = kOld},
                              {.bytes = test::kKeyBytes, .keyring_description = kNew}}};
    const auto add = [&](std::uint64_t start, std::optional<std::uint64_t> length,
                         std::size_t key) {
        plan.segments.push_back({.start = start,
                                 .length = length,
                                 .cipher = "aes-xts-plain64",
                                 .iv_offset = start,
                                 .device_offset = kData + start,
                                 .key = key});
    };
    const bool all = done == kMapped;
    if (done != 0) add(0, all ? std::nullopt : std::optional(done), 1);
    if (!all) add(done, std::nullopt, 0);
    return plan;
}

PlainPart zone(std::uint64_t number) {
    return {.offset = number * kZone * kSector, .length = kZone * kSector};
}

// A world with an open volume, and a reencryption of it.
struct OpenVolume : test::ActivationBench {
    std::vector<VolumeKey> more;
    std::unique_ptr<model::DataUsers> users;

    OpenVolume() {
        context.policy.metadata_locks = false;
        more.push_back(test::activation_key(std::byte{0xcd}));
        MappingPlan plan = partly_new(0);
        plan.keys.resize(1);
        EXPECT_TRUE(open(plan, block));
        world.calls.clear();
    }
    KeyRing keys() { return {key, more}; }
    Result<void> look() {
        LK_ASSIGN(users, backend.users(context, {"x", test::kMappedUuid, block}));
        return {};
    }
    Result<void> adopt(std::uint64_t done) {
        LK_TRY(look());
        return users->adopt(partly_new(done), keys(),
                            {.offset_bytes = kData * kSector, .forward = true});
    }
    // All that a reencryption does that stops after two hotzones, one of which it gives up.
    Result<void> work() {
        LK_TRY(adopt(0));
        LK_TRY(users->hold(partly_new(kZone), keys(), zone(0)));
        LK_TRY(users->release());
        LK_TRY(users->hold(partly_new(2 * kZone), keys(), zone(1)));
        LK_TRY(users->release());
        return users->leave(partly_new(2 * kZone), keys());
    }
    test::FakeKernelWorld::Mapping& device(const std::string& name) {
        return world.mappings.at(name);
    }
    // Returns the tables, without the uuids.
    std::string tables() {
        std::string text;
        for (const auto& [name, mapping] : world.mappings)
            for (const auto& target : mapping.live)
                text += name + (mapping.suspended ? " suspended: " : ": ") +
                        std::to_string(target.start) + " " + std::to_string(target.length) + " " +
                        target.type + " " + target.parameters + "\n";
        return text;
    }
};

class OnlineReencryption : public testing::Test, protected OpenVolume {
  protected:
    const std::string old_field = std::string(":4:logon:") + kOld;
    const std::string new_field = std::string(":4:logon:") + kNew;
    const std::string hotzone_line = "x-hotzone-forward: 0 98304 linear 8:1 32768\n";
};

TEST_F(OnlineReencryption, EachStateHasThePeersTables) {
    ASSERT_TRUE(adopt(0));
    EXPECT_EQ(tables(), "x: 0 98304 linear 254:2 0\n" + hotzone_line +
                            "x-overlay: 0 98304 crypt aes-xts-plain64 " + old_field +
                            " 0 8:1 32768\n");
    EXPECT_EQ(device("x-overlay").uuid, "CRYPT-SUBDEV-12345678123412341234123456789abc-x-overlay");
    EXPECT_EQ(device("x-hotzone-forward").uuid,
              "CRYPT-SUBDEV-12345678123412341234123456789abc-x-hotzone-forward");

    ASSERT_TRUE(users->hold(partly_new(kZone), keys(), zone(0)));
    EXPECT_EQ(tables(),
              "x: 0 98304 linear 254:2 0\n"
              "x-hotzone-forward suspended: 0 98304 linear 8:1 32768\n"
              "x-overlay: 0 8192 crypt aes-xts-plain64 " +
                  new_field +
                  " 0 254:1 0\n"
                  "x-overlay: 8192 90112 crypt aes-xts-plain64 " +
                  old_field + " 8192 8:1 40960\n");
    ASSERT_TRUE(users->release());
    EXPECT_FALSE(device("x-hotzone-forward").suspended);

    ASSERT_TRUE(users->hold(partly_new(2 * kZone), keys(), zone(1)));
    EXPECT_EQ(tables(),
              "x: 0 98304 linear 254:2 0\n"
              "x-hotzone-forward suspended: 0 98304 linear 8:1 32768\n"
              "x-overlay: 0 8192 crypt aes-xts-plain64 " +
                  new_field +
                  " 0 8:1 32768\n"
                  "x-overlay: 8192 8192 crypt aes-xts-plain64 " +
                  new_field +
                  " 8192 254:1 8192\n"
                  "x-overlay: 16384 81920 crypt aes-xts-plain64 " +
                  old_field + " 16384 8:1 49152\n");
    ASSERT_TRUE(users->release());
    ASSERT_TRUE(users->leave(partly_new(2 * kZone), keys()));
    EXPECT_EQ(tables(), "x: 0 16384 crypt aes-xts-plain64 " + new_field +
                            " 0 8:1 32768\n"
                            "x: 16384 81920 crypt aes-xts-plain64 " +
                            old_field + " 16384 8:1 49152\n");
    EXPECT_EQ(device("x").uuid, "CRYPT-LUKS2-12345678123412341234123456789abc-x");
    users.reset();
    EXPECT_TRUE(world.keys.empty());
}

TEST_F(OnlineReencryption, ThePartIsHeldFromTopToBottom) {
    ASSERT_TRUE(adopt(0));
    world.calls.clear();
    ASSERT_TRUE(users->hold(partly_new(kZone), keys(), zone(0)));
    ASSERT_TRUE(users->release());
    EXPECT_THAT(world.calls, ElementsAre("reload x-overlay", "suspend x-overlay nolockfs noflush",
                                         "suspend x-hotzone-forward nolockfs noflush",
                                         "resume x-overlay", "resume x-hotzone-forward", "settle"));
}

TEST_F(OnlineReencryption, TheFlagsOfTheMappingStay) {
    world.mappings.at("x").live.front().parameters += " 1 allow_discards";
    ASSERT_TRUE(work());
    for (const auto& target : device("x").live)
        EXPECT_THAT(target.parameters, HasSubstr(" 1 allow_discards"));
}

// Whatever call fails, no device stays suspended, and the mapping does what the header says.
TEST(OnlineReencryptionFaults, AfterEachFaultTheMappingGoesOn) {
    std::size_t calls = 0;
    {
        OpenVolume whole;
        ASSERT_TRUE(whole.work());
        calls = whole.world.calls.size();
    }
    for (std::size_t n = 0; n < calls; ++n) {
        OpenVolume bench;
        bench.world.fail_at = n;
        const auto failed = bench.work();
        const std::string call = bench.world.calls.at(n);
        SCOPED_TRACE(std::to_string(n) + " " + call);
        if (call == "settle") {
            EXPECT_TRUE(failed);
            continue;
        }
        ASSERT_FALSE(failed);
        // A part that waits is still old.
        const auto waiting = bench.users ? bench.users->waiting() : std::nullopt;
        const bool released = call == "resume x-hotzone-forward" && waiting;
        if (waiting && !released) {
            EXPECT_TRUE(bench.users->abandon(
                partly_new(waiting.value_or(model::PlainPart{}).offset / kSector), bench.keys()));
        }
        // The next run takes over what is left.
        for (const std::uint64_t part : {std::uint64_t{0}, kZone, 2 * kZone}) {
            bench.users.reset();
            if (bench.adopt(part) && bench.users->release()) {
                EXPECT_TRUE(bench.users->leave(partly_new(part), bench.keys()));
                break;
            }
        }
        ASSERT_EQ(bench.world.mappings.size(), 1U) << bench.tables();
        EXPECT_FALSE(bench.device("x").suspended);
        EXPECT_FALSE(bench.device("x").inactive);
        EXPECT_EQ(bench.device("x").live.front().type, "crypt");
    }
}

TEST(OnlineReencryptionFaults, AFaultWhileItBeginsToHoldLetsNothingWait) {
    constexpr std::size_t kCallsOfHold = 4;
    for (std::size_t n = 0; n < kCallsOfHold; ++n) {
        OpenVolume bench;
        ASSERT_TRUE(bench.adopt(0));
        const std::string before = bench.tables();
        bench.world.calls.clear();
        bench.world.fail_at = n;
        SCOPED_TRACE(n);
        ASSERT_FALSE(bench.users->hold(partly_new(kZone), bench.keys(), zone(0)));
        EXPECT_FALSE(bench.users->waiting());
        EXPECT_EQ(bench.tables(), before);
    }
}

TEST_F(OnlineReencryption, AbandonedRequestsFailAndOthersGoOnInTheOldForm) {
    ASSERT_TRUE(adopt(kZone) ? false : true) << "the mapping is all old";
    ASSERT_TRUE(adopt(0));
    const std::string before = tables();
    ASSERT_TRUE(users->hold(partly_new(kZone), keys(), zone(0)));
    world.calls.clear();
    ASSERT_TRUE(users->abandon(partly_new(0), keys()));
    EXPECT_THAT(
        world.calls,
        ElementsAre("reload x-hotzone-forward", "resume x-hotzone-forward nolockfs noflush",
                    "reload x-overlay", "resume x-overlay nolockfs noflush",
                    "reload x-hotzone-forward", "resume x-hotzone-forward nolockfs noflush"));
    EXPECT_EQ(tables(), before);
    EXPECT_FALSE(users->waiting());
}

TEST_F(OnlineReencryption, RefusedPartsFailUntilTheyAreTakenOver) {
    ASSERT_TRUE(adopt(0));
    ASSERT_TRUE(users->hold(partly_new(kZone), keys(), zone(0)));
    ASSERT_TRUE(users->refuse());
    EXPECT_THAT(tables(), HasSubstr("x-hotzone-forward: 0 98304 error \n"));
    users.reset();

    ASSERT_TRUE(look());
    ASSERT_EQ(users->waiting(), zone(0));
    ASSERT_TRUE(adopt(kZone));
    EXPECT_TRUE(device("x-hotzone-forward").suspended);
    ASSERT_TRUE(users->release());
    EXPECT_THAT(tables(), HasSubstr(hotzone_line));
}

TEST_F(OnlineReencryption, APartThatWaitsSinceAKillIsKnown) {
    ASSERT_TRUE(adopt(0));
    ASSERT_TRUE(users->hold(partly_new(kZone), keys(), zone(0)));
    users.reset();

    ASSERT_TRUE(look());
    ASSERT_EQ(users->waiting(), zone(0));
    // The requests that wait are in the new form: to the old one they must not go.
    EXPECT_FALSE(adopt(0));
    EXPECT_TRUE(device("x-hotzone-forward").suspended);
    ASSERT_TRUE(adopt(kZone));
    ASSERT_TRUE(users->release());
    ASSERT_TRUE(users->leave(partly_new(kZone), keys()));
    EXPECT_EQ(world.mappings.size(), 1U);
}

// Killed between the steps of hold(): the new table of the overlay must never come into effect.
TEST_F(OnlineReencryption, ATableThatWasOnlyLoadedIsDropped) {
    for (const bool hotzone_too : {false, true}) {
        SCOPED_TRACE(hotzone_too);
        ASSERT_TRUE(adopt(0));
        const std::string before = tables();
        device("x-overlay").inactive = {{0, kMapped, "linear", "8:1 32768"}};
        device("x-overlay").suspended = true;
        device("x-hotzone-forward").suspended = hotzone_too;
        users.reset();
        ASSERT_TRUE(look());
        EXPECT_FALSE(users->waiting());
        ASSERT_TRUE(adopt(0));
        EXPECT_EQ(tables(), before);
        EXPECT_FALSE(device("x-overlay").inactive);
        ASSERT_TRUE(users->leave(partly_new(0), keys()));
    }
}

TEST_F(OnlineReencryption, HelpersThatNothingUsesAreMadeAnew) {
    ASSERT_TRUE(adopt(0));
    device("x").live = {{0, kMapped, "crypt", "aes-xts-plain64 " + old_field + " 0 8:1 32768"}};
    users.reset();
    ASSERT_TRUE(work());
    EXPECT_EQ(world.mappings.size(), 1U);
}

TEST_F(OnlineReencryption, HelpersOfAnotherVolumeAreNotTouched) {
    world.mappings["x-overlay"] = {
        .uuid = "CRYPT-SUBDEV-00000000000000000000000000000000-x-overlay",
        .live = {{0, 8, "zero", ""}}};
    const auto refused = adopt(0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::Exists);
    EXPECT_TRUE(world.mappings.contains("x-overlay"));
    EXPECT_EQ(device("x").live.front().type, "crypt");
}

TEST_F(OnlineReencryption, AMappingThatDoesSomethingElseIsRefusedBeforeAnythingChanges) {
    const std::string before = world.state();
    for (const std::uint64_t done : {kZone, kMapped}) {
        const auto refused = adopt(done);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::CorruptHeader);
        EXPECT_EQ(world.state(), before);
    }
}

TEST_F(OnlineReencryption, WhatCannotBeDoneWhileItIsOpenIsRefusedByName) {
    const auto refused = [&](const char* words) {
        const auto looked = look();
        ASSERT_FALSE(looked);
        EXPECT_THAT(looked.error().message, HasSubstr(words));
    };
    device("x").read_only = true;
    refused("it can only be read");
    device("x").read_only = false;
    device("x").suspended = true;
    refused("it is suspended");
    device("x").suspended = false;
    device("x").uuid = "CRYPT-LUKS2-00000000000000000000000000000000-x";
    refused("is not of the volume 12345678-");
    device("x").uuid = "CRYPT-PLAIN-x";
    refused("is not of the volume 12345678-");
    world.mappings.clear();
    refused("x is not active");
}

TEST_F(OnlineReencryption, ClosingRemovesAllDevicesAlthoughOneIsSuspended) {
    ASSERT_TRUE(adopt(0));
    ASSERT_TRUE(users->hold(partly_new(kZone), keys(), zone(0)));
    users.reset();
    const auto closed = backend.close(context, "x", {});
    ASSERT_TRUE(closed) << closed.error().message;
    EXPECT_TRUE(world.mappings.empty()) << tables();
}

TEST_F(OnlineReencryption, ClosingRemovesHelpersThatNothingUses) {
    ASSERT_TRUE(adopt(0));
    device("x").live = {{0, kMapped, "crypt", "aes-xts-plain64 " + old_field + " 0 8:1 32768"}};
    users.reset();
    ASSERT_TRUE(backend.close(context, "x", {}));
    EXPECT_TRUE(world.mappings.empty()) << tables();
}

TEST_F(OnlineReencryption, StatusLooksThroughTheOverlay) {
    ASSERT_TRUE(adopt(0));
    ASSERT_TRUE(users->hold(partly_new(kZone), keys(), zone(0)));
    const auto info = backend.status(context, "x");
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->reencrypting);
    EXPECT_EQ(info->cipher, "aes-xts-plain64");
    EXPECT_EQ(info->device, "/dev/sdz1");
    EXPECT_EQ(info->size_sectors, kMapped);
}

TEST_F(OnlineReencryption, TheMappingOfADeviceIsFoundInEachState) {
    const auto found = [&] { return backend.mappings_over(block).value(); };
    EXPECT_THAT(found(), ElementsAre("x"));
    ASSERT_TRUE(adopt(0));
    EXPECT_THAT(found(), ElementsAre("x"));
    ASSERT_TRUE(users->hold(partly_new(kZone), keys(), zone(0)));
    EXPECT_THAT(found(), ElementsAre("x"));
}

}  // namespace
}  // namespace latchkey
