// SPDX-License-Identifier: GPL-2.0-or-later
// The operations on real headers of both formats; the peer examines the results.
#include <gmock/gmock.h>

#include <algorithm>

#include "latchkey/condition.h"
#include "volume_testing.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class Verbs : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, Verbs, testing::Values("LUKS1", "LUKS2"),
                         [](const auto& test) { return test.param; });

TEST_P(Verbs, FormattedVolumeOpensWithItsPassphraseAlone) {
    TestVolume volume(GetParam());
    EXPECT_EQ(volume.opens("zero"), 0);
    EXPECT_EQ(volume.opens("one"), -1);
    EXPECT_TRUE(volume.peer_opens("zero"));
    EXPECT_FALSE(volume.peer_opens("one"));
    EXPECT_THAT(volume.peer_dump(), HasSubstr(kUuid));
    EXPECT_EQ(volume.volume->info().type, GetParam());
}

TEST_P(Verbs, AVolumeKeyMayBeGiven) {
    Context context;
    const auto device = memory(Bytes(kVolumeBytes));
    const Bytes key(32, std::byte{7});
    auto made = Volume::format(context, Device(device), {}, cheap_format(GetParam()),
                               SecretBuffer::copy_of(key));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_TRUE(made->volume.verify(context, CandidateKey(SecretBuffer::copy_of(key))));
    const auto wrong = made->volume.verify(context, CandidateKey(SecretBuffer::copy_of(Bytes(32))));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Errc::WrongPassphrase);

    auto refused =
        Volume::format(context, Device(device), {}, cheap_format(GetParam()), SecretBuffer(31));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "volume key of 31 bytes, key size of 32");
}

// What follows a detached header on its device belongs to somebody else.
TEST_P(Verbs, ADetachedHeaderOverwritesOnlyItself) {
    Context context;
    const std::byte others{'A'};
    const auto device = memory(Bytes(24U << 20, others));
    FormatParams params = cheap_format(GetParam());
    params.detached = true;
    const auto made =
        Volume::format(context, Device(device), Device(memory(Bytes(kVolumeBytes))), params);
    ASSERT_TRUE(made) << made.error().message;
    const VolumeInfo info = made->volume.info();
    // LUKS1 clears what is before the place of attached data, as the peer does.
    const std::uint64_t end =
        GetParam() == "LUKS1" ? 2U << 20 : 2 * info.metadata_size + info.keyslots_size;
    ASSERT_LT(end, device->size());
    Bytes rest(device->size() - end);
    ASSERT_TRUE(device->read(end, rest));
    EXPECT_TRUE(std::ranges::all_of(rest, [&](std::byte b) { return b == others; }));
}

// A larger header had its second copy behind the areas of the new one.
TEST_P(Verbs, NoSecondCopyOfAnOlderDetachedHeaderStays) {
    if (GetParam() == "LUKS1") return;
    Context context;
    const auto device = memory(Bytes(24U << 20));
    FormatParams params = cheap_format(GetParam());
    params.detached = true;
    const Device data(memory(Bytes(kVolumeBytes)));
    params.metadata_size = 0x400000;
    ASSERT_TRUE(Volume::format(context, Device(device), data, params));
    params.metadata_size = 0x4000;
    params.keyslots_size = 0x100000;
    ASSERT_TRUE(Volume::format(context, Device(device), data, params));
    std::array<std::byte, 6> magic{};
    ASSERT_TRUE(device->read(0x400000, magic));
    EXPECT_EQ(magic[0], std::byte{0});
}

TEST_P(Verbs, PassphrasesComeChangeAndGo) {
    TestVolume volume(GetParam(), 3);
    const auto opened = volume.volume->unlock(volume.context, passphrase("one"));
    ASSERT_TRUE(opened) << opened.error().message;
    const auto changed =
        volume.volume->change_keyslot(volume.context, *opened, passphrase("uno"), cheap_keyslot(1));
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(*changed, 1);
    EXPECT_EQ(volume.opens("one"), -1);
    EXPECT_EQ(volume.opens("uno"), 1);
    EXPECT_EQ(volume.opens("zero"), 0);

    const auto killed = volume.volume->kill_keyslot(volume.context, 0);
    ASSERT_TRUE(killed) << killed.error().message;
    EXPECT_EQ(volume.opens("zero"), -1);
    EXPECT_EQ(volume.opens("two"), 2);
    for (const char* word : {"uno", "two"}) EXPECT_TRUE(volume.peer_opens(word)) << word;
    for (const char* word : {"zero", "one"}) EXPECT_FALSE(volume.peer_opens(word)) << word;
    EXPECT_EQ(volume.volume->keyslots().size(), 2U);
    EXPECT_EQ(volume.volume->human_keyslots(), 2);
}

// LUKS1 has a place for each number; LUKS2 for the keyslots in use alone.
TEST_P(Verbs, AnAreaHasItsPlace) {
    TestVolume volume(GetParam());
    const KeyslotInfo slot = volume.volume->keyslots().front();
    const auto used = volume.volume->keyslot_area(0);
    ASSERT_TRUE(used) << used.error().message;
    EXPECT_EQ(used->offset, slot.area_offset);
    EXPECT_EQ(used->size, slot.area_size);
    const auto empty = volume.volume->keyslot_area(1);
    if (GetParam() == "LUKS1") {
        ASSERT_TRUE(empty) << empty.error().message;
        EXPECT_GT(empty->offset, used->offset);
        EXPECT_EQ(empty->size, used->size);
    } else {
        ASSERT_FALSE(empty);
        EXPECT_EQ(empty.error().code, Errc::KeyslotInactive);
    }
    const auto beyond = volume.volume->keyslot_area(32);
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().condition, Condition::KeyslotOutOfRange);
}

TEST_P(Verbs, TheAreasLieBetweenHeaderAndData) {
    TestVolume volume(GetParam());
    const VolumeInfo info = volume.volume->info();
    EXPECT_EQ(info.metadata_size, GetParam() == "LUKS1" ? 4096U : 16384U);
    const std::uint64_t copies = GetParam() == "LUKS1" ? 1 : 2;
    EXPECT_LE(copies * info.metadata_size + info.keyslots_size, info.data_offset);
    EXPECT_GT(info.keyslots_size, 0U);
}

// It does not depend on a device's preferences; a file has none.
TEST_P(Verbs, TheUsualOffsetIsThatOfAFile) {
    Context context;
    const auto params = Volume::check_format(context, {.type = GetParam()});
    ASSERT_TRUE(params) << params.error().message;
    const auto usual = Volume::usual_data_offset(*params);
    ASSERT_TRUE(usual) << usual.error().message;
    EXPECT_EQ(*usual, GetParam() == "LUKS1" ? 4096U : 32768U);
    EXPECT_EQ(Volume::usual_data_offset({.type = "LUKS3"}).error().code, Errc::NotSupported);
}

// The roles of keys are LUKS2's.
TEST_P(Verbs, AKeyOfItsOwnMayBecomeTheVolumeKey) {
    TestVolume volume(GetParam());
    const auto added = volume.volume->add_keyslot_as(
        volume.context, SecretBuffer::copy_of(Bytes(32, std::byte{9})), passphrase("new"),
        cheap_keyslot(1), {.role = KeyRole::Unbound});
    if (GetParam() == "LUKS1") {
        ASSERT_FALSE(added);
        EXPECT_EQ(added.error().code, Errc::NotSupported);
        return;
    }
    ASSERT_TRUE(added) << added.error().message;
    const auto opened = volume.volume->unlock(volume.context, passphrase("new"));
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(opened->unbound);
    const auto made = volume.volume->make_volume_key(volume.context, *opened);
    ASSERT_TRUE(made) << made.error().message;
    const UnlockOptions of_the_data{.any_segment = false};
    EXPECT_TRUE(volume.volume->unlock(volume.context, passphrase("new"), of_the_data));
    EXPECT_FALSE(volume.volume->unlock(volume.context, passphrase("zero"), of_the_data));
}

TEST_P(Verbs, TheLastKeyslotIsGuarded) {
    TestVolume volume(GetParam());
    const Bytes before = volume.snapshot();
    const auto refused = volume.volume->kill_keyslot(volume.context, 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::LastKeyslot);
    EXPECT_EQ(refused.error().message, "keyslot 0 is the last one that a person can use");
    EXPECT_EQ(volume.snapshot(), before);

    volume.context.policy.guard_last_keyslot = false;
    EXPECT_TRUE(volume.volume->kill_keyslot(volume.context, 0));
    EXPECT_EQ(volume.opens("zero"), -1);
    EXPECT_FALSE(volume.peer_opens("zero"));
}

// Two programs each remove one of two keyslots: one of them must be refused.
TEST_P(Verbs, TheGuardLooksAtWhatIsOnTheDeviceNow) {
    TestVolume volume(GetParam(), 2);
    auto stale = Volume::load(volume.context, Device(volume.device));
    ASSERT_TRUE(stale);
    ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 0));
    const auto refused = stale->kill_keyslot(volume.context, 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::LastKeyslot) << refused.error().message;
    EXPECT_EQ(volume.opens("one"), 1);
}

TEST_P(Verbs, AnotherVolumeOnTheDeviceIsNotTouched) {
    TestVolume volume(GetParam(), 2);
    FormatParams other = cheap_format(GetParam());
    other.uuid = "00000000-0000-4000-8000-000000000001";
    ASSERT_TRUE(Volume::format(volume.context, Device(volume.device), {}, other));
    const Bytes before = volume.snapshot();
    const auto refused = volume.volume->erase_keyslots(volume.context);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::ConcurrentChange);
    EXPECT_EQ(
        refused.error().message,
        std::string("UUID on <memory> is 00000000-0000-4000-8000-000000000001 now, was ") + kUuid);
    EXPECT_EQ(volume.snapshot(), before);
}

TEST_P(Verbs, EraseTakesAllAndIsNotGuarded) {
    TestVolume volume(GetParam(), 2);
    ASSERT_TRUE(volume.volume->erase_keyslots(volume.context));
    EXPECT_EQ(volume.opens("zero"), -1);
    EXPECT_EQ(volume.opens("one"), -1);
    EXPECT_TRUE(volume.volume->keyslots().empty());
    EXPECT_FALSE(volume.peer_opens("one"));
    EXPECT_THAT(volume.peer_dump(), HasSubstr(kUuid));  // the header is still valid
}

TEST_P(Verbs, KeyslotNumbersAreCheckedBeforeTheKdfCosts) {
    TestVolume volume(GetParam());
    const int max = GetParam() == "LUKS1" ? 8 : 32;
    NewKeyslot slow{.number = 0, .kdf = {.type = "pbkdf2", .time_ms = 3'600'000}};
    const auto add = [&] {
        return volume.volume->add_keyslot(volume.context, *volume.key, passphrase("x"), slow);
    };
    auto refused = add();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::KeyslotInUse);
    EXPECT_EQ(refused.error().message, "keyslot 0 is in use");
    for (const int number : {-1, max}) {
        slow.number = number;
        refused = add();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().message, "keyslot " + std::to_string(number) +
                                               " is not in 0 to " + std::to_string(max - 1));
    }
}

TEST_P(Verbs, OnlyTheKeyslotThatOpenedIsChanged) {
    TestVolume volume(GetParam(), 2);
    const auto opened = volume.volume->unlock(volume.context, passphrase("zero"));
    ASSERT_TRUE(opened);
    const auto refused =
        volume.volume->change_keyslot(volume.context, *opened, passphrase("x"), cheap_keyslot(1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "keyslot 1 is to be changed, but 0 was opened");
    EXPECT_EQ(volume.opens("one"), 1);

    // The volume key itself may be given.
    const UnlockedVolume by_key{.key = volume.key->copy()};
    const auto changed =
        volume.volume->change_keyslot(volume.context, by_key, passphrase("x"), cheap_keyslot(1));
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(volume.opens("x"), 1);
    const auto nothing =
        volume.volume->change_keyslot(volume.context, by_key, passphrase("x"), cheap_keyslot());
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, Errc::KeyslotInactive);
}

TEST_P(Verbs, InactiveKeyslotsAreNamed) {
    TestVolume volume(GetParam());
    const auto refused = volume.volume->kill_keyslot(volume.context, 3);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::KeyslotInactive);
    EXPECT_EQ(refused.error().message, "keyslot 3 is not active");
    const auto closed = volume.volume->unlock(volume.context, passphrase("zero"), {.keyslot = 3});
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().code, Errc::KeyslotInactive);
}

TEST_P(Verbs, AShadowKeepsTheDeviceAndTellsWhatWouldChange) {
    TestVolume volume(GetParam(), 2);
    const TempDir dir;
    volume.context.policy.backup_directory = dir / "backups";
    const Bytes before = volume.snapshot();
    const Device shadow = Device(volume.device).shadow();
    auto loaded = Volume::load(volume.context, shadow);
    ASSERT_TRUE(loaded);
    ASSERT_TRUE(loaded->kill_keyslot(volume.context, 0));
    EXPECT_EQ(loaded->keyslots().size(), 1U);
    EXPECT_FALSE(shadow.changed_ranges().empty());
    ASSERT_TRUE(loaded->backup(volume.context, dir / "backup"));
    EXPECT_EQ(volume.snapshot(), before);
    EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST_P(Verbs, CancellingStopsBeforeAnythingIsWritten) {
    TestVolume volume(GetParam());
    const Bytes before = volume.snapshot();
    volume.context.cancel();
    const auto added = volume.volume->add_keyslot(volume.context, *volume.key, passphrase("x"),
                                                  {.kdf = {.type = "pbkdf2"}});
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, Errc::Interrupted);
    EXPECT_EQ(volume.snapshot(), before);
}

TEST_P(Verbs, ReadingNeverWrites) {
    TestVolume volume(GetParam(), 2);
    const TempDir dir;
    const Bytes before = volume.snapshot();
    auto loaded = Volume::load(volume.context, Device(volume.device));
    ASSERT_TRUE(loaded);
    (void)to_text(loaded->describe());
    (void)loaded->metadata_json();
    EXPECT_TRUE(loaded->unlock(volume.context, passphrase("one")));
    EXPECT_FALSE(loaded->unlock(volume.context, passphrase("none")));
    EXPECT_TRUE(loaded->backup(volume.context, dir / "backup"));
    EXPECT_EQ(volume.snapshot(), before);
}

// Header and data on separate devices; the header's file grows as needed.
TEST_P(Verbs, DetachedHeadersGrowTheirFile) {
    Context context;
    const auto header = memory(Bytes(4096));
    const auto data = memory(Bytes(kVolumeBytes));
    FormatParams params = cheap_format(GetParam());
    params.detached = true;
    auto made = Volume::format(context, Device(header), Device(data), params);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE(made->volume.add_keyslot(context, made->key, passphrase("zero"), cheap_keyslot()));
    EXPECT_EQ(made->volume.info().data_offset, 0U);
    EXPECT_GT(header->size(), 1U << 20);
    EXPECT_TRUE(std::ranges::all_of(std::as_const(*data).bytes(),
                                    [](std::byte b) { return b == std::byte{0}; }));

    const TempDir dir;
    const std::string file = dir.file("header", header->bytes());
    EXPECT_EQ(
        run_program({"cryptsetup", "open", "--test-passphrase", "--header", file, "--key-file",
                     dir.file("secret", "zero"), dir.file("data", data->bytes())})
            .status,
        0);

    // A truncated header file is restored to its full length.
    const auto cut = memory(Bytes(header->bytes().begin(), header->bytes().begin() + 8192));
    ASSERT_TRUE(made->volume.backup(context, dir / "backup"));
    const auto backup = Device::open(context, dir / "backup", Access::ReadOnly);
    ASSERT_TRUE(backup);
    const auto restored = Volume::restore(context, Device(cut), *backup);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_TRUE(std::ranges::equal(cut->bytes(), header->bytes()));
}

class Conversion : public testing::TestWithParam<std::pair<const char*, const char*>> {};
INSTANTIATE_TEST_SUITE_P(All, Conversion,
                         testing::Values(std::pair{"LUKS1", "LUKS2"}, std::pair{"LUKS2", "LUKS1"}),
                         [](const auto& test) {
                             return std::string(test.param.first) + "to2and1";
                         });

TEST_P(Conversion, KeepsPassphrasesAndKey) {
    const auto [from, to] = GetParam();
    TestVolume volume(from, 3);
    ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 1));
    const auto converted = volume.volume->convert(volume.context, to);
    ASSERT_TRUE(converted) << converted.error().message;
    EXPECT_EQ(volume.volume->info().type, to);
    EXPECT_EQ(volume.opens("zero"), 0);
    EXPECT_EQ(volume.opens("two"), 2);
    EXPECT_EQ(volume.opens("one"), -1);
    EXPECT_TRUE(volume.peer_opens("zero"));
    EXPECT_TRUE(volume.peer_opens("two"));
    EXPECT_THAT(volume.peer_dump(), HasSubstr(kUuid));

    // It can still be used.
    ASSERT_TRUE(volume.volume->add_keyslot(volume.context, *volume.key, passphrase("new"),
                                           cheap_keyslot()));
    EXPECT_TRUE(volume.peer_opens("new"));

    const auto again = volume.volume->convert(volume.context, to);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().message, std::string("<memory> is of type ") + to + " already");
}

TEST(VolumeLuks2, NamesAreToldWhenAKeyslotOpens) {
    TestVolume volume("LUKS2");
    NewKeyslot named = cheap_keyslot();
    named.name = "paper key in the safe";
    ASSERT_TRUE(volume.volume->add_keyslot(volume.context, *volume.key, passphrase("one"), named));
    const auto opened = volume.volume->unlock(volume.context, passphrase("one"));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->keyslot_name, "paper key in the safe");
    EXPECT_EQ(volume.volume->unlock(volume.context, passphrase("zero"))->keyslot_name, "");
    EXPECT_TRUE(volume.peer_opens("one"));
}

TEST(VolumeLuks2, UnboundKeyslotsDoNotCountForTheGuard) {
    TestVolume volume("LUKS2");
    const auto unbound = volume.volume->add_unbound_keyslot(volume.context, {}, 32,
                                                            passphrase("loose"), cheap_keyslot());
    ASSERT_TRUE(unbound) << unbound.error().message;
    EXPECT_EQ(volume.volume->human_keyslots(), 1);
    const auto refused = volume.volume->kill_keyslot(volume.context, 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::LastKeyslot);
    EXPECT_TRUE(volume.volume->kill_keyslot(volume.context, *unbound));

    const auto no_size =
        volume.volume->add_unbound_keyslot(volume.context, {}, 0, passphrase("x"), cheap_keyslot());
    ASSERT_FALSE(no_size);
    EXPECT_EQ(no_size.error().message, "key size of 0 bytes is not in 1 to 512");
    const auto misfit = volume.volume->add_unbound_keyslot(volume.context, SecretBuffer(16), 32,
                                                           passphrase("x"), cheap_keyslot());
    ASSERT_FALSE(misfit);
    EXPECT_EQ(misfit.error().message, "volume key of 16 bytes, 32 expected");
}

TEST(VolumeLuks2, KeyslotsOfMachinesDoNotCountForTheGuard) {
    TestVolume volume("LUKS2", 2);
    const auto token = volume.volume->import_token(
        volume.context, {}, R"({"type":"systemd-tpm2","keyslots":["1"],"tpm2-blob":"AA=="})",
        false);
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(volume.volume->human_keyslots(), 1);
    const auto refused = volume.volume->kill_keyslot(volume.context, 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "keyslot 0 is the last one that a person can use");
    EXPECT_EQ(volume.opens("zero"), 0);
    // The machine's keyslot may be removed, and the token with it or after it.
    ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 1));
    ASSERT_TRUE(volume.volume->remove_token(volume.context, *token));
    EXPECT_TRUE(volume.volume->tokens().empty());
    EXPECT_TRUE(volume.peer_opens("zero"));
}

}  // namespace
}  // namespace latchkey::test
