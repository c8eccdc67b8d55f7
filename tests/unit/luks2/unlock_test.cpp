// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks2/unlock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/json.h"
#include "crypto/af_splitter.h"
#include "luks2/digest.h"
#include "support/fault_device.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

using test::cheap;
using test::make_volume;
using test::opens;
using test::passphrase;
using testing::HasSubstr;
using testing::StartsWith;

class Luks2Unlock : public testing::Test {
  protected:
    // "one" and "two" open keyslots 0 and 1, "both" opens 2 and 3; then the header is edited.
    template <typename Edit>
    std::unique_ptr<formats::LoadedHeader> edited(Edit edit) {
        auto volume = make_volume(context_, {"one", "two", "both", "both"});
        device_ = volume.device;
        test::edit_header(context_, device_, edit);
        auto header = test::load(device_);
        EXPECT_TRUE(header) << header.error().message;
        return std::move(*header);
    }

    Context context_;
    std::shared_ptr<io::MemDevice> device_;
};

TEST_F(Luks2Unlock, GoesByPriorityThenByTheDocument) {
    const auto header = edited([](Json& document) {
        document["keyslots"]["3"]["priority"] = 2;
        document["keyslots"]["0"]["priority"] = 0;
    });
    EXPECT_EQ(opens(*header, "both").value_or(-1), 3);
    EXPECT_EQ(opens(*header, "both", 2).value_or(-1), 2);
    EXPECT_EQ(opens(*header, "two").value_or(-1), 1);
    EXPECT_EQ(opens(*header, "one").error().code, Errc::WrongPassphrase);
    EXPECT_EQ(opens(*header, "one").error().message, "no keyslot opens with this passphrase");
    EXPECT_EQ(opens(*header, "one", 0).value_or(-1), 0);  // priority ignore, but named
}

// As in the peer: keyslot 5 was added before 1.
TEST_F(Luks2Unlock, OrderOfTheDocumentCounts) {
    auto volume = make_volume(context_, {"one"});
    for (const int number : {5, 1})
        ASSERT_TRUE(
            volume.header->add_keyslot(context_, volume.key, passphrase("same"), cheap(number)));
    EXPECT_EQ(opens(*volume.header, "same").value_or(-1), 5);
    EXPECT_EQ(opens(*test::load(volume.device).value(), "same").value_or(-1), 5);
}

TEST_F(Luks2Unlock, IgnoredKeyslotsAloneAreNotUsable) {
    const auto header = edited([](Json& document) {
        for (const char* number : {"0", "1", "2", "3"})
            document["keyslots"][number]["priority"] = 0;
    });
    EXPECT_EQ(opens(*header, "one").error().code, Errc::NoUsableKeyslot);
    EXPECT_EQ(opens(*header, "one", 9).error().code, Errc::KeyslotInactive);
    EXPECT_EQ(opens(*header, "two", 0).error().message,
              "keyslot 0: the passphrase does not open it");
}

TEST_F(Luks2Unlock, UnboundKeyslotsOpenOnlyForWhoTakesAnyKey) {
    auto volume = make_volume(context_, {"one"});
    ASSERT_TRUE(volume.header->add_unbound_keyslot(context_, CandidateKey(test::ramp(24)),
                                                   passphrase("loose"), cheap(7)));
    const auto& header = *volume.header;
    EXPECT_EQ(opens(header, "loose").value_or(-1), 7);
    EXPECT_EQ(opens(header, "loose", UnlockOptions{.any_segment = false}).error().code,
              Errc::WrongPassphrase);
    const auto named = opens(header, "loose", UnlockOptions{.keyslot = 7, .any_segment = false});
    EXPECT_EQ(named.error().code, Errc::NoUsableKeyslot);
    EXPECT_EQ(named.error().message, "keyslot 7: its key belongs to no segment of the data");
    EXPECT_EQ(opens(header, "one", UnlockOptions{.any_segment = false}).value_or(-1), 0);
}

TEST_F(Luks2Unlock, CostIsRefusedBeforeItIsPaid) {
    const auto header = edited([](Json& document) {
        document["keyslots"]["0"]["kdf"]["iterations"] = 2'000'000'000;
        document["keyslots"]["1"]["kdf"] = {
            {"type", "argon2id"},
            {"time", 4},
            {"memory", 2'000'000'000},
            {"cpus", 4},
            {"salt", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}};
    });
    const auto start = std::chrono::steady_clock::now();
    const auto refused = opens(*header, "one");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    EXPECT_EQ(refused.error().code, Errc::CostRefused);
    EXPECT_THAT(refused.error().message, StartsWith("keyslot 0: "));
    EXPECT_THAT(opens(*header, "two", 1).error().message, StartsWith("keyslot 1: "));
    // The others still open.
    EXPECT_EQ(opens(*header, "both").value_or(-1), 2);
}

TEST_F(Luks2Unlock, CostOfTheDigestIsRefusedToo) {
    const auto header =
        edited([](Json& document) { document["digests"]["0"]["iterations"] = 2'000'000'000; });
    const auto refused = opens(*header, "one");
    EXPECT_EQ(refused.error().code, Errc::CostRefused);
    EXPECT_THAT(refused.error().message, HasSubstr("digest 0"));
    EXPECT_EQ(header->verify(context_, CandidateKey(test::ramp(16))).error().code,
              Errc::CostRefused);
}

TEST_F(Luks2Unlock, MissingCipherIsNotAWrongPassphrase) {
    const auto header = edited([](Json& document) {
        document["keyslots"]["0"]["area"]["encryption"] = "camellia-xts-plain65";
        document["keyslots"]["1"]["kdf"] = {{"type", "scrypt"}, {"salt", "AAEC"}};
    });
    EXPECT_EQ(opens(*header, "both").value_or(-1), 2);
    const auto wrong = opens(*header, "nothing");
    EXPECT_NE(wrong.error().code, Errc::WrongPassphrase);
    EXPECT_THAT(wrong.error().message, StartsWith("keyslot 0: "));
    const auto kdf = opens(*header, "two", 1);
    EXPECT_EQ(kdf.error().code, Errc::MissingCipher) << kdf.error().message;
    EXPECT_THAT(kdf.error().message, HasSubstr("scrypt"));
}

TEST_F(Luks2Unlock, UnknownHashesAreNamed) {
    const auto header = edited([](Json& document) {
        document["keyslots"]["0"]["af"]["hash"] = "md17";
        document["keyslots"]["1"]["kdf"]["hash"] = "md18";
    });
    EXPECT_EQ(opens(*header, "one", 0).error().code, Errc::MissingCipher);
    EXPECT_THAT(opens(*header, "one", 0).error().message, HasSubstr("md17"));
    EXPECT_EQ(opens(*header, "two", 1).error().code, Errc::MissingCipher);
}

TEST_F(Luks2Unlock, NullCipherAreaOpensWithTheEmptyPassphraseOnly) {
    auto volume = make_volume(context_, {""});
    // The area in clear text, as an attacker would write it.
    auto stored = read_metadata(*volume.device);
    ASSERT_TRUE(stored);
    const Area area = stored->metadata.keyslot(0)->area;
    const auto material = crypto::af_split(volume.key.bytes(), "sha256", *context_.random);
    ASSERT_TRUE(material);
    ASSERT_TRUE(volume.device->write(area.offset, material->bytes()));
    test::edit_header(context_, volume.device, [](Json& document) {
        document["keyslots"]["0"]["area"]["encryption"] = "cipher_null-ecb";
    });
    const auto header = test::load(volume.device);
    ASSERT_TRUE(header);
    EXPECT_EQ(opens(**header, "").value_or(-1), 0);
    EXPECT_EQ(opens(**header, "x").error().code, Errc::WrongPassphrase);
    context_.policy.allow_null_cipher = false;
    EXPECT_EQ((*header)->unlock(context_, passphrase(""), {}).error().code, Errc::NotSupported);
}

TEST_F(Luks2Unlock, AreaTooSmallForTheKeyIsRefused) {
    const auto header = edited([](Json& document) {
        document["keyslots"]["0"]["key_size"] = 17;
        document["keyslots"]["1"]["key_size"] = 4294967295U;
        document["keyslots"]["2"]["key_size"] = 0;
    });
    EXPECT_THAT(opens(*header, "one", 0).error().message,
                HasSubstr("key of 17 bytes does not fit"));
    EXPECT_FALSE(opens(*header, "two", 1));
    EXPECT_FALSE(opens(*header, "both", 2));
    EXPECT_EQ(opens(*header, "both", 3).value_or(-1), 3);
}

TEST_F(Luks2Unlock, StripesOfTheHeaderAreNotLookedAt) {
    const auto header =
        edited([](Json& document) { document["keyslots"]["0"]["af"]["stripes"] = 4; });
    EXPECT_EQ(opens(*header, "one").value_or(-1), 0);
}

TEST_F(Luks2Unlock, VolumeKeyNeedsItsLength) {
    auto volume = make_volume(context_, {"one"});
    const auto verify = [&](SecretBuffer key) {
        return volume.header->verify(context_, CandidateKey(std::move(key)));
    };
    EXPECT_TRUE(verify(test::ramp(16)));
    SecretBuffer padded(24);  // PBKDF2 gives the same result: HMAC pads with zeros
    std::copy_n(test::ramp(16).bytes().begin(), 16, padded.bytes().begin());
    const Digest& digest = test::metadata_of(*volume.header).digests().front();
    ASSERT_TRUE(check_digest(context_, digest, padded.bytes()));
    EXPECT_EQ(verify(SecretBuffer::copy_of(padded.bytes())).error().message,
              "volume key of 24 bytes, the volume's has 16");
    // Without a keyslot the header does not give the length; a length that the cipher accepts is believed, because a
    // key may end in zeros.
    ASSERT_TRUE(volume.header->kill_keyslot(context_, 0));
    EXPECT_TRUE(verify(SecretBuffer::copy_of(padded.bytes())));
    EXPECT_EQ(verify(test::ramp(17)).error().message,
              "key of 17 bytes does not fit aes-cbc-plain64");
    EXPECT_EQ(verify(SecretBuffer(4096)).error().message,
              "volume key of 4096 bytes fits no cipher");
    EXPECT_TRUE(verify(test::ramp(16)));
    SecretBuffer wrong(16);
    EXPECT_EQ(verify(std::move(wrong)).error().message, "digest 0 does not agree with the key");
}

TEST_F(Luks2Unlock, LyingDeviceGainsNothing) {
    auto volume = make_volume(context_, {"one"});
    auto device = std::make_shared<latchkey::test::FaultDevice>(
        volume.device, latchkey::test::Faults{.second_read_lies = true});
    const auto header = kFormat.load(context_, device, {});
    ASSERT_TRUE(header) << header.error().message;
    const auto opened = (*header)->unlock(context_, passphrase("one"), {});
    ASSERT_TRUE(opened) << opened.error().message;  // every byte was read once
}

TEST_F(Luks2Unlock, ReadErrorOfOneAreaLeavesTheOthers) {
    auto volume = make_volume(context_, {"one", "two"});
    auto device = std::make_shared<latchkey::test::FaultDevice>(volume.device);
    const auto header = kFormat.load(context_, device, {});
    ASSERT_TRUE(header);
    device->faults.read = device->reads();
    device->faults.for_good = false;
    EXPECT_EQ(opens(**header, "two").value_or(-1), 1);
    device->faults.read = device->reads();
    // An unreadable keyslot is not a wrong passphrase: the passphrase may be right, as it is here.
    std::vector<std::string> said;
    context_.log_sink = [&](LogLevel level, std::string_view text) {
        if (level == LogLevel::Warning) said.emplace_back(text);
    };
    const auto failed = (*header)->unlock(context_, passphrase("one"), {});
    EXPECT_EQ(failed.error().code, Errc::Unreadable);
    EXPECT_NE(failed.error().hint, "");
    EXPECT_TRUE(failed.error().message.starts_with("keyslot 0: read ")) << failed.error().message;
    EXPECT_EQ(said.size(), 0U);
}

TEST_F(Luks2Unlock, KeyslotsThatCannotBeReadAreNoWrongPassphrase) {
    auto volume = make_volume(context_, {"one", "two"});
    auto device = std::make_shared<latchkey::test::FaultDevice>(volume.device);
    std::vector<std::string> said;
    context_.log_sink = [&](LogLevel level, std::string_view text) {
        if (level == LogLevel::Warning) said.emplace_back(text);
    };
    const auto header = kFormat.load(context_, device, {});
    ASSERT_TRUE(header);
    const auto slots = (*header)->keyslots();
    for (const KeyslotInfo& slot : slots)
        device->faults.bad_ranges.push_back({.offset = slot.area_offset + 1024, .length = 512});
    const auto failed = (*header)->unlock(context_, passphrase("two"), {});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::Unreadable);
    EXPECT_EQ(info(failed.error().code).exit_status, 4);
    EXPECT_EQ(failed.error().message, "keyslot 0: cannot read device <file> at offset " +
                                          std::to_string(slots[0].area_offset + 1024) +
                                          ": Input/output error");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_TRUE(said[0].starts_with("keyslot 1: cannot read device")) << said[0];
    // One readable keyslot is enough, and the other is reported.
    said.clear();
    device->faults.bad_ranges.pop_back();
    Context fresh;
    fresh.log_sink = context_.log_sink;
    EXPECT_EQ((*header)->unlock(fresh, passphrase("two"), {})->keyslot, 1);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_TRUE(said[0].starts_with("keyslot 0: cannot read device")) << said[0];
}

TEST_F(Luks2Unlock, WhatIsNoCiphertextIsTold) {
    auto volume = make_volume(context_, {"one", "two"});
    std::vector<std::string> said;
    context_.log_sink = [&](LogLevel level, std::string_view text) {
        if (level == LogLevel::Warning) said.emplace_back(text);
    };
    EXPECT_EQ(volume.header->unlock(context_, passphrase("none"), {}).error().hint, "");
    EXPECT_TRUE(said.empty());
    const KeyslotInfo slot = volume.header->keyslots()[0];
    const std::uint64_t at = slot.area_offset + 4096;
    std::ranges::fill(volume.device->bytes().subspan(at, 4096), std::byte{0});
    const auto failed = volume.header->unlock(context_, passphrase("one"), {});
    EXPECT_EQ(failed.error().code, Errc::WrongPassphrase);
    EXPECT_NE(failed.error().hint, "");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_TRUE(said[0].starts_with("keyslot 0 is damaged at byte " + std::to_string(at) + ":"))
        << said[0];
    EXPECT_TRUE(volume.header->unlock(context_, passphrase("two"), {}));
    // One message per context is enough.
    EXPECT_EQ(said.size(), 1U);
}

TEST_F(Luks2Unlock, AnUnknownRequirementKeepsNobodyFromTrying) {
    auto volume = make_volume(context_, {"one"});
    Metadata metadata = test::metadata_of(*volume.header);
    auto edited = metadata.edited([](Json& document) {
        document["config"]["requirements"] = {{"mandatory", {"x-foo"}}};
    });
    ASSERT_TRUE(edited) << edited.error().message;
    ASSERT_TRUE(write_metadata(context_, *volume.device, *edited));
    const auto header = kFormat.load(context_, volume.device, {});
    ASSERT_TRUE(header) << header.error().message;
    auto opened = (*header)->unlock(context_, passphrase("one"), {});
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opens(**header, "two").error().code, Errc::WrongPassphrase);
    EXPECT_EQ((*header)->plan(context_, opened->key).error().code, Errc::UnmetRequirement);
    EXPECT_EQ((*header)->set_label(context_, "x", {}).error().code, Errc::UnmetRequirement);
    EXPECT_TRUE((*header)->kill_keyslot(context_, 0));
}

TEST_F(Luks2Unlock, CanBeInterrupted) {
    auto volume = make_volume(context_, {"one"});
    context_.cancel();
    EXPECT_EQ(volume.header->unlock(context_, passphrase("one"), {}).error().code,
              Errc::Interrupted);
}

TEST_F(Luks2Unlock, NeverWrites) {
    auto volume = make_volume(context_, {"one"});
    volume.device->bytes()[0x4100] ^= std::byte{1};  // a damaged copy could cause a repair
    auto device = std::make_shared<latchkey::test::FaultDevice>(volume.device);
    const auto header = kFormat.load(context_, device, {});
    ASSERT_TRUE(header);
    EXPECT_TRUE(opens(**header, "one"));
    EXPECT_FALSE(opens(**header, "two"));
    EXPECT_FALSE(to_text((*header)->describe()).empty());
    EXPECT_TRUE((*header)->verify(context_, CandidateKey(test::ramp(16))));
    EXPECT_EQ(device->writes(), 0U);
    EXPECT_EQ(device->flushes(), 0U);
}

}  // namespace
}  // namespace latchkey::luks2
