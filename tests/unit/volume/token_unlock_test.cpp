// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens that give a passphrase: which are tried, in which order, and what is said when none opens.
#include "latchkey/token_unlock.h"

#include <map>

#include "io/keyring.h"
#include "volume_testing.h"

namespace latchkey::test {
namespace {

class FakeUserKeys : public io::Keyring {
  public:
    std::map<std::string, std::string> keys;
    std::vector<std::string> asked;

    Result<SecretBuffer> read(std::string_view type, std::string_view description) override {
        asked.emplace_back(description);
        const auto found = keys.find(std::string(description));
        if (type != "user" || found == keys.end())
            return fail(Errc::NotFound, "no key %s", asked.back().c_str());
        return secret(found->second);
    }
    Result<io::KeyLink> add_logon(std::string_view, ByteView) override { return refused(); }
    Result<void> unlink(const io::KeyLink&) override { return refused(); }
    Result<void> forget(std::string_view) override { return refused(); }
    Result<io::KeyLink> link(std::string_view, ByteView) override { return refused(); }

  private:
    static Error refused() { return fail(Errc::NotSupported, "not asked for here"); }
};

std::string keyring_token_json(const std::string& keyslots, const std::string& description) {
    return R"({"type":"luks2-keyring","keyslots":[)" + keyslots + R"(],"key_description":")" +
           description + R"("})";
}

struct TokenUnlock : testing::Test {
    TestVolume made{"LUKS2", 3};
    FakeUserKeys keyring;

    void add(int number, const std::string& json) {
        const auto token = made.volume->import_token(made.context, number, json, false);
        ASSERT_TRUE(token) << token.error().message;
    }
    Result<UnlockedVolume> unlock(const TokenUnlockOptions& options = {}) {
        return unlock_with_token(made.context, *made.volume, options, &keyring);
    }
};

TEST_F(TokenUnlock, WithoutATokenThereIsNothingToTry) {
    const auto opened = unlock();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::NoUsableToken);
    EXPECT_TRUE(keyring.asked.empty());
}

TEST_F(TokenUnlock, TheTokensKeyOpensItsKeyslot) {
    add(4, keyring_token_json(R"("1")", "my:key"));
    keyring.keys["my:key"] = "one";
    const auto opened = unlock();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->keyslot, 1);
    EXPECT_TRUE(made.volume->plan(*opened));
}

TEST_F(TokenUnlock, AKeyslotThatTheTokenDoesNotListIsNotTried) {
    add(0, keyring_token_json(R"("1")", "my:key"));
    keyring.keys["my:key"] = "zero";
    const auto opened = unlock();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::WrongPassphrase);
    EXPECT_EQ(unlock({.keyslot = 0}).error().code, Errc::NoUsableToken);
}

TEST_F(TokenUnlock, AMissingKeyLetsTheNextTokenTry) {
    add(0, keyring_token_json(R"("0")", "gone"));
    add(1, keyring_token_json(R"("2")", "there"));
    keyring.keys["there"] = "two";
    const auto opened = unlock();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->keyslot, 2);
    EXPECT_EQ(keyring.asked, (std::vector<std::string>{"gone", "there"}));
}

TEST_F(TokenUnlock, OnlyTheTokenThatIsNamed) {
    add(0, keyring_token_json(R"("0")", "a"));
    add(1, keyring_token_json(R"("1")", "b"));
    keyring.keys = {{"a", "zero"}, {"b", "one"}};
    EXPECT_EQ(unlock({.token = 1})->keyslot, 1);
    EXPECT_EQ(unlock({.token = 7}).error().code, Errc::NoUsableToken);
    EXPECT_EQ(unlock({.type = "systemd-tpm2"}).error().code, Errc::NoUsableToken);
    EXPECT_EQ(unlock({.type = "luks2-keyring"})->keyslot, 0);
}

TEST_F(TokenUnlock, AnIgnoredKeyslotOpensForWhoNamesTheToken) {
    add(0, keyring_token_json(R"("1")", "a"));
    keyring.keys["a"] = "one";
    ASSERT_TRUE(made.volume->set_priority(made.context, 1, Priority::Ignore));
    EXPECT_EQ(unlock().error().code, Errc::NoUsableToken);
    EXPECT_EQ(unlock({.token = 0})->keyslot, 1);
    EXPECT_EQ(unlock({.keyslot = 1})->keyslot, 1);
}

TEST_F(TokenUnlock, ThePreferredKeyslotIsFirst) {
    add(0, keyring_token_json(R"("0","2")", "a"));
    keyring.keys["a"] = "two";
    ASSERT_TRUE(made.volume->add_keyslot(made.context, *made.key, passphrase("two"), cheap_keyslot(5)));
    ASSERT_TRUE(made.volume->assign_token(made.context, 0, 5, true));
    ASSERT_TRUE(made.volume->set_priority(made.context, 5, Priority::Prefer));
    EXPECT_EQ(unlock()->keyslot, 5);
}

TEST_F(TokenUnlock, TokensOfOtherProgramsGiveNoPassphrase) {
    add(3, R"({"type":"of-somebody","keyslots":["0"]})");
    const auto none = token_passphrase(*made.volume, 3, &keyring);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message, "token 3 is of type of-somebody, which gives no passphrase here");
    EXPECT_EQ(token_passphrase(*made.volume, 9, &keyring).error().message, "token 9 is not in use");
    EXPECT_EQ(unlock().error().code, Errc::NoUsableToken);
}

TEST_F(TokenUnlock, FailuresAreNamedByToken) {
    add(0, keyring_token_json(R"("0")", "gone"));
    add(2, keyring_token_json(R"("1")", "wrong"));
    keyring.keys["wrong"] = "zero";
    const auto opened = unlock();
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().message.starts_with("token 0: no key gone; token 2: ")) << opened.error().message;
}

TEST_F(TokenUnlock, VolumeKeysComeFromKeysThatCanBeRead) {
    keyring.keys["vk"] = "0123456789abcdef";
    EXPECT_EQ(keyring_volume_key("%user:vk", &keyring)->size(), 16U);
    EXPECT_EQ(keyring_volume_key("user:vk", &keyring)->size(), 16U);
    EXPECT_EQ(keyring_volume_key("vk", &keyring)->size(), 16U);
    EXPECT_EQ(keyring_volume_key("%user:other", &keyring).error().code, Errc::NotFound);
    EXPECT_EQ(keyring_volume_key("%logon:vk", &keyring).error().message,
              "a volume key of keyring type logon cannot be read");
}

}  // namespace
}  // namespace latchkey::test
