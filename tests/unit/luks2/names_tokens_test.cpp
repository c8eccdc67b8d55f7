// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens, and the names of keyslots, which are stored in one of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "luks2/json_edit.h"
#include "luks2/names.h"
#include "luks2/token_types.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

using test::cheap;
using test::make_volume;
using test::passphrase;
using testing::HasSubstr;

class Luks2Names : public testing::Test {
  protected:
    [[nodiscard]] std::string tokens_json() const {
        return Json::parse(test::json_on(*volume_.device))["tokens"].dump();
    }
    std::string name(int number) {
        for (const KeyslotInfo& info : volume_.header->keyslots())
            if (info.number == number) return info.name;
        return "<no keyslot>";
    }

    Context context_;
    test::TestVolume volume_ = make_volume(context_, {"one", "two"});
    formats::LoadedHeader& header_ = *volume_.header;
};

TEST_F(Luks2Names, LiveInOneTokenThatIsNotTheUsers) {
    ASSERT_TRUE(header_.set_keyslot_name(context_, 0, "paper key in the safe"));
    EXPECT_EQ(
        tokens_json(),
        R"({"0":{"type":"latchkey-names","keyslots":["0"],"names":{"0":"paper key in the safe"}}})");
    formats::KeyslotSpec spec = cheap();
    spec.name = "Schl\u00fcssel \U0001F511";
    ASSERT_TRUE(header_.add_keyslot(context_, volume_.key, passphrase("three"), spec));
    EXPECT_EQ(name(0), "paper key in the safe");
    EXPECT_EQ(name(1), "");
    EXPECT_EQ(name(2), "Schl\u00fcssel \U0001F511");
    EXPECT_TRUE(header_.tokens().empty());
    EXPECT_EQ(test::metadata_of(header_).tokens().size(), 1U);
}

TEST_F(Luks2Names, GoWithTheirKeyslot) {
    ASSERT_TRUE(header_.set_keyslot_name(context_, 0, "a"));
    ASSERT_TRUE(header_.set_keyslot_name(context_, 1, "b"));
    ASSERT_TRUE(header_.kill_keyslot(context_, 0));
    EXPECT_EQ(tokens_json(),
              R"({"0":{"type":"latchkey-names","keyslots":["1"],"names":{"1":"b"}}})");
    ASSERT_TRUE(header_.set_keyslot_name(context_, 1, ""));
    EXPECT_EQ(tokens_json(), "{}");
}

// Another program removes a keyslot from the tokens' lists, but does not know our names.
TEST_F(Luks2Names, AreNotInheritedFromAKeyslotThatAnotherProgramKilled) {
    ASSERT_TRUE(header_.set_keyslot_name(context_, 0, "a"));
    ASSERT_TRUE(header_.set_keyslot_name(context_, 1, "b"));
    test::edit_header(context_, volume_.device,
                      [](Json& document) { remove_keyslot(document, 0); });
    volume_.header = std::move(*test::load(volume_.device));
    auto& header = *volume_.header;
    ASSERT_TRUE(header.add_keyslot(context_, volume_.key, passphrase("new"), cheap(0)));
    EXPECT_EQ(name(0), "");
    EXPECT_EQ(name(1), "b");
    ASSERT_TRUE(header.set_keyslot_name(context_, 1, "c"));
    EXPECT_EQ(tokens_json(),
              R"({"0":{"type":"latchkey-names","keyslots":["1"],"names":{"1":"c"}}})");
}

TEST_F(Luks2Names, OfAHostileHeaderAreNotShown) {
    for (const char* token :
         {R"({"type":"latchkey-names","keyslots":["0"],"names":{"0":"\u001b[2J"}})",
          R"({"type":"latchkey-names","keyslots":["0"],"names":{"0":7}})",
          R"({"type":"latchkey-names","keyslots":["0"],"names":["a"]})",
          R"({"type":"latchkey-names","keyslots":["0"]})"}) {
        test::edit_header(context_, volume_.device,
                          [&](Json& document) { set_token(document, 3, Json::parse(token)); });
        volume_.header = std::move(*test::load(volume_.device));
        EXPECT_EQ(name(0), "") << token;
        ASSERT_TRUE(volume_.header->set_keyslot_name(context_, 0, "good")) << token;
        EXPECT_EQ(name(0), "good") << token;
    }
}

TEST_F(Luks2Names, NeedAKeyslotAndAFreeToken) {
    EXPECT_EQ(header_.set_keyslot_name(context_, 9, "x").error().message,
              "keyslot 9 is not active");
    test::edit_header(context_, volume_.device, [](Json& document) {
        for (int i = 0; i < kMaxTokens; ++i)
            set_token(document, i, Json{{"type", "x"}, {"keyslots", Json::array()}});
    });
    volume_.header = std::move(*test::load(volume_.device));
    EXPECT_EQ(volume_.header->set_keyslot_name(context_, 0, "x").error().code, Errc::NoSpace);
}

TEST(Luks2Name, IsUtf8WithoutTricks) {
    EXPECT_TRUE(check_name(""));
    EXPECT_TRUE(check_name("paper key in the safe"));
    EXPECT_TRUE(check_name("\xe2\x82\xac \xf0\x9f\x94\x91"));
    EXPECT_TRUE(check_name(std::string(128, 'x')));
    const auto refusal = [](std::string_view name) { return check_name(name).error().message; };
    EXPECT_EQ(refusal(std::string(129, 'x')), "keyslot name of 129 bytes, at most 128");
    EXPECT_EQ(refusal("a\x1b[0m"), "keyslot name has the control character U+001B");
    EXPECT_EQ(refusal("a\x7f"), "keyslot name has the control character U+007F");
    EXPECT_EQ(refusal("a\xc2\x9b"), "keyslot name has the control character U+009B");
    EXPECT_EQ(refusal("a\xe2\x80\xae"), "keyslot name has the control character U+202E");
    EXPECT_EQ(refusal(std::string_view("a\0b", 3)),
              "keyslot name has the control character U+0000");
    for (const char* bad : {"ab\xff", "ab\xc0\x80", "ab\xe0\x80\x80", "ab\xed\xa0\x80",
                            "ab\xf4\x90\x80\x80", "ab\xe2\x82", "ab\x80"})
        EXPECT_EQ(refusal(bad), "keyslot name is not UTF-8 at byte 2") << bad;
}

class Luks2Tokens : public Luks2Names {};

TEST_F(Luks2Tokens, AreStoredExportedAndRemoved) {
    const std::string json = R"({"type":"vendor/x","keyslots":["1"],"deep":{"\u0001":[1.5,null]}})";
    const auto number = header_.import_token(context_, {}, json, false);
    ASSERT_TRUE(number) << number.error().message;
    EXPECT_EQ(*number, 0);
    EXPECT_EQ(header_.export_token(0).value_or(""), json);
    ASSERT_TRUE(header_.import_token(context_, 31, R"({"type":"y","keyslots":[]})", false));
    const auto tokens = header_.tokens();
    ASSERT_EQ(tokens.size(), 2U);
    EXPECT_EQ(tokens[0].type, "vendor/x");
    EXPECT_EQ(tokens[0].keyslots, std::vector<int>{1});
    EXPECT_EQ(tokens[1].number, 31);
    const auto taken = header_.import_token(context_, 31, R"({"type":"z","keyslots":[]})", false);
    EXPECT_EQ(taken.error().code, Errc::Exists);
    EXPECT_EQ(taken.error().message, "token 31 is in use");
    ASSERT_TRUE(header_.import_token(context_, 31, R"({"type":"z","keyslots":[]})", true));
    EXPECT_EQ(header_.tokens().at(1).type, "z");
    ASSERT_TRUE(header_.remove_token(context_, 31));
    EXPECT_EQ(header_.remove_token(context_, 31).error().message, "token 31 is not in use");
    EXPECT_EQ(header_.export_token(31).error().code, Errc::NotFound);
}

TEST_F(Luks2Tokens, AreAssignedAndUnassigned) {
    ASSERT_TRUE(header_.import_token(context_, {}, R"({"type":"x","keyslots":[]})", false));
    const std::uint64_t sequence = header_.info().sequence_id;
    ASSERT_TRUE(header_.assign_token(context_, 0, -1, true));  // all
    EXPECT_EQ(header_.tokens().at(0).keyslots, (std::vector<int>{0, 1}));
    EXPECT_EQ(header_.info().sequence_id, sequence + 1);
    ASSERT_TRUE(header_.assign_token(context_, 0, 0, false));
    EXPECT_EQ(header_.tokens().at(0).keyslots, std::vector<int>{1});
    EXPECT_EQ(header_.assign_token(context_, 0, 0, false).error().message,
              "token 0 is not assigned to keyslot 0");
    EXPECT_EQ(header_.assign_token(context_, 0, 7, true).error().message,
              "keyslot 7 is not active");
    EXPECT_EQ(header_.assign_token(context_, 5, 0, true).error().message, "token 5 is not in use");
}

TEST_F(Luks2Tokens, LoseAKeyslotThatIsKilled) {
    ASSERT_TRUE(header_.import_token(context_, {}, R"({"type":"x","keyslots":["0","1"]})", false));
    ASSERT_TRUE(header_.kill_keyslot(context_, 0));
    EXPECT_EQ(header_.tokens().at(0).keyslots, std::vector<int>{1});
}

TEST_F(Luks2Tokens, BadOnesAreRefused) {
    const Bytes before = test::bytes_of(*volume_.device);
    const auto refusal = [&](std::string_view json) {
        const auto result = header_.import_token(context_, {}, json, false);
        if (result) return std::string("accepted");
        EXPECT_EQ(result.error().code, Errc::InvalidArgument) << json;
        return result.error().message;
    };
    EXPECT_EQ(refusal("[]"), "token is not a JSON object");
    EXPECT_EQ(refusal(R"({"keyslots":[]})"), "token member type is not a text");
    EXPECT_EQ(refusal(R"({"type":"","keyslots":[]})"), "token member type is empty");
    EXPECT_EQ(refusal(R"({"type":"x"})"), "token member keyslots is not an array");
    EXPECT_EQ(refusal(R"({"type":"x","keyslots":[0]})"),
              "token member keyslots is not an array of strings");
    EXPECT_EQ(refusal(R"({"type":"x","keyslots":["9"]})"),
              "token lists keyslot 9, which is not active");
    EXPECT_EQ(refusal(R"({"type":"x","keyslots":["00"]})"),
              "token lists keyslot 00, which is not active");
    EXPECT_EQ(refusal(R"({"type":"luks2-foo","keyslots":[]})"), "token type luks2-foo is reserved");
    EXPECT_EQ(refusal(R"({"type":"luks2-keyring","keyslots":[]})"),
              "token member key_description is not a text");
    EXPECT_EQ(refusal(R"({"type":"luks2-keyring","keyslots":[],"key_description":"a","x":1})"),
              "a luks2-keyring token has 3 members, not 4");
    EXPECT_THAT(refusal("{\"type\":"), HasSubstr("token: "));
    EXPECT_EQ(
        header_.import_token(context_, 32, R"({"type":"x","keyslots":[]})", false).error().message,
        "token number 32 is not in 0..31");
    EXPECT_EQ(before, test::bytes_of(*volume_.device));
    const std::string large =
        R"({"type":"x","keyslots":[],"y":")" + std::string(13000, 'y') + "\"}";
    EXPECT_EQ(header_.import_token(context_, {}, large, false).error().code, Errc::NoSpace);
    EXPECT_EQ(before, test::bytes_of(*volume_.device));
}

TEST_F(Luks2Tokens, OnlyMachinesHoldSomeKeyslots) {
    const std::pair<const char*, bool> types[] = {
        {"systemd-tpm2", true},   {"systemd-fido2", true}, {"systemd-pkcs11", true},
        {"clevis", true},         {"ssh", true},           {"systemd-recovery", false},
        {"luks2-keyring", false}, {"vendor", false},
    };
    for (const auto& [type, held] : types) {
        Json token{{"type", type}, {"keyslots", {"1"}}};
        if (std::string_view(type) == "luks2-keyring") token["key_description"] = "a";
        ASSERT_TRUE(header_.import_token(context_, 0, token.dump(), true));
        EXPECT_EQ(header_.keyslots().at(1).held_by_token, held) << type;
        EXPECT_FALSE(header_.keyslots().at(0).held_by_token) << type;
    }
}

}  // namespace
}  // namespace latchkey::luks2
