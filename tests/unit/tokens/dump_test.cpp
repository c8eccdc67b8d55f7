// SPDX-License-Identifier: GPL-2.0-or-later
// A plug-in's lines about its token, within the header's description.
#include <gtest/gtest.h>

#include "latchkey/token_unlock.h"

namespace latchkey::test {
namespace {

class Talker : public TokenOpener {
  public:
    bool opens(std::string_view type) override { return type == "known"; }
    Result<Passphrase> open(const TokenInfo& token, const Passphrase* pin) override {
        (void)pin;
        return fail(Errc::NoUsableToken, "%s opens nothing", token.type.c_str());
    }
    std::string dump(const TokenInfo& token) override {
        return "\tnumber:     " + std::to_string(token.number) + "\n\ttext:\tx\x1b[1m\n";
    }
};

Fact token_fact(std::uint64_t number, const std::string& type) {
    return {.key = "",
            .label = "  " + std::to_string(number) + ": ",
            .value = type,
            .kind = Fact::Kind::Object,
            .children = {{.key = "number", .value = number, .in_text = false},
                         {.key = "", .label = "\tKeyslot:    ", .value = std::uint64_t{1}}}};
}

TEST(TokenDump, StandsBehindTheLineOfTheType) {
    Fact facts{.key = "",
               .in_text = false,
               .kind = Fact::Kind::Object,
               .children = {{.key = "tokens",
                             .label = "Tokens:",
                             .kind = Fact::Kind::Array,
                             .children = {token_fact(2, "known"), token_fact(5, "other")}}}};
    const std::string json = to_json(facts);
    Talker talker;
    add_token_dumps(facts, {{.number = 2, .type = "known"}, {.number = 5, .type = "other"}},
                    talker);
    EXPECT_EQ(to_text(facts),
              "Tokens:\n"
              "  2: known\n"
              "\tnumber:     2\n"
              "\ttext:\tx\\x1b[1m\n"
              "\tKeyslot:    1\n"
              "  5: other\n"
              "\tKeyslot:    1\n");
    EXPECT_EQ(to_json(facts), json);
}

TEST(TokenDump, AHeaderWithoutTokensStaysAsItIs) {
    Fact facts{.key = "", .kind = Fact::Kind::Object};
    Talker talker;
    add_token_dumps(facts, {}, talker);
    EXPECT_TRUE(facts.children.empty());
}

}  // namespace
}  // namespace latchkey::test
