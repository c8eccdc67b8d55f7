// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/envelope.h"

#include <gtest/gtest.h>

namespace latchkey::cli {
namespace {

TEST(CliEnvelope, Success) {
    Fact result{.key = {}, .kind = Fact::Kind::Object};
    result.children.push_back({.key = "keyslot", .value = std::uint64_t{3}});
    EXPECT_EQ(
        to_json(envelope_fact({.action = "luksAddKey", .result = result})),
        R"({"schema":"latchkey/1","action":"luksAddKey","ok":true,"result":{"keyslot":3},"warnings":[]})");
    EXPECT_EQ(to_json(envelope_fact({.action = "erase"})),
              R"({"schema":"latchkey/1","action":"erase","ok":true,"result":{},"warnings":[]})");
}

TEST(CliEnvelope, Failure) {
    const Error error{Errc::WrongPassphrase, "no keyslot opens", "look at it"};
    EXPECT_EQ(
        to_json(envelope_fact(
            {.action = "open", .error = &error, .exit_status = 2, .warnings = {"careful.\n"}})),
        R"({"schema":"latchkey/1","action":"open","ok":false,"error":{"code":"wrong-passphrase","exit_status":2,)"
        R"("message":"No key available with this passphrase.","detail":"no keyslot opens","hint":"look at it"},)"
        R"("warnings":["careful."]})");
}

TEST(CliEnvelope, AnActionThatIsNone) {
    const Error error{Errc::InvalidArgument, "Unknown action."};
    EXPECT_EQ(
        to_json(envelope_fact({.error = &error, .exit_status = 1})),
        R"({"schema":"latchkey/1","action":null,"ok":false,"error":{"code":"invalid-argument","exit_status":1,)"
        R"("message":"Unknown action."},"warnings":[]})");
}

TEST(CliEnvelope, DryRun) {
    std::vector<Fact> devices;
    devices.push_back({.key = {}, .kind = Fact::Kind::Object});
    devices[0].children.push_back({.key = "device", .value = std::string("x")});
    EXPECT_EQ(to_json(envelope_fact({.action = "erase", .dry_run = devices})),
              R"({"schema":"latchkey/1","action":"erase","ok":true,"result":{},"warnings":[],)"
              R"("dry_run":{"devices":[{"device":"x"}]}})");
}

}  // namespace
}  // namespace latchkey::cli
