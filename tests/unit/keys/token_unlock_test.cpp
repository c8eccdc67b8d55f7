// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens that give a passphrase: which are tried, their order, and the error if none opens.
#include "keys/token_unlock.h"

#include <map>
#include <variant>

#include "unit/volume/volume_testing.h"
#include "user_keys.h"

namespace latchkey::test {
namespace {

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
    Result<UnlockedVolume> unlock(const keys::Token& tokens = {},
                                  const UnlockOptions& options = {}) {
        return keys::unlock_with_token(made.context, *made.volume, tokens, options, keyring);
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
    EXPECT_TRUE(made.volume->plan(made.context, *opened));
}

TEST_F(TokenUnlock, AKeyslotThatTheTokenDoesNotListIsNotTried) {
    add(0, keyring_token_json(R"("1")", "my:key"));
    keyring.keys["my:key"] = "zero";
    const auto opened = unlock();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::WrongPassphrase);
    EXPECT_EQ(unlock({}, {.keyslot = 0}).error().code, Errc::NoUsableToken);
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
    EXPECT_EQ(unlock({.number = 1})->keyslot, 1);
    EXPECT_EQ(unlock({.number = 7}).error().code, Errc::NoUsableToken);
    EXPECT_EQ(unlock({.type = "systemd-tpm2"}).error().code, Errc::NoUsableToken);
    EXPECT_EQ(unlock({.type = "luks2-keyring"})->keyslot, 0);
}

TEST_F(TokenUnlock, AnIgnoredKeyslotOpensForWhoNamesTheToken) {
    add(0, keyring_token_json(R"("1")", "a"));
    keyring.keys["a"] = "one";
    ASSERT_TRUE(made.volume->set_priority(made.context, 1, Priority::Ignore));
    EXPECT_EQ(unlock().error().code, Errc::NoUsableToken);
    EXPECT_EQ(unlock({.number = 0})->keyslot, 1);
    EXPECT_EQ(unlock({}, {.keyslot = 1})->keyslot, 1);
}

TEST_F(TokenUnlock, ThePreferredKeyslotIsFirst) {
    add(0, keyring_token_json(R"("0","2")", "a"));
    keyring.keys["a"] = "two";
    ASSERT_TRUE(
        made.volume->add_keyslot(made.context, *made.key, passphrase("two"), cheap_keyslot(5)));
    ASSERT_TRUE(made.volume->assign_token(made.context, 0, 5, true));
    ASSERT_TRUE(made.volume->set_priority(made.context, 5, Priority::Prefer));
    EXPECT_EQ(unlock()->keyslot, 5);
}

TEST_F(TokenUnlock, TokensOfOtherProgramsGiveNoPassphrase) {
    add(3, R"({"type":"of-somebody","keyslots":["0"]})");
    const auto none = keys::token_passphrase(*made.volume, 3, keyring);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().message,
              "token 3 is of type of-somebody, which gives no passphrase here");
    EXPECT_EQ(keys::token_passphrase(*made.volume, 9, keyring).error().message,
              "token 9 is not in use");
    EXPECT_EQ(unlock().error().code, Errc::NoUsableToken);
}

TEST_F(TokenUnlock, FailuresAreNamedByToken) {
    add(0, keyring_token_json(R"("0")", "gone"));
    add(2, keyring_token_json(R"("1")", "wrong"));
    keyring.keys["wrong"] = "zero";
    const auto opened = unlock();
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().message.starts_with("token 0: no key gone; token 2: "))
        << opened.error().message;
}

// Tokens of type "given" return the table's entry: a number is an error, a text the passphrase.
class FakeOpener : public TokenOpener {
  public:
    std::map<int, std::variant<Errc, std::string>> answers;
    std::vector<std::string> asked;  // "3", with a PIN "3 1234"

    bool opens(std::string_view type) override { return type == "given"; }
    Result<Passphrase> open(const TokenInfo& token, const Passphrase* pin) override {
        asked.push_back(std::to_string(token.number));
        if (pin != nullptr)
            asked.back() +=
                " " + std::string(reinterpret_cast<const char*>(pin->bytes().data()), pin->size());
        const auto& answer = answers.at(token.number);
        if (const Errc* code = std::get_if<Errc>(&answer)) return fail(*code, "as asked for");
        return passphrase(std::get<std::string>(answer));
    }
    std::string dump(const TokenInfo& token) override { return token.type; }
};

struct TokenOpening : TokenUnlock {
    FakeOpener opener;

    void give(int number, const std::string& keyslots, std::variant<Errc, std::string> answer) {
        add(number, R"({"type":"given","keyslots":[)" + keyslots + "]}");
        opener.answers[number] = std::move(answer);
    }
    Result<UnlockedVolume> unlock(keys::Token tokens = {}) {
        tokens.opener = &opener;
        return TokenUnlock::unlock(tokens);
    }
    using Asked = std::vector<std::string>;
};

TEST_F(TokenOpening, APluginsTokenOpensItsKeyslot) {
    give(1, R"("2")", "two");
    const auto opened = unlock();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->keyslot, 2);
}

TEST_F(TokenOpening, WhoMissesSomethingLetsTheNextTry) {
    give(0, R"("0")", Errc::TokenNeedsPin);
    give(1, R"("0")", Errc::NoDevice);
    give(2, R"("0")", Errc::NoUsableToken);
    give(3, R"("0")", "wrong");
    give(4, R"("1")", "one");
    EXPECT_EQ(unlock()->keyslot, 1);
    EXPECT_EQ(opener.asked, (Asked{"0", "1", "2", "3", "4"}));
}

TEST_F(TokenOpening, TheErrorIsWhatAPersonCanMend) {
    give(0, R"("0")", Errc::NoUsableToken);
    EXPECT_EQ(unlock().error().code, Errc::NoUsableToken);
    give(1, R"("0")", "wrong");
    EXPECT_EQ(unlock().error().code, Errc::WrongPassphrase);
    give(2, R"("0")", Errc::NoDevice);
    EXPECT_EQ(unlock().error().code, Errc::NoDevice);
    give(3, R"("0")", Errc::TokenNeedsPin);
    EXPECT_EQ(unlock().error().code, Errc::TokenNeedsPin);
    give(4, R"("0")", Errc::NoDevice);
    EXPECT_EQ(unlock().error().code, Errc::TokenNeedsPin);
}

TEST_F(TokenOpening, EveryOtherErrorStops) {
    give(0, R"("0")", Errc::Io);
    give(1, R"("0")", "zero");
    EXPECT_EQ(unlock().error().code, Errc::Io);
    EXPECT_EQ(opener.asked, Asked{"0"});
}

TEST_F(TokenOpening, PreferredKeyslotsComeFirstWhateverTheTokensNumber) {
    give(0, R"("0")", "zero");
    give(1, R"("2")", "two");
    ASSERT_TRUE(made.volume->set_priority(made.context, 2, Priority::Prefer));
    EXPECT_EQ(unlock()->keyslot, 2);
    EXPECT_EQ(opener.asked, Asked{"1"});
}

// The user may have to touch it.
TEST_F(TokenOpening, ATokenIsAskedOnceForAllItsKeyslots) {
    give(0, R"("0","1")", "zero");
    ASSERT_TRUE(made.volume->set_priority(made.context, 1, Priority::Prefer));
    EXPECT_EQ(unlock()->keyslot, 0);
    EXPECT_EQ(opener.asked, Asked{"0"});
    opener.asked.clear();
    opener.answers[0] = Errc::TokenNeedsPin;
    EXPECT_EQ(unlock().error().code, Errc::TokenNeedsPin);
    EXPECT_EQ(opener.asked, Asked{"0"});
}

TEST_F(TokenOpening, APinIsNotForTheKeyring) {
    add(0, keyring_token_json(R"("0")", "a"));
    keyring.keys["a"] = "zero";
    give(1, R"("1")", "one");
    EXPECT_EQ(unlock({.pin = passphrase("1234")})->keyslot, 1);
    EXPECT_EQ(opener.asked, Asked{"1 1234"});
    EXPECT_TRUE(keyring.asked.empty());
}

TEST_F(TokenUnlock, ATokenThatIsMadeOpensWhatItIsAssignedTo) {
    const auto json = seal_token("luks2-keyring", {.key_description = "a\"b\\c"});
    ASSERT_TRUE(json) << json.error().message;
    keyring.keys["a\"b\\c"] = "new";
    NewKeyslot keyslot = cheap_keyslot(7);
    keyslot.token = KeyslotToken{.json = *json};
    ASSERT_TRUE(made.volume->add_keyslot(made.context, *made.key, passphrase("new"), keyslot));
    EXPECT_EQ(unlock()->keyslot, 7);
    EXPECT_EQ(seal_token("systemd-tpm2", {}).error().code, Errc::NotSupported);
}

}  // namespace
}  // namespace latchkey::test
