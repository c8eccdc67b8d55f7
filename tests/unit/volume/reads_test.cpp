// SPDX-License-Identifier: GPL-2.0-or-later
// How often a change reads a header: once before the lock, once under it.
#include <gmock/gmock.h>

#include <functional>
#include <map>

#include "support/fault_device.h"
#include "volume_testing.h"

namespace latchkey {
namespace {

using Change = std::function<Result<void>(Context&, Volume&)>;

Result<void> without_value(const Result<int>& result) {
    if (!result) return result.error();
    return {};
}

Result<UnlockedVolume> first_keyslot(Context& context, const Volume& volume) {
    return volume.unlock(context, test::passphrase("zero"), {.keyslot = 0});
}

constexpr const char* kToken = R"({"type":"x","keyslots":["1"]})";

// Of both formats.
const std::map<std::string, Change> kCommonChanges = {
    {"add a keyslot",
     [](Context& context, Volume& volume) -> Result<void> {
         LK_ASSIGN(const auto opened, first_keyslot(context, volume));
         return without_value(volume.add_keyslot(context, opened.key, test::passphrase("new"),
                                                 test::cheap_keyslot()));
     }},
    {"change a keyslot",
     [](Context& context, Volume& volume) -> Result<void> {
         LK_ASSIGN(const auto opened, first_keyslot(context, volume));
         return without_value(volume.change_keyslot(context, opened, test::passphrase("new"),
                                                    test::cheap_keyslot()));
     }},
    {"move a keyslot",
     [](Context& context, Volume& volume) -> Result<void> {
         LK_ASSIGN(const auto opened, first_keyslot(context, volume));
         return without_value(volume.move_keyslot(context, opened, 7, test::passphrase("new"),
                                                  test::cheap_keyslot()));
     }},
    {"kill a keyslot",
     [](Context& context, Volume& volume) { return volume.kill_keyslot(context, 1); }},
    {"erase", [](Context& context, Volume& volume) { return volume.erase_keyslots(context); }},
    {"set a UUID",
     [](Context& context, Volume& volume) {
         return volume.set_uuid(context, "12345678-1234-1234-1234-123456789abc");
     }},
};

const std::map<std::string, Change> kLuks2Changes = {
    {"set a label",
     [](Context& context, Volume& volume) { return volume.set_label(context, "label", {}); }},
    {"set a priority",
     [](Context& context, Volume& volume) {
         return volume.set_priority(context, 1, Priority::Prefer);
     }},
    {"name a keyslot",
     [](Context& context, Volume& volume) { return volume.set_keyslot_name(context, 1, "name"); }},
    {"replace a token",
     [](Context& context, Volume& volume) {
         return without_value(volume.import_token(context, 0, kToken, true));
     }},
    {"remove a token",
     [](Context& context, Volume& volume) { return volume.remove_token(context, 0); }},
    {"unassign a token",
     [](Context& context, Volume& volume) { return volume.assign_token(context, 0, 1, false); }},
};

// Changes the header on a device and expects that each of these bytes, one of each header copy, is read twice at most.
void expect_two_reads(test::TestVolume& made, const std::vector<std::uint64_t>& copies,
                      const std::string& name, const Change& change) {
    const auto device = std::make_shared<test::FaultDevice>(made.device);
    std::map<std::uint64_t, int> times;
    device->faults.change_read = [&](std::size_t, std::uint64_t offset, MutableByteView bytes) {
        for (const std::uint64_t copy : copies)
            if (offset <= copy && copy < offset + bytes.size()) ++times[copy];
    };
    auto volume = Volume::load(made.context, Device(device), {.type = made.volume->info().type});
    ASSERT_TRUE(volume) << volume.error().message;
    const auto changed = change(made.context, *volume);
    ASSERT_TRUE(changed) << name << ": " << changed.error().message;
    EXPECT_GT(device->writes(), 0U) << name;
    for (const auto& [copy, count] : times) EXPECT_LE(count, 2) << name << ", byte " << copy;
}

TEST(Luks2Reads, AChangeReadsEachHeaderCopyAtMostTwice) {
    for (const auto& changes : {kCommonChanges, kLuks2Changes})
        for (const auto& [name, change] : changes) {
            test::TestVolume made("LUKS2", 2);
            ASSERT_TRUE(made.volume->import_token(made.context, 0, kToken, false));
            expect_two_reads(made, {4096, 16384 + 4096}, name, change);
        }
}

TEST(Luks1Reads, AChangeReadsTheHeaderAtMostTwice) {
    constexpr std::uint64_t kLastKeyslot = 544;
    for (const auto& [name, change] : kCommonChanges) {
        test::TestVolume made("LUKS1", 2);
        expect_two_reads(made, {kLastKeyslot}, name, change);
    }
}

// Without a lock an incomplete copy may be one that is being written.  It is read again, unless nothing else can
// write.
TEST(Luks2Reads, WhatIsAtRestIsLookedAtOnce) {
    test::TestVolume made("LUKS2", 1);
    made.device->bytes()[16384 + 5000] ^= std::byte{1};  // in the second copy
    made.context.policy.metadata_locks = false;
    for (const bool at_rest : {true, false}) {
        const auto device = std::make_shared<test::FaultDevice>(made.device);
        int times = 0;
        device->faults.change_read = [&](std::size_t, std::uint64_t offset, MutableByteView bytes) {
            if (offset <= 4096 && 4096 < offset + bytes.size()) ++times;
        };
        ASSERT_TRUE(Volume::load(made.context, Device(device), {.at_rest = at_rest}));
        if (at_rest)
            EXPECT_EQ(times, 1);
        else
            EXPECT_GT(times, 1);
    }
}

// A header read under the lock is valid for one change, while the lock is held.
TEST(Luks2Reads, TheNextChangeLooksAgain) {
    test::TestVolume made("LUKS2", 4);
    ASSERT_TRUE(made.volume->kill_keyslot(made.context, 0));
    auto other = Volume::load(made.context, Device(made.device));
    ASSERT_TRUE(other->set_label(made.context, "by another", {}));
    ASSERT_TRUE(made.volume->kill_keyslot(made.context, 1));
    EXPECT_EQ(Volume::load(made.context, Device(made.device))->info().label, "by another");
    EXPECT_EQ(other->kill_keyslot(made.context, 1).error().code, Errc::KeyslotInactive);
    EXPECT_EQ(made.opens("two"), 2);
}

// A program without locks wrote between the lock and the commit: only the sequence id shows it.
TEST(Luks2Reads, WhoWritesWithoutTheLockIsSeenAllTheSame) {
    test::TestVolume made("LUKS2", 2);
    const auto device = std::make_shared<test::FaultDevice>(made.device);
    auto volume = Volume::load(made.context, Device(device));
    const auto opened = first_keyslot(made.context, *volume);
    ASSERT_TRUE(opened);
    std::size_t under_lock = 0;
    device->faults.change_read = [&](std::size_t, std::uint64_t offset, MutableByteView) {
        if (offset != 0 || device->locks_held() == 0 || under_lock++ != 1) return;
        Context theirs;
        theirs.policy.metadata_locks = false;
        auto other = Volume::load(theirs, Device(made.device));
        ASSERT_TRUE(other->set_label(theirs, "by another", {}));
    };
    const auto added = volume->add_keyslot(made.context, opened->key, test::passphrase("new"),
                                           test::cheap_keyslot());
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, Errc::ConcurrentChange) << added.error().message;
    EXPECT_EQ(Volume::load(made.context, Device(made.device))->info().label, "by another");
}

}  // namespace
}  // namespace latchkey
