// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes whose header says that nothing is encrypted.
#include "formats/null_cipher.h"

#include <gmock/gmock.h>

#include "volume_testing.h"

namespace latchkey {
namespace {

using testing::HasSubstr;

// A normal volume whose cipher an attacker changed in an otherwise valid header.
struct Spoiled {
    explicit Spoiled(const std::string& type, std::string_view passphrase) {
        context.random = std::make_shared<test::SeededRandom>(1);
        FormatParams params = test::cheap_format(type);
        params.cipher = "cipher_null-ecb";
        auto made = Volume::format(context, Device(device), {}, params);
        if (!made) throw std::runtime_error(made.error().message);
        const auto added = made->volume.add_keyslot(
            context, made->key, test::passphrase(passphrase), test::cheap_keyslot());
        if (!added) throw std::runtime_error(added.error().message);
        volume = std::make_unique<Volume>(std::move(made->volume));
        key = std::make_unique<VolumeKey>(std::move(made->key));
    }
    [[nodiscard]] Result<MappingPlan> opens(std::string_view passphrase) {
        LK_ASSIGN(const UnlockedVolume opened,
                  volume->unlock(context, test::passphrase(passphrase)));
        return volume->plan(context, opened);
    }

    Context context;
    std::shared_ptr<io::MemDevice> device = test::memory(Bytes(test::kVolumeBytes));
    std::unique_ptr<Volume> volume;
    std::unique_ptr<VolumeKey> key;
};

TEST(NullCipher, ARealPassphraseOrKeyOpensNoDataInClear) {
    Spoiled spoiled("LUKS2", "secret");
    const auto refused = spoiled.opens("secret");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::Refused);
    EXPECT_THAT(refused.error().message, HasSubstr("segments.0.encryption cipher_null-ecb"));
    EXPECT_THAT(refused.error().hint, HasSubstr("--allow-null-cipher"));
    const UnlockedVolume by_key{.key = spoiled.key->copy()};
    EXPECT_EQ(spoiled.volume->plan(spoiled.context, by_key).error().code, Errc::Refused);
    spoiled.context.policy.allow_null_data = true;
    std::string logged;
    spoiled.context.log_sink = [&](LogLevel level, std::string_view text) {
        if (level == LogLevel::Warning) logged += text;
    };
    EXPECT_TRUE(spoiled.opens("secret"));
    EXPECT_TRUE(spoiled.volume->plan(spoiled.context, by_key));
    EXPECT_THAT(logged, HasSubstr("the data are stored in clear"));
}

TEST(NullCipher, TheEmptyPassphraseOpensUnlessPolicyForbidsIt) {
    for (const char* type : {"LUKS1", "LUKS2"}) {
        Spoiled spoiled(type, "");
        EXPECT_TRUE(spoiled.opens("")) << type;
        EXPECT_EQ(spoiled.opens("x").error().code, Errc::WrongPassphrase) << type;
        ASSERT_EQ(spoiled.volume->warnings().size(), 1U) << type;
        EXPECT_THAT(spoiled.volume->warnings().front(), HasSubstr("cipher_null-ecb")) << type;
        const UnlockedVolume by_key{.key = spoiled.key->copy()};
        EXPECT_EQ(spoiled.volume->plan(spoiled.context, by_key).error().code, Errc::Refused)
            << type;
        spoiled.context.policy.allow_null_cipher = false;
        EXPECT_FALSE(spoiled.opens("")) << type;
    }
}

TEST(NullCipher, EveryFieldIsNamed) {
    const Policy policy;
    const auto refused =
        formats::check_null_data(policy,
                                 {{"segments.0.encryption", "cipher_null-ecb", true},
                                  {"keyslots.1.area.encryption", "null", false},
                                  {"segments.3.encryption", "null", true}},
                                 false);
    EXPECT_THAT(refused.error().message,
                HasSubstr("(segments.0.encryption cipher_null-ecb, segments.3.encryption null)"));
    EXPECT_TRUE(
        formats::check_null_data(policy, {{"keyslots.1.area.encryption", "null", false}}, false));
    EXPECT_TRUE(formats::check_null_data(policy, {}, false));
}

}  // namespace
}  // namespace latchkey
