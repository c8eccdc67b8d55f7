// SPDX-License-Identifier: GPL-2.0-or-later
// A transaction of each LUKS format: many commits, pauses in which others may write, and what is shown.
#include "formats/transaction.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "luks1/store.h"
#include "luks2/transaction.h"
#include "support/fault_device.h"
#include "volume_testing.h"

namespace latchkey {
namespace {

using Luks1OnDisk = formats::HeaderOnDisk<luks1::Store>;
using Luks2OnDisk = formats::HeaderOnDisk<luks2::Store>;

luks2::Metadata labelled(luks2::Metadata metadata, const std::string& label) {
    metadata.binary.label = label;
    return metadata;
}

std::string label_on(const test::TestVolume& made) {
    return luks2::read_metadata(*made.device)->metadata.binary.label;
}

TEST(Transaction, MakesManyCommitsWithOneReading) {
    test::TestVolume made("LUKS2");
    const auto device = std::make_shared<test::FaultDevice>(made.device);
    Luks2OnDisk header(device, *luks2::read_metadata(*device));
    int times = 0;
    device->faults.change_read = [&](std::size_t, std::uint64_t offset, MutableByteView bytes) {
        if (offset <= 4096 && 4096 < offset + bytes.size()) ++times;
    };
    const auto change = header.begin(made.context);
    ASSERT_TRUE(change) << change.error().message;
    EXPECT_EQ(device->locks_held(), 1);
    for (const std::string label : {"one", "two", "three"}) {
        ASSERT_TRUE((*change)->commit(labelled((*change)->current(), label)));
        EXPECT_EQ(label_on(made), label);
        EXPECT_EQ(header.stored().metadata.binary.label, label);
    }
    EXPECT_EQ(times, 1);
}

TEST(Transaction, LetsOthersWriteInAPauseAndSeesWhatTheyWrote) {
    test::TestVolume made("LUKS2");
    const auto device = std::make_shared<test::FaultDevice>(made.device);
    Luks2OnDisk header(device, *luks2::read_metadata(*device));
    luks2::Transaction change(made.context, header);
    ASSERT_TRUE(change.begin());
    ASSERT_TRUE(change.commit(labelled(change.current(), "first")));
    change.pause();
    EXPECT_EQ(device->locks_held(), 0);
    auto other = Volume::load(made.context, Device(made.device));
    ASSERT_TRUE(other->set_label(made.context, {}, "of another"));
    ASSERT_TRUE(change.begin());
    EXPECT_EQ(device->locks_held(), 1);
    EXPECT_EQ(change.current().binary.subsystem, "of another");
    ASSERT_TRUE(change.commit(labelled(change.current(), "second")));
    EXPECT_EQ(luks2::read_metadata(*made.device)->metadata.binary.subsystem, "of another");
    EXPECT_EQ(label_on(made), "second");
}

TEST(Transaction, KeepsItsLastingLockInAPause) {
    test::TestVolume made("LUKS2");
    const auto device = std::make_shared<test::FaultDevice>(made.device);
    Luks2OnDisk header(device, *luks2::read_metadata(*device));
    auto lasting = formats::lock_metadata(made.context, *device);
    ASSERT_TRUE(lasting);
    {
        luks2::Transaction change(made.context, header, *std::move(lasting));
        ASSERT_TRUE(change.begin());
        change.pause();
        EXPECT_EQ(device->locks_held(), 1);
    }
    EXPECT_EQ(device->locks_held(), 0);
}

TEST(Transaction, ShowsNothingNewAfterARefusal) {
    test::TestVolume made("LUKS1", 2);
    Luks1OnDisk header(made.device, *luks1::read_header(*made.device));
    ASSERT_TRUE(made.volume->kill_keyslot(made.context, 1));
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto change = header.begin(made.context);
        ASSERT_TRUE(change) << change.error().message;
        EXPECT_EQ((*change)->expect_unchanged(1).error().code, Errc::ConcurrentChange);
        EXPECT_TRUE((*change)->expect_unchanged(0));
    }
    const auto change = header.begin(made.context);
    (*change)->show_current();
    EXPECT_TRUE(header.stored().header.keyslot(1).disabled());
}

TEST(Transaction, OfAnotherVolumeIsNotBegun) {
    for (const std::string type : {"LUKS1", "LUKS2"}) {
        test::TestVolume made(type);
        auto volume = Volume::load(made.context, Device(made.device));
        FormatParams params = test::cheap_format(type);
        params.uuid = "00000000-1111-2222-3333-444444444444";
        ASSERT_TRUE(Volume::format(made.context, Device(made.device), {}, params));
        const auto refused = volume->set_uuid(made.context, test::kUuid);
        ASSERT_FALSE(refused) << type;
        EXPECT_EQ(refused.error().code, Errc::ConcurrentChange) << refused.error().message;
    }
}

TEST(Transaction, IsRefusedOnAReadOnlyDeviceBeforeTheLock) {
    test::TestVolume made("LUKS1");
    const auto device = std::make_shared<test::FaultDevice>(made.device);
    device->faults.read_only = true;
    Luks1OnDisk header(device, *luks1::read_header(*device));
    const auto refused = header.begin(made.context);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::AccessDenied);
    EXPECT_EQ(device->locks_held(), 0);
}

}  // namespace
}  // namespace latchkey
