// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks1/keyslot_verbs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "luks1_testing.h"
#include "support/fault_device.h"

namespace latchkey::luks1 {
namespace {

using test::cheap;
using test::make_volume;
using test::opens;
using test::passphrase;

using Names = std::vector<std::string>;

const Names kEight = {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"};

class Luks1Verbs : public testing::Test {
  protected:
    // Returns the header that a new process would load.
    static std::unique_ptr<formats::LoadedHeader> reload(const test::TestVolume& volume) {
        auto header = test::load(volume.device);
        if (!header) throw std::runtime_error(header.error().message);
        return std::move(*header);
    }
    static Bytes area_of(const test::TestVolume& volume, int number) {
        const Header header = *parse(volume.device->bytes());
        const auto area = volume.device->bytes().subspan(
            std::size_t{header.keyslot(number).area_offset_sectors} * 512, 64000);
        return {area.begin(), area.end()};
    }

    Context context_;
};

TEST_F(Luks1Verbs, AddTakesTheFirstFreeKeyslot) {
    auto volume = make_volume(context_, {"one", "two"});
    EXPECT_EQ(*volume.header->add_keyslot(context_, volume.key, passphrase("six"), cheap(6)), 6);
    EXPECT_EQ(*volume.header->add_keyslot(context_, volume.key, passphrase("three"), cheap()), 2);
    const auto fresh = reload(volume);
    for (const auto* header : {volume.header.get(), fresh.get()}) {
        EXPECT_EQ(*opens(*header, "one"), 0);
        EXPECT_EQ(*opens(*header, "two"), 1);
        EXPECT_EQ(*opens(*header, "three"), 2);
        EXPECT_EQ(*opens(*header, "six"), 6);
        EXPECT_EQ(opens(*header, "seven").error().code, Errc::WrongPassphrase);
    }
}

TEST_F(Luks1Verbs, AddRefuses) {
    auto volume = make_volume(context_, kEight);
    const auto add = [&](const formats::KeyslotSpec& spec) {
        return volume.header->add_keyslot(context_, volume.key, passphrase("x"), spec).error();
    };
    const Bytes before(volume.device->bytes().begin(), volume.device->bytes().end());
    EXPECT_EQ(add(cheap()).code, Errc::NoSpace);
    EXPECT_EQ(add(cheap()).message, "all 8 keyslots are in use");
    EXPECT_EQ(add(cheap(3)).code, Errc::KeyslotInUse);
    EXPECT_EQ(add(cheap(3)).message, "keyslot 3 is in use");
    EXPECT_EQ(add(cheap(8)).message, "keyslot 8 is not in 0 to 7");
    EXPECT_EQ(add(cheap(-1)).message, "keyslot -1 is not in 0 to 7");
    EXPECT_EQ(add(cheap({}, 999)).message, "iterations 999 is not between 1000 and 4294967295");
    EXPECT_EQ(add(cheap({}, std::uint64_t{1} << 32)).message,
              "iterations 4294967296 is not between 1000 and 4294967295");
    auto argon = cheap();
    argon.kdf.type = "argon2id";
    EXPECT_EQ(add(argon).message, "LUKS1 keyslots take pbkdf2, not argon2id");
    auto ciphered = cheap();
    ciphered.area_cipher = "aes-xts-plain64";
    EXPECT_EQ(add(ciphered).code, Errc::NotSupported);
    auto named = cheap();
    named.name = "paper";
    EXPECT_EQ(add(named).message, "LUKS1 keyslots have no names");
    EXPECT_TRUE(std::ranges::equal(before, volume.device->bytes()));
}

TEST_F(Luks1Verbs, NeverStoresTheKeyOfAnotherVolume) {
    auto volume = make_volume(context_, {"one"});
    SecretBuffer other(16);
    const auto added = volume.header->add_keyslot(
        context_, VolumeKey(Vouched::ByDigest, std::move(other)), passphrase("x"), cheap());
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, Errc::WrongPassphrase);
    const auto longer =
        volume.header->add_keyslot(context_, test::ramp_key(32), passphrase("x"), cheap());
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().message, "key of 32 bytes, the volume's has 16");
    EXPECT_EQ(reload(volume)->keyslots().size(), 1U);
}

TEST_F(Luks1Verbs, KillDestroysRecordAndArea) {
    auto volume = make_volume(context_, {"one", "two", "three"});
    const Bytes area = area_of(volume, 1);
    const Bytes untouched = area_of(volume, 2);
    ASSERT_TRUE(volume.header->kill_keyslot(context_, 1));
    const Header header = *parse(volume.device->bytes());
    EXPECT_EQ(header.keyslots[1], (Keyslot{.area_offset_sectors = 136}));
    const Bytes after = area_of(volume, 1);
    int same = 0;  // about one random byte in 256 is unchanged
    for (std::size_t i = 0; i < area.size(); ++i) same += area[i] == after[i] ? 1 : 0;
    EXPECT_LT(same, 500);
    EXPECT_EQ(area_of(volume, 2), untouched);
    EXPECT_EQ(opens(*volume.header, "two").error().code, Errc::WrongPassphrase);
    EXPECT_EQ(opens(*volume.header, "two", 1).error().message, "keyslot 1 is not active");
    EXPECT_EQ(*opens(*volume.header, "three"), 2);
    EXPECT_EQ(volume.header->kill_keyslot(context_, 1).error().code, Errc::KeyslotInactive);
    EXPECT_EQ(volume.header->kill_keyslot(context_, 9).error().code, Errc::InvalidArgument);
}

TEST_F(Luks1Verbs, TheLastKeyslotIsGuardedUnlessThePolicySaysOtherwise) {
    auto volume = make_volume(context_, {"one"});
    const auto killed = volume.header->kill_keyslot(context_, 0);
    ASSERT_FALSE(killed);
    EXPECT_EQ(killed.error().code, Errc::LastKeyslot);
    EXPECT_EQ(killed.error().message, "keyslot 0 is the last one");
    EXPECT_EQ(*opens(*reload(volume), "one"), 0);
    context_.policy.guard_last_keyslot = false;
    ASSERT_TRUE(volume.header->kill_keyslot(context_, 0));
    EXPECT_EQ(opens(*volume.header, "one").error().code, Errc::NoUsableKeyslot);
}

// Two programs remove "one of the two" at the same time.
TEST_F(Luks1Verbs, TheGuardLooksAtWhatIsThereNow) {
    auto volume = make_volume(context_, {"one", "two"});
    const auto other = reload(volume);
    ASSERT_TRUE(other->kill_keyslot(context_, 0));
    EXPECT_EQ(volume.header->kill_keyslot(context_, 1).error().code, Errc::LastKeyslot);
    EXPECT_EQ(*opens(*reload(volume), "two"), 1);
}

TEST_F(Luks1Verbs, ChangeTakesAFreeKeyslotAndDestroysTheOld) {
    auto volume = make_volume(context_, {"one", "two"});
    EXPECT_EQ(
        *volume.header->change_keyslot(context_, 0, volume.key, passphrase("new"), cheap({}, 1234)),
        2);
    const Header header = *parse(volume.device->bytes());
    EXPECT_TRUE(header.keyslots[0].disabled());
    EXPECT_EQ(header.keyslots[2].iterations, 1234U);
    EXPECT_EQ(opens(*volume.header, "one").error().code, Errc::WrongPassphrase);
    EXPECT_EQ(*opens(*volume.header, "new"), 2);
    EXPECT_EQ(*opens(*volume.header, "two"), 1);
}

TEST_F(Luks1Verbs, ChangeKeepsTheNumberWhereThatIsAsked) {
    auto volume = make_volume(context_, {"one", "two"});
    EXPECT_EQ(*volume.header->change_keyslot(context_, 1, volume.key, passphrase("new"), cheap(1)),
              1);
    EXPECT_EQ(*opens(*volume.header, "new"), 1);
    EXPECT_EQ(opens(*volume.header, "two").error().code, Errc::WrongPassphrase);
    EXPECT_EQ(reload(volume)->keyslots().size(), 2U);
    EXPECT_EQ(
        *volume.header->change_keyslot(context_, 1, volume.key, passphrase("newer"), cheap(5)), 5);
    EXPECT_EQ(*opens(*volume.header, "newer"), 5);
    EXPECT_EQ(volume.header->change_keyslot(context_, 5, volume.key, passphrase("x"), cheap(0))
                  .error()
                  .code,
              Errc::KeyslotInUse);
    EXPECT_EQ(volume.header->change_keyslot(context_, 3, volume.key, passphrase("x"), cheap())
                  .error()
                  .code,
              Errc::KeyslotInactive);
}

TEST_F(Luks1Verbs, ChangeInPlaceSaysThatItIsNotSafe) {
    auto volume = make_volume(context_, kEight);
    std::string log;
    context_.log_sink = [&](LogLevel level, std::string_view text) {
        if (level == LogLevel::Warning) log += text;
    };
    EXPECT_EQ(*volume.header->change_keyslot(context_, 6, volume.key, passphrase("new"), cheap()),
              6);
    EXPECT_NE(log.find("keyslot 6 is rewritten in place"), std::string::npos) << log;
    EXPECT_EQ(*opens(*volume.header, "new"), 6);
    EXPECT_EQ(opens(*volume.header, "p6").error().code, Errc::WrongPassphrase);
    for (const int number : {0, 1, 2, 3, 4, 5, 7})
        EXPECT_EQ(*opens(*volume.header, kEight[static_cast<std::size_t>(number)]), number);
}

TEST_F(Luks1Verbs, EraseLeavesNoKeyslot) {
    auto volume = make_volume(context_, {"one", "two", "three"});
    // A damaged state hides a keyslot from users, but not from repair.
    const Bytes hidden = area_of(volume, 1);
    volume.device->bytes()[256] = std::byte{0x77};
    auto header = reload(volume);
    ASSERT_TRUE(header->erase_keyslots(context_));
    EXPECT_NE(area_of(volume, 1), hidden);
    const Header erased = *parse(volume.device->bytes());
    for (const Keyslot& keyslot : erased.keyslots) {
        EXPECT_TRUE(keyslot.disabled());
        EXPECT_EQ(keyslot.salt, decltype(keyslot.salt){});
    }
    EXPECT_TRUE(header->keyslots().empty());
    const auto opened = opens(*header, "one");
    EXPECT_EQ(opened.error().code, Errc::NoUsableKeyslot);
    EXPECT_EQ(opened.error().message, "no keyslot can be tried");
}

// If one area cannot be written, the others are overwritten, and its salt is removed.
TEST_F(Luks1Verbs, EraseGoesOnWhereAnAreaCannotBeWritten) {
    for (int failing = 0; failing < 4; ++failing) {
        SCOPED_TRACE(failing);
        auto volume = make_volume(context_, {"one", "two", "three"});
        const std::vector<Bytes> areas = {area_of(volume, 0), area_of(volume, 1),
                                          area_of(volume, 2)};
        const auto device = std::make_shared<test::FaultDevice>(
            volume.device,
            test::Faults{.write = static_cast<std::size_t>(failing), .for_good = false});
        auto header = test::load(device);
        ASSERT_TRUE(header);
        const auto erased = (*header)->erase_keyslots(context_);
        ASSERT_FALSE(erased);
        for (int number = 0; number < 3; ++number)
            EXPECT_EQ(area_of(volume, number) == areas[static_cast<std::size_t>(number)],
                      number == failing);
        for (const char* word : {"one", "two", "three"}) EXPECT_FALSE(opens(*reload(volume), word));
        const std::string number = std::to_string(failing);
        if (failing == 3) {  // the header
            EXPECT_TRUE(
                erased.error().message.starts_with("keyslots are still listed, but their areas are "
                                                   "overwritten: they no longer open: "))
                << erased.error().message;
        } else {
            EXPECT_EQ(erased.error().code, Errc::Unfinished);
            EXPECT_EQ(erased.error().message,
                      "keyslots are removed, but not every area is wiped (keyslots: " + number +
                          "): keyslot " + number + ": write " + number + " fails by plan");
            EXPECT_TRUE(reload(volume)->keyslots().empty());
        }
    }
}

// Nothing is reported as overwritten that is not, and every remaining area is named.
TEST_F(Luks1Verbs, EraseOfADeviceThatTakesNothingSaysSo) {
    for (int failing = 0; failing < 4; ++failing) {
        SCOPED_TRACE(failing);
        auto volume = make_volume(context_, {"one", "two", "three"});
        const auto device = std::make_shared<test::FaultDevice>(
            volume.device, test::Faults{.write = static_cast<std::size_t>(failing)});
        auto header = test::load(device);
        ASSERT_TRUE(header);
        const auto erased = (*header)->erase_keyslots(context_);
        ASSERT_FALSE(erased);
        EXPECT_EQ(erased.error().code, Errc::Io);
        const char* left[] = {"0, 1, 2", "1, 2", "2"};
        EXPECT_TRUE(erased.error().message.starts_with(
            failing == 3 ? "keyslots are still listed, but their areas are overwritten: they "
                           "no longer open: "
                         : std::string("keyslots are still listed, and not every area is wiped "
                                       "(keyslots: ") +
                               left[failing] + "): those may open still: "))
            << erased.error().message;
        EXPECT_EQ(bool(opens(*reload(volume), "three")), failing < 3);
    }
}

// The area is destroyed as soon as it is written, whatever the flush returns.
TEST_F(Luks1Verbs, AKeyslotWhoseAreaIsNotFlushedMayBeDead) {
    auto volume = make_volume(context_, {"one", "two"});
    const auto device =
        std::make_shared<test::FaultDevice>(volume.device, test::Faults{.flush = 0});
    auto header = test::load(device);
    ASSERT_TRUE(header);
    const auto killed = (*header)->kill_keyslot(context_, 0);
    ASSERT_FALSE(killed);
    EXPECT_TRUE(killed.error().message.starts_with(
        "keyslot 0 is still listed, but its area may be overwritten: it may not open any more: "))
        << killed.error().message;
    EXPECT_FALSE(opens(*reload(volume), "one"));
}

// SIGTERM between keyslots does not leave half an erasure.
TEST_F(Luks1Verbs, EraseIsStoppedBeforeItBeginsOrNotAtAll) {
    auto volume = make_volume(context_, {"one", "two"});
    Context context;
    const Bytes before(volume.device->bytes().begin(), volume.device->bytes().end());
    context.cancel();
    EXPECT_EQ(volume.header->erase_keyslots(context).error().code, Errc::Interrupted);
    EXPECT_EQ(volume.header->kill_keyslot(context, 0).error().code, Errc::Interrupted);
    EXPECT_TRUE(std::ranges::equal(volume.device->bytes(), before));
    Context later;
    later.progress = [&](std::uint64_t, std::uint64_t) {
        later.cancel();
        return false;
    };
    EXPECT_TRUE(volume.header->erase_keyslots(later));
    EXPECT_TRUE(reload(volume)->keyslots().empty());
}

TEST_F(Luks1Verbs, AKeyslotThatIsDestroyedButListedIsSaidToBe) {
    auto volume = make_volume(context_, {"one", "two"});
    const auto device = std::make_shared<test::FaultDevice>(
        volume.device, test::Faults{.write = 1, .for_good = false});
    auto header = test::load(device);
    ASSERT_TRUE(header);
    const auto killed = (*header)->kill_keyslot(context_, 0);
    ASSERT_FALSE(killed);
    EXPECT_TRUE(killed.error().message.starts_with(
        "keyslot 0 is still listed, but its area is overwritten: it no longer opens: "))
        << killed.error().message;
}

TEST_F(Luks1Verbs, ADamagedKeyslotIsLeftAlone) {
    auto volume = make_volume(context_, {"one", "two"});
    volume.device->bytes()[208] = std::byte{0x12};
    auto header = reload(volume);
    const std::string what =
        "keyslot 0: state 0x12ac71f3 is neither enabled 0x00ac71f3 nor disabled 0x0000dead";
    EXPECT_EQ(*opens(*header, "two"), 1);
    EXPECT_EQ(opens(*header, "one").error().code, Errc::WrongPassphrase);
    EXPECT_EQ(opens(*header, "one", 0).error().message, what);
    EXPECT_EQ(header->kill_keyslot(context_, 0).error().message, what);
    EXPECT_EQ(header->add_keyslot(context_, volume.key, passphrase("x"), cheap(0)).error().message,
              what);
    EXPECT_EQ(
        header->change_keyslot(context_, 0, volume.key, passphrase("x"), cheap()).error().message,
        what);
    // It does not count as a second keyslot.
    EXPECT_EQ(header->kill_keyslot(context_, 1).error().code, Errc::LastKeyslot);
    const auto infos = header->keyslots();
    ASSERT_EQ(infos.size(), 2U);
    EXPECT_FALSE(infos[0].usable);
    EXPECT_TRUE(infos[1].usable);
    // The next free one is used, and the damaged record stays unchanged.
    EXPECT_EQ(*header->add_keyslot(context_, volume.key, passphrase("x"), cheap()), 2);
    EXPECT_EQ(volume.device->bytes()[208], std::byte{0x12});
}

TEST_F(Luks1Verbs, WorksOnWhatAnotherProgramMadeMeanwhile) {
    auto volume = make_volume(context_, {"one"});
    auto other = reload(volume);
    EXPECT_EQ(*other->add_keyslot(context_, volume.key, passphrase("theirs"), cheap()), 1);
    EXPECT_EQ(*volume.header->add_keyslot(context_, volume.key, passphrase("ours"), cheap()), 2);
    EXPECT_EQ(*opens(*volume.header, "theirs"), 1);
    EXPECT_EQ(*opens(*reload(volume), "ours"), 2);
}

TEST_F(Luks1Verbs, NeverRemovesAKeyslotThatMeansAnotherNow) {
    auto volume = make_volume(context_, {"one", "two"});
    auto other = reload(volume);
    EXPECT_EQ(*other->change_keyslot(context_, 1, volume.key, passphrase("theirs"), cheap(1)), 1);
    for (const Error& error :
         {volume.header->kill_keyslot(context_, 1).error(),
          volume.header->change_keyslot(context_, 1, volume.key, passphrase("x"), cheap())
              .error()}) {
        EXPECT_EQ(error.code, Errc::ConcurrentChange);
        EXPECT_EQ(error.message, "keyslot 1 was changed by another program");
    }
    EXPECT_EQ(*opens(*reload(volume), "theirs"), 1);
}

TEST_F(Luks1Verbs, RefusesAHeaderThatWasReplaced) {
    auto volume = make_volume(context_, {"one"});
    auto replacement = make_volume(context_, {"other"});
    std::ranges::copy(replacement.device->bytes(), volume.device->bytes().begin());
    const auto added = volume.header->add_keyslot(context_, volume.key, passphrase("x"), cheap());
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().code, Errc::ConcurrentChange);
    EXPECT_TRUE(std::ranges::equal(replacement.device->bytes(), volume.device->bytes()));
}

TEST_F(Luks1Verbs, HoldsTheMetadataLockAndGivesItBack) {
    auto volume = make_volume(context_, {"one"});
    auto device = std::make_shared<latchkey::test::FaultDevice>(volume.device);
    auto header = *test::load(device);
    EXPECT_TRUE(device->locks().empty());  // reading takes no lock: LUKS1 has none
    ASSERT_TRUE(header->add_keyslot(context_, volume.key, passphrase("two"), cheap()));
    ASSERT_EQ(device->locks().size(), 1U);
    EXPECT_EQ(device->locks()[0], io::BlockDevice::LockMode::Exclusive);
    EXPECT_EQ(device->locks_held(), 0);
    context_.policy.metadata_locks = false;
    ASSERT_TRUE(header->kill_keyslot(context_, 1));
    EXPECT_EQ(device->locks().size(), 1U);
}

TEST_F(Luks1Verbs, AFailingWriteLeavesTheOldState) {
    for (const std::size_t failing : {0U, 1U}) {
        auto volume = make_volume(context_, {"one"});
        auto device = std::make_shared<latchkey::test::FaultDevice>(
            volume.device, latchkey::test::Faults{.write = failing, .half_written = failing == 0});
        auto header = *test::load(device);
        const auto added = header->add_keyslot(context_, volume.key, passphrase("two"), cheap());
        ASSERT_FALSE(added);
        EXPECT_EQ(added.error().code, Errc::Io);
        const auto fresh = reload(volume);
        for (const auto* seen : {header.get(), fresh.get()}) {
            EXPECT_EQ(*opens(*seen, "one"), 0);
            EXPECT_EQ(seen->keyslots().size(), 1U);
        }
    }
}

TEST_F(Luks1Verbs, TheUuidIsChangedAndNothingElse) {
    auto volume = make_volume(context_, {"one"});
    const Bytes before(volume.device->bytes().begin(), volume.device->bytes().end());
    ASSERT_TRUE(volume.header->set_uuid(context_, "12345678-1234-1234-1234-123456789ABC"));
    EXPECT_EQ(volume.header->info().uuid, "12345678-1234-1234-1234-123456789abc");
    for (std::size_t i = 0; i < before.size(); ++i)
        EXPECT_TRUE((i >= 168 && i < 208) || before[i] == volume.device->bytes()[i]) << i;
    EXPECT_EQ(volume.header->set_uuid(context_, "x").error().message, "\"x\" is not a UUID");
    EXPECT_EQ(*opens(*reload(volume), "one"), 0);
}

TEST_F(Luks1Verbs, VerbsThatLuks1DoesNotHaveSaySo) {
    auto volume = make_volume(context_, {"one"});
    EXPECT_EQ(volume.header->set_label(context_, "x", {}).error().code, Errc::NotSupported);
    EXPECT_EQ(volume.header->set_priority(context_, 0, Priority::Prefer).error().code,
              Errc::NotSupported);
    EXPECT_EQ(volume.header->metadata_json().error().message,
              "LUKS1 volumes do not support: JSON metadata");
}

TEST_F(Luks1Verbs, TheNullCipherTakesTheEmptyPassphraseOnly) {
    FormatParams params = test::cheap_params();
    params.cipher = "cipher_null-ecb";
    auto volume = make_volume(context_, {""}, params);
    EXPECT_EQ(*opens(*volume.header, ""), 0);
    EXPECT_EQ(opens(*volume.header, "x").error().code, Errc::WrongPassphrase);
    EXPECT_EQ(
        volume.header->add_keyslot(context_, volume.key, passphrase("x"), cheap()).error().message,
        "a keyslot of cipher_null-ecb takes the empty passphrase only, not one of 1 bytes");
    context_.policy.allow_null_cipher = false;
    const auto refused = volume.header->unlock(context_, passphrase(""), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "header: cipher cipher_null-ecb encrypts nothing and is not allowed by policy");
}

TEST_F(Luks1Verbs, CostsOfTheHeaderAreBounded) {
    auto volume = make_volume(context_, {"one", "two"});
    const auto patch = [&](std::size_t offset, std::uint32_t value) {
        write_record(volume.device->bytes(), Be32(value), offset);
    };
    patch(212, 0xffffffff);
    auto header = reload(volume);
    EXPECT_EQ(*opens(*header, "two"), 1);  // refused ones are skipped
    EXPECT_EQ(opens(*header, "one").error().code, Errc::CostRefused);
    EXPECT_EQ(opens(*header, "one", 0).error().code, Errc::CostRefused);
    EXPECT_NE(opens(*header, "one").error().message.find("keyslot 0"), std::string::npos);
    patch(212, 0);
    header = reload(volume);
    EXPECT_EQ(*opens(*header, "two"), 1);
    EXPECT_EQ(opens(*header, "one", 0).error().message, "keyslot 0: iterations 0 < 1");
    EXPECT_EQ(opens(*header, "one").error().code, Errc::WrongPassphrase);
    patch(212, 1000);
    patch(164, 0);
    EXPECT_EQ(opens(*reload(volume), "one").error().message, "volume key digest: iterations 0 < 1");
    patch(164, 0xffffffff);
    EXPECT_EQ(opens(*reload(volume), "one").error().code, Errc::CostRefused);
}

TEST_F(Luks1Verbs, UnlockingCanBeInterrupted) {
    auto volume = make_volume(context_, {"one"});
    context_.cancel();
    const auto opened = volume.header->unlock(context_, passphrase("one"), {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::Interrupted);
}

TEST_F(Luks1Verbs, AGivenKeyIsVerified) {
    auto volume = make_volume(context_, {});
    EXPECT_TRUE(
        volume.header->verify(context_, CandidateKey(SecretBuffer::copy_of(volume.key.bytes()))));
    EXPECT_EQ(volume.header->verify(context_, CandidateKey(SecretBuffer(16))).error().code,
              Errc::WrongPassphrase);
    EXPECT_EQ(volume.header->verify(context_, CandidateKey(SecretBuffer(15))).error().message,
              "key of 15 bytes, the volume's has 16");
}

}  // namespace
}  // namespace latchkey::luks1
