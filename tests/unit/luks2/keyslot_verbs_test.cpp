// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/json.h"
#include "latchkey/device.h"
#include "luks2/area_layout.h"
#include "luks2/json_edit.h"
#include "support/fault_device.h"
#include "support/temp_dir.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

using test::cheap;
using test::make_volume;
using test::opens;
using test::passphrase;
using testing::HasSubstr;

class Luks2Verbs : public testing::Test {
  protected:
    Context context_;
};

std::uint64_t area_of(const formats::LoadedHeader& header, int number) {
    return test::metadata_of(header).keyslot(number)->area.offset;
}

bool is_zero_or(ByteView bytes, const Bytes& old) {
    return std::equal(bytes.begin(), bytes.end(), old.begin());
}

TEST_F(Luks2Verbs, AddTakesTheFirstFreeNumberAndArea) {
    auto volume = make_volume(context_, {"one", "two", "three"});
    ASSERT_TRUE(volume.header->kill_keyslot(context_, 1));
    const auto added = volume.header->add_keyslot(context_, volume.key, passphrase("new"), cheap());
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(*added, 1);
    EXPECT_EQ(area_of(*volume.header, 1), 32768U + 65536);
    const auto loaded = test::load(volume.device);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(opens(**loaded, "one").value_or(-1), 0);
    EXPECT_EQ(opens(**loaded, "new").value_or(-1), 1);
    EXPECT_EQ(opens(**loaded, "three").value_or(-1), 2);
    EXPECT_EQ(opens(**loaded, "two").error().code, Errc::WrongPassphrase);
}

// In one commit: the tokens of a keyslot, its name, its priority, and unknown members.
TEST_F(Luks2Verbs, ChangeToAnotherNumberTakesAllAlong) {
    auto volume = make_volume(context_, {"one", "two"});
    auto& header = *volume.header;
    ASSERT_TRUE(header.set_keyslot_name(context_, 1, "b"));
    ASSERT_TRUE(header.set_priority(context_, 1, Priority::Prefer));
    ASSERT_TRUE(header.import_token(context_, 4, R"({"type":"x","keyslots":["0","1"]})", false));
    ASSERT_TRUE(header.import_token(context_, 5, R"({"type":"y","keyslots":["1"]})", false));
    test::edit_header(context_, volume.device,
                      [](Json& document) { document["keyslots"]["1"]["future"] = 7; });
    volume.header = std::move(*test::load(volume.device));
    auto moved =
        volume.header->change_keyslot(context_, 1, volume.key, passphrase("new"), cheap(6));
    ASSERT_TRUE(moved) << moved.error().message;
    EXPECT_EQ(*moved, 6);
    const auto loaded = test::load(volume.device);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(opens(**loaded, "new").value_or(-1), 6);
    EXPECT_EQ(opens(**loaded, "one").value_or(-1), 0);
    EXPECT_EQ(opens(**loaded, "two").error().code, Errc::WrongPassphrase);
    const Json document = Json::parse(test::json_on(*volume.device));
    EXPECT_FALSE(document["keyslots"].contains("1"));
    EXPECT_EQ(document["keyslots"]["6"]["future"], 7);
    EXPECT_EQ(document["tokens"]["4"]["keyslots"].dump(), R"(["0","6"])");
    EXPECT_EQ(document["tokens"]["5"]["keyslots"].dump(), R"(["6"])");
    const auto slots = (*loaded)->keyslots();
    EXPECT_EQ(slots.back().name, "b");
    EXPECT_EQ(slots.back().priority, Priority::Prefer);
    const Bytes before = test::bytes_of(*volume.device);
    EXPECT_EQ(
        (*loaded)->change_keyslot(context_, 6, volume.key, passphrase("x"), cheap(0)).error().code,
        Errc::KeyslotInUse);
    EXPECT_EQ(test::bytes_of(*volume.device), before);
}

TEST_F(Luks2Verbs, AddRefusesWhatCannotBe) {
    auto volume = make_volume(context_, {"one"}, test::cheap_params(2));
    auto& header = *volume.header;
    const auto add = [&](const formats::KeyslotSpec& spec) {
        return header.add_keyslot(context_, volume.key, passphrase("new"), spec);
    };
    const Bytes before = test::bytes_of(*volume.device);
    auto refused = add(cheap(0));
    EXPECT_EQ(refused.error().code, Errc::KeyslotInUse);
    EXPECT_EQ(refused.error().message, "keyslot 0 is in use");
    refused = add(cheap(32));
    EXPECT_EQ(refused.error().message, "keyslot 32 is not in 0 to 31");
    formats::KeyslotSpec spec = cheap();
    spec.area_cipher = "null";
    spec.area_key_bytes = 16;
    EXPECT_EQ(add(spec).error().message, "keyslot cipher cipher_null-ecb protects nothing");
    spec.area_cipher = "capi:xts(aes)-plain64";
    spec.area_key_bytes = 32;
    EXPECT_EQ(add(spec).error().message,
              "keyslot cipher capi:xts(aes)-plain64 names a kernel driver");
    spec.area_cipher = "aes-xts-plain64";
    spec.area_key_bytes = 17;
    EXPECT_EQ(add(spec).error().code, Errc::InvalidArgument);
    spec = cheap();
    spec.name = "a\nb";
    EXPECT_EQ(add(spec).error().message, "keyslot name has the control character U+000A");
    const auto wrong_key =
        header.add_keyslot(context_, test::ramp_key(32), passphrase("x"), cheap());
    EXPECT_EQ(wrong_key.error().message, "volume key of 32 bytes, the volume's has 16");
    SecretBuffer other(16);
    EXPECT_EQ(header
                  .add_keyslot(context_, VolumeKey(Vouched::ByDigest, std::move(other)),
                               passphrase("x"), cheap())
                  .error()
                  .code,
              Errc::WrongPassphrase);
    EXPECT_EQ(before, test::bytes_of(*volume.device));

    ASSERT_TRUE(add(cheap()));
    const Bytes full = test::bytes_of(*volume.device);
    EXPECT_EQ(add(cheap()).error().code, Errc::NoSpace);
    EXPECT_EQ(full, test::bytes_of(*volume.device));
}

TEST_F(Luks2Verbs, AreaCipherOfTheCallerIsUsed) {
    auto volume = make_volume(context_, {"one"});
    formats::KeyslotSpec spec = cheap();
    spec.area_cipher = "serpent-xts-plain64";
    spec.area_key_bytes = 64;
    spec.af_hash = "sha1";
    ASSERT_TRUE(volume.header->add_keyslot(context_, volume.key, passphrase("new"), spec));
    const auto infos = volume.header->keyslots();
    ASSERT_EQ(infos.size(), 2U);
    EXPECT_EQ(infos[0].area_cipher, "aes-cbc-plain64");
    EXPECT_EQ(infos[0].area_key_bytes, 16U);
    EXPECT_EQ(infos[1].area_cipher, "serpent-xts-plain64");
    EXPECT_EQ(infos[1].area_key_bytes, 64U);
    EXPECT_EQ(infos[1].af_hash, "sha1");
    EXPECT_EQ(opens(*volume.header, "new").value_or(-1), 1);
}

// The null cipher and kernel drivers may encrypt data, if requested, but not keyslots.
TEST_F(Luks2Verbs, DataCipherThatSuitsNoKeyslotIsReplaced) {
    for (const char* cipher : {"cipher_null-ecb", "capi:cbc(aes)-essiv:sha256"}) {
        FormatParams params = test::cheap_params();
        params.cipher = cipher;
        auto volume = make_volume(context_, {"one"}, params);
        const auto infos = volume.header->keyslots();
        ASSERT_EQ(infos.size(), 1U);
        EXPECT_EQ(infos[0].area_cipher, "aes-xts-plain64") << cipher;
        EXPECT_EQ(infos[0].area_key_bytes, 64U);
        EXPECT_EQ(opens(*volume.header, "one").value_or(-1), 0);
    }
}

TEST_F(Luks2Verbs, ChangeKeepsNumberPriorityNameAndTokens) {
    auto volume = make_volume(context_, {"one", "two"});
    auto& header = *volume.header;
    ASSERT_TRUE(header.set_priority(context_, 1, Priority::Prefer));
    ASSERT_TRUE(header.set_keyslot_name(context_, 1, "paper"));
    ASSERT_TRUE(header.import_token(context_, {}, R"({"type":"x","keyslots":["1"]})", false));
    const std::uint64_t old_area = area_of(header, 1);
    const std::uint64_t sequence = header.info().sequence_id;
    const Bytes before = test::bytes_of(*volume.device);
    const auto changed =
        header.change_keyslot(context_, 1, volume.key, passphrase("new"), cheap({}, 1234));
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(*changed, 1);
    EXPECT_NE(area_of(header, 1), old_area);
    EXPECT_EQ(header.info().sequence_id, sequence + 1);
    // The whole old area is overwritten.
    EXPECT_FALSE(
        std::equal(before.begin() + static_cast<std::ptrdiff_t>(old_area),
                   before.begin() + static_cast<std::ptrdiff_t>(old_area + 4096),
                   volume.device->bytes().begin() + static_cast<std::ptrdiff_t>(old_area)));
    const auto info = header.keyslots().at(1);
    EXPECT_EQ(info.kdf_iterations, 1234U);
    EXPECT_EQ(info.priority, Priority::Prefer);
    EXPECT_EQ(info.name, "paper");
    EXPECT_EQ(header.tokens().at(0).keyslots, std::vector<int>{1});
    EXPECT_EQ(opens(header, "new").value_or(-1), 1);
    EXPECT_EQ(opens(header, "one").value_or(-1), 0);
    EXPECT_EQ(opens(header, "two").error().code, Errc::WrongPassphrase);
}

TEST_F(Luks2Verbs, ChangeIsInPlaceWhereThereIsNoRoom) {
    auto volume = make_volume(context_, {"one", "two"}, test::cheap_params(2));
    auto& header = *volume.header;
    const std::uint64_t old_area = area_of(header, 1);
    ASSERT_TRUE(header.change_keyslot(context_, 1, volume.key, passphrase("new"), cheap()));
    EXPECT_EQ(area_of(header, 1), old_area);
    EXPECT_EQ(opens(header, "new").value_or(-1), 1);
    EXPECT_EQ(opens(header, "one").value_or(-1), 0);
    EXPECT_EQ(opens(header, "two").error().code, Errc::WrongPassphrase);
}

TEST_F(Luks2Verbs, ChangeOfAnUnboundKeyslotKeepsItUnbound) {
    auto volume = make_volume(context_, {"one"});
    auto& header = *volume.header;
    ASSERT_TRUE(header.add_unbound_keyslot(context_, CandidateKey(test::ramp(32)),
                                           passphrase("two"), cheap(5)));
    auto opened = header.unlock(context_, passphrase("two"), {});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(opened->unbound);
    ASSERT_TRUE(header.change_keyslot(context_, 5, opened->key, passphrase("new"), cheap()));
    opened = header.unlock(context_, passphrase("new"), {});
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->unbound);
    EXPECT_EQ(opened->key.size(), 32U);
    EXPECT_EQ(
        header.change_keyslot(context_, 5, volume.key, passphrase("x"), cheap()).error().message,
        "key of 16 bytes, that of keyslot 5 has 32");
    EXPECT_EQ(
        header.change_keyslot(context_, 9, volume.key, passphrase("x"), cheap()).error().message,
        "keyslot 9 is not active");
}

TEST_F(Luks2Verbs, KillWipesTheWholeAreaAndNothingElse) {
    auto volume = make_volume(context_, {"one", "two", "three"});
    const Bytes before = test::bytes_of(*volume.device);
    ASSERT_TRUE(volume.header->kill_keyslot(context_, 1));
    const ByteView after = volume.device->bytes();
    const std::uint64_t area = 32768 + 65536;
    std::size_t same = 0;
    for (std::size_t i = 0; i < 65536; ++i)
        if (after[area + i] == before[area + i]) ++same;
    EXPECT_LT(same, 1000U);  // random bytes agree in one of 256 places
    EXPECT_TRUE(is_zero_or(after.subspan(32768, 65536),
                           Bytes(before.begin() + 32768, before.begin() + 32768 + 65536)));
    EXPECT_TRUE(std::equal(after.begin() + 32768 + 2 * 65536, after.end(),
                           before.begin() + 32768 + 2 * 65536));
    EXPECT_EQ(opens(*volume.header, "one").value_or(-1), 0);
    EXPECT_EQ(opens(*volume.header, "three").value_or(-1), 2);
    EXPECT_EQ(opens(*volume.header, "two").error().code, Errc::WrongPassphrase);
    EXPECT_EQ(volume.header->kill_keyslot(context_, 1).error().message, "keyslot 1 is not active");
}

TEST_F(Luks2Verbs, LastKilledKeyslotLeavesTheDigest) {
    auto volume = make_volume(context_, {"one"});
    ASSERT_TRUE(volume.header->kill_keyslot(context_, 0));
    EXPECT_EQ(opens(*volume.header, "one").error().code, Errc::NoUsableKeyslot);
    EXPECT_EQ(opens(*volume.header, "one").error().message, "no keyslot can be tried");
    EXPECT_TRUE(volume.header->verify(context_, CandidateKey(test::ramp(16))));
    EXPECT_EQ(volume.header->info().key_bytes, 0U);
    // With the key a new one can be made.
    EXPECT_TRUE(volume.header->add_keyslot(context_, volume.key, passphrase("new"), cheap()));
    EXPECT_EQ(opens(*volume.header, "new").value_or(-1), 0);
}

TEST_F(Luks2Verbs, EraseTakesAllOfThem) {
    auto volume = make_volume(context_, {"one", "two"});
    ASSERT_TRUE(volume.header->set_keyslot_name(context_, 0, "paper"));
    ASSERT_TRUE(volume.header->add_unbound_keyslot(context_, CandidateKey(test::ramp(8)),
                                                   passphrase("three"), cheap()));
    ASSERT_TRUE(volume.header->erase_keyslots(context_));
    const auto loaded = test::load(volume.device);
    ASSERT_TRUE(loaded);
    EXPECT_TRUE((*loaded)->keyslots().empty());
    EXPECT_TRUE(test::metadata_of(**loaded).tokens().empty());
    EXPECT_EQ(test::metadata_of(**loaded).digests().size(), 1U);
    EXPECT_TRUE((*loaded)->verify(context_, CandidateKey(test::ramp(16))));
}

// If any write fails, of a header copy or an area, the rest is destroyed nevertheless.
TEST_F(Luks2Verbs, EraseGoesOnWhereAHeaderCopyOrAnAreaCannotBeWritten) {
    for (std::size_t failing = 0; failing < 4; ++failing) {
        SCOPED_TRACE(failing);
        auto volume = make_volume(context_, {"one", "two"});
        const auto device = std::make_shared<latchkey::test::FaultDevice>(
            volume.device, latchkey::test::Faults{.write = failing, .for_good = false});
        const auto header = test::load(device);
        ASSERT_TRUE(header);
        const auto erased = (*header)->erase_keyslots(context_);
        ASSERT_FALSE(erased);
        const auto left = test::load(volume.device);
        ASSERT_TRUE(left);
        for (const char* word : {"one", "two"}) EXPECT_FALSE(opens(**left, word));
        if (failing == 0) {
            EXPECT_TRUE(
                erased.error().message.starts_with("keyslots are still listed, but their areas are "
                                                   "overwritten: they no longer open: "))
                << erased.error().message;
        } else {
            EXPECT_EQ(erased.error().code, Errc::Unfinished) << erased.error().message;
        }
    }
}

TEST_F(Luks2Verbs, EraseNamesEveryAreaThatIsLeft) {
    auto volume = make_volume(context_, {"one", "two"});
    const auto device = std::make_shared<latchkey::test::FaultDevice>(
        volume.device, latchkey::test::Faults{.write = 2});
    const auto header = test::load(device);
    ASSERT_TRUE(header);
    const auto erased = (*header)->erase_keyslots(context_);
    ASSERT_FALSE(erased);
    EXPECT_TRUE(erased.error().message.starts_with(
        "keyslots are removed, but not every area is wiped (keyslots: 0, 1): "))
        << erased.error().message;
}

TEST_F(Luks2Verbs, TwoProcessesAddAndBothChangesSurvive) {
    auto volume = make_volume(context_, {"one"});
    auto other = test::load(volume.device);
    ASSERT_TRUE(other);
    ASSERT_TRUE(volume.header->add_keyslot(context_, volume.key, passphrase("two"), cheap()));
    const auto added = (*other)->add_keyslot(context_, volume.key, passphrase("three"), cheap());
    ASSERT_TRUE(added) << added.error().message;
    EXPECT_EQ(*added, 2);
    ASSERT_TRUE((*other)->set_label(context_, "label", {}));
    ASSERT_TRUE(volume.header->set_priority(context_, 0, Priority::Ignore));
    EXPECT_EQ(volume.header->info().label, "label");
    for (const char* text : {"two", "three"}) EXPECT_TRUE(opens(*volume.header, text)) << text;
}

// On a real file, each with a separate descriptor, as in two programs.
TEST_F(Luks2Verbs, WritersAtOnceWaitForEachOther) {
    const auto volume = make_volume(context_, {"one"}, test::cheap_params(20));
    const latchkey::test::TempDir directory;
    const std::string path = directory.file("volume.img", ByteView(volume.device->bytes()));
    constexpr int kWriters = 3;
    constexpr int kKeyslotsEach = 4;
    std::vector<std::string> errors(kWriters);
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer)
        writers.emplace_back([&, writer] {
            std::string& error = errors[static_cast<std::size_t>(writer)];
            Context context;
            const auto device = Device::open(context, path, Access::ReadWrite);
            if (!device) {
                error = device.error().message;
                return;
            }
            for (int i = 0; i < kKeyslotsEach && error.empty(); ++i) {
                const auto header = kFormat.load(context, device->io(), {});
                const auto added =
                    header ? (*header)->add_keyslot(
                                 context, volume.key,
                                 passphrase(std::to_string(writer * kKeyslotsEach + i)), cheap())
                           : Result<int>(header.error());
                if (!added) error = added.error().message;
            }
        });
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(errors, std::vector<std::string>(kWriters));
    const auto header = test::load(test::file_with(latchkey::test::read_file(path)));
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_FALSE((*header)->info().damaged_copy);
    EXPECT_EQ((*header)->keyslots().size(), 1U + kWriters * kKeyslotsEach);
    for (int i = 0; i < kWriters * kKeyslotsEach; ++i)
        EXPECT_TRUE(opens(**header, std::to_string(i))) << i;
}

// The primary copy was overwritten when the device became swap.
TEST_F(Luks2Verbs, ForeignSignatureOverADamagedCopyIsLeftAlone) {
    const auto volume = make_volume(context_, {"one"});
    const MutableByteView start = volume.device->bytes().first(4096);
    std::fill(start.begin(), start.end(), std::byte{0});
    start[1024] = std::byte{1};    // version
    start[1028] = std::byte{255};  // last page
    const ByteView magic = as_byte_view("SWAPSPACE2");
    std::copy(magic.begin(), magic.end(), start.end() - 10);
    const latchkey::test::TempDir directory;
    const std::string path = directory.file("volume.img", ByteView(volume.device->bytes()));
    const auto device = Device::open(context_, path, Access::ReadWrite);
    ASSERT_TRUE(device);
    const auto refused = kFormat.load(context_, device->io(), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::CorruptHeader);
    EXPECT_THAT(refused.error().message, HasSubstr("has a superblock signature of 'swap', too"));
    EXPECT_EQ(latchkey::test::read_file(path), test::bytes_of(*volume.device));
    // LUKS2 is restored only on request.
    const auto repaired = repair_header(context_, device->io());
    ASSERT_TRUE(repaired) << repaired.error().message;
    const auto header = kFormat.load(context_, device->io(), {});
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(opens(**header, "one").value_or(-1), 0);
}

TEST_F(Luks2Verbs, AKeyThatIsNoLongerTheVolumeKeyIsNotAddedAsSuch) {
    auto volume = make_volume(context_, {"one"});
    auto other = test::load(volume.device);
    ASSERT_TRUE(other);
    ASSERT_TRUE((*other)->add_keyslot_as(context_, CandidateKey(test::ramp(32)), passphrase("new"),
                                         cheap(), {.role = KeyRole::NewVolume}));
    const auto expect_refused = [](const Result<int>& added) {
        ASSERT_FALSE(added);
        EXPECT_EQ(added.error().code, Errc::ConcurrentChange);
        EXPECT_EQ(added.error().message, "digest 0 was changed by another process");
    };
    expect_refused(volume.header->add_keyslot(context_, volume.key, passphrase("x"), cheap()));
    expect_refused(volume.header->add_keyslot_as(
        context_, CandidateKey(SecretBuffer::copy_of(volume.key.bytes())), passphrase("x"), cheap(),
        {.role = KeyRole::Volume}));
}

TEST_F(Luks2Verbs, ChangesOfOthersThatMatterAreNotRunOver) {
    auto volume = make_volume(context_, {"one", "two"});
    auto other = test::load(volume.device);
    ASSERT_TRUE(other);
    ASSERT_TRUE((*other)->change_keyslot(context_, 1, volume.key, passphrase("theirs"), cheap()));
    const auto killed = volume.header->kill_keyslot(context_, 1);
    EXPECT_EQ(killed.error().code, Errc::ConcurrentChange);
    EXPECT_EQ(killed.error().message, "keyslot 1 was changed by another process");
    EXPECT_EQ(volume.header->change_keyslot(context_, 1, volume.key, passphrase("x"), cheap())
                  .error()
                  .code,
              Errc::ConcurrentChange);
    ASSERT_TRUE((*other)->set_uuid(context_, "87654321-1234-1234-1234-123456789abc"));
    EXPECT_EQ(volume.header->set_label(context_, "x", {}).error().code, Errc::ConcurrentChange);
    EXPECT_TRUE(opens(**other, "theirs"));
}

TEST_F(Luks2Verbs, TakeTheExclusiveLockIfThePolicyWantsLocks) {
    auto volume = make_volume(context_, {"one"});
    auto device = std::make_shared<latchkey::test::FaultDevice>(volume.device);
    using Mode = io::BlockDevice::LockMode;
    auto header = kFormat.load(context_, device, {});
    ASSERT_TRUE(header);
    EXPECT_EQ(device->locks(), std::vector<Mode>{Mode::Shared});
    ASSERT_TRUE((*header)->set_label(context_, "x", {}));
    EXPECT_EQ(device->locks(), (std::vector<Mode>{Mode::Shared, Mode::Exclusive}));
    EXPECT_EQ(device->locks_held(), 0);
    context_.policy.metadata_locks = false;
    ASSERT_TRUE((*header)->set_label(context_, "y", {}));
    EXPECT_EQ(device->locks().size(), 2U);
}

TEST_F(Luks2Verbs, ReadOnlyDeviceIsRefusedBeforeAnything) {
    auto volume = make_volume(context_, {"one"});
    auto device = std::make_shared<latchkey::test::FaultDevice>(
        volume.device, latchkey::test::Faults{.read_only = true});
    auto header = kFormat.load(context_, device, {});
    ASSERT_TRUE(header);
    const auto refused = (*header)->set_label(context_, "x", {});
    EXPECT_EQ(refused.error().code, Errc::AccessDenied);
    EXPECT_EQ(refused.error().message, "<file> is read only");
    EXPECT_EQ(device->writes(), 0U);
}

TEST_F(Luks2Verbs, DamagedCopyIsHealedByTheNextWrite) {
    for (const std::size_t place : {std::size_t{0x200}, std::size_t{0x4000}, std::size_t{0}}) {
        auto volume = make_volume(context_, {"one"});
        volume.device->bytes()[place] ^= std::byte{1};
        auto header = test::load(volume.device);
        ASSERT_TRUE(header) << header.error().message;
        EXPECT_TRUE((*header)->info().damaged_copy);
        EXPECT_TRUE(opens(**header, "one"));
        ASSERT_TRUE((*header)->set_label(context_, "x", {}));
        EXPECT_FALSE((*header)->info().damaged_copy);
        header = test::load(volume.device);
        ASSERT_TRUE(header);
        EXPECT_FALSE((*header)->info().damaged_copy);
        EXPECT_EQ((*header)->info().label, "x");
    }
}

TEST_F(Luks2Verbs, DamagedCopyIsNotTouchedIfTheCallerDoesNotWantThat) {
    auto volume = make_volume(context_, {"one"});
    volume.device->bytes()[0x200] ^= std::byte{1};
    auto header = test::load(volume.device, LoadOptions{.repair_copy = false});
    ASSERT_TRUE(header);
    const auto refused = (*header)->set_label(context_, "x", {});
    EXPECT_EQ(refused.error().code, Errc::CorruptHeader);
    EXPECT_THAT(refused.error().message, HasSubstr("a header copy is damaged"));
}

TEST_F(Luks2Verbs, UnknownMembersSurvive) {
    auto volume = make_volume(context_, {"one", "two"});
    test::edit_header(context_, volume.device, [](Json& document) {
        document["vendor"] = {{"x", 1}};
        document["keyslots"]["0"]["vendor"] = "a";
        document["keyslots"]["1"]["vendor"] = "b";
        document["digests"]["0"]["vendor"] = {1, 2};
        document["segments"]["0"]["vendor"] = nullptr;
        document["config"]["vendor"] = true;
        document["tokens"]["7"] = {{"type", "vendor"}, {"keyslots", {"0"}}, {"deep", {{"er", 1}}}};
    });
    auto header = test::load(volume.device);
    ASSERT_TRUE(header);
    auto& h = **header;
    ASSERT_TRUE(h.add_keyslot(context_, volume.key, passphrase("three"), cheap()));
    ASSERT_TRUE(h.change_keyslot(context_, 1, volume.key, passphrase("new"), cheap()));
    ASSERT_TRUE(h.set_label(context_, "l", "s"));
    ASSERT_TRUE(h.set_uuid(context_, "87654321-1234-1234-1234-123456789ABC"));
    ASSERT_TRUE(h.set_priority(context_, 0, Priority::Prefer));
    ASSERT_TRUE(h.set_priority(context_, 0, Priority::Normal));
    ASSERT_TRUE(h.set_flags(context_, {"allow-discards"}));
    ASSERT_TRUE(h.set_flags(context_, {}));
    ASSERT_TRUE(h.set_keyslot_name(context_, 0, "n"));
    ASSERT_TRUE(h.set_keyslot_name(context_, 0, ""));
    const auto token = h.import_token(context_, {}, R"({"type":"x","keyslots":[]})", false);
    ASSERT_TRUE(token);
    ASSERT_TRUE(h.assign_token(context_, *token, 0, true));
    ASSERT_TRUE(h.assign_token(context_, *token, 0, false));
    ASSERT_TRUE(h.remove_token(context_, *token));
    ASSERT_TRUE(h.kill_keyslot(context_, 2));
    EXPECT_EQ(h.info().uuid, "87654321-1234-1234-1234-123456789abc");
    const Json document = Json::parse(test::json_on(*volume.device));
    EXPECT_EQ(document["vendor"].dump(), R"({"x":1})");
    EXPECT_EQ(document["keyslots"]["0"]["vendor"], "a");
    EXPECT_EQ(document["keyslots"]["1"]["vendor"], "b");
    EXPECT_EQ(document["digests"]["0"]["vendor"].dump(), "[1,2]");
    EXPECT_TRUE(document["segments"]["0"]["vendor"].is_null());
    EXPECT_EQ(document["config"]["vendor"], true);
    EXPECT_EQ(document["tokens"]["7"].dump(),
              R"({"type":"vendor","keyslots":["0"],"deep":{"er":1}})");
    EXPECT_FALSE(document["config"].contains("flags"));
    EXPECT_FALSE(document["keyslots"]["0"].contains("priority"));
}

class Luks2Requirement : public Luks2Verbs {
  protected:
    // Calls every operation and reader on a header with such requirements; returns their errors.
    std::vector<std::pair<std::string, Result<void>>> try_all(formats::LoadedHeader& h,
                                                              const VolumeKey& key) {
        const auto drop = [](auto result) -> Result<void> {
            if (!result) return result.error();
            return {};
        };
        std::vector<std::pair<std::string, Result<void>>> all;
        all.emplace_back("unlock", drop(h.unlock(context_, passphrase("one"), {})));
        all.emplace_back("verify", drop(h.verify(context_, CandidateKey(test::ramp(16)))));
        all.emplace_back("plan", drop(h.plan(context_, key)));
        all.emplace_back("add", drop(h.add_keyslot(context_, key, passphrase("x"), cheap())));
        all.emplace_back("unbound",
                         drop(h.add_unbound_keyslot(context_, CandidateKey(test::ramp(4)),
                                                    passphrase("x"), cheap())));
        all.emplace_back("change",
                         drop(h.change_keyslot(context_, 0, key, passphrase("x"), cheap())));
        all.emplace_back("kill", h.kill_keyslot(context_, 0));
        all.emplace_back("uuid", h.set_uuid(context_, "87654321-1234-1234-1234-123456789abc"));
        all.emplace_back("label", h.set_label(context_, "x", {}));
        all.emplace_back("priority", h.set_priority(context_, 0, Priority::Prefer));
        all.emplace_back("name", h.set_keyslot_name(context_, 0, "x"));
        all.emplace_back("flags", h.set_flags(context_, {}));
        all.emplace_back("export", drop(h.export_token(0)));
        all.emplace_back(
            "import", drop(h.import_token(context_, {}, R"({"type":"x","keyslots":[]})", false)));
        all.emplace_back("remove", h.remove_token(context_, 0));
        all.emplace_back("assign", h.assign_token(context_, 0, 0, true));
        all.emplace_back("convert", drop(convert_to_luks1(context_, h, "LUKS1")));
        all.emplace_back("erase", h.erase_keyslots(context_));
        return all;
    }
    std::unique_ptr<formats::LoadedHeader> header_with(const std::string& requirement) {
        auto volume = make_volume(context_, {"one"});
        EXPECT_TRUE(
            volume.header->import_token(context_, {}, R"({"type":"x","keyslots":[]})", false));
        test::edit_header(context_, volume.device, [&](Json& document) {
            document["config"]["requirements"] = {{"mandatory", {requirement}}};
        });
        device_ = volume.device;
        auto header = test::load(device_);
        EXPECT_TRUE(header);
        return std::move(*header);
    }

    std::shared_ptr<io::MemDevice> device_;
    VolumeKey key_ = test::ramp_key(16);
};

// As in the peer: reading, trying a passphrase and removing keyslots are allowed.
TEST_F(Luks2Requirement, UnknownOneStopsAllButLookingAndRemovingKeyslots) {
    const auto header = header_with("time-travel");
    for (const auto& [verb, result] : try_all(*header, key_)) {
        const bool allowed = verb == "unlock" || verb == "verify" || verb == "export" ||
                             verb == "kill" || verb == "erase";
        EXPECT_EQ(result.has_value(), allowed) << verb;
        if (result) continue;
        EXPECT_EQ(result.error().code, Errc::UnmetRequirement) << verb;
        EXPECT_THAT(result.error().message, HasSubstr("time-travel")) << verb;
    }
    EXPECT_EQ(header->info().requirements, std::vector<std::string>{"time-travel"});
    EXPECT_THAT(to_text(header->describe()), HasSubstr("Requirements:\ttime-travel \n"));
}

TEST_F(Luks2Requirement, LegacyReencryptionStopsWhatWrites) {
    const auto header = header_with("offline-reencrypt");
    const Bytes before = test::bytes_of(*device_);
    auto results = try_all(*header, key_);
    ASSERT_EQ(results.back().first, "erase");
    EXPECT_TRUE(results.back().second) << results.back().second.error().message;
    results.pop_back();
    for (const auto& [verb, result] : results) {
        const bool reads = verb == "unlock" || verb == "verify" || verb == "export";
        EXPECT_EQ(result.has_value(), reads) << verb;
        if (!result) {
            EXPECT_EQ(result.error().code, Errc::NotSupported) << verb;
        }
    }
    EXPECT_NE(before, test::bytes_of(*device_));  // erased
}

TEST_F(Luks2Verbs, NumberZeroToThirtyOneAllFit) {
    auto volume = make_volume(context_, {}, test::cheap_params(32));
    for (int i = 0; i < kMaxKeyslots; ++i) {
        const auto added = volume.header->add_keyslot(context_, volume.key,
                                                      passphrase(std::to_string(i)), cheap());
        ASSERT_TRUE(added) << i << ": " << added.error().message;
        EXPECT_EQ(*added, i);
    }
    EXPECT_EQ(
        volume.header->add_keyslot(context_, volume.key, passphrase("x"), cheap()).error().code,
        Errc::NoSpace);
    EXPECT_EQ(opens(*volume.header, "31").value_or(-1), 31);
}

}  // namespace
}  // namespace latchkey::luks2
