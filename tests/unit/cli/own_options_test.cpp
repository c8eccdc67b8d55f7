// SPDX-License-Identifier: GPL-2.0-or-later
// A program with options of its own: --hash is a number here and a text in cryptsetup, and --cipher does not exist.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/completion/script.h"
#include "cli/frame_options.h"
#include "cli/help.h"
#include "cli/introspect.h"
#include "cli/meant.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "support/program.h"
#include "support/temp_dir.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace sum_opt {

constexpr Option<std::uint32_t> hash{{.name = "hash",
                                      .topic = "sums",
                                      .letter = 'H',
                                      .metavar = "COUNT",
                                      .help = "How many hashes",
                                      .scope = Scope::Listed,
                                      .maximum = 9}};
constexpr Option<std::string_view> type{{.name = "type",
                                         .topic = "sums",
                                         .metavar = "KIND",
                                         .help = "Kind of sum",
                                         .complete = Complete::Words,
                                         .words = "long|short"}};
constexpr Option<bool> fast{
    {.name = "fast", .topic = "sums", .help = "Skip zeros", .scope = Scope::Listed}};

}  // namespace sum_opt

constexpr const OptionSpec* kSumOptions[] = {&opt::help, &sum_opt::hash, &sum_opt::type,
                                             &sum_opt::fast};
constexpr const OptionSpec* kAddsWith[] = {&sum_opt::hash, &sum_opt::type, &sum_opt::fast};
constexpr ActionAlias kAddAliases[] = {{.name = "addShort", .type = "short"}};
constexpr Action kAdd{.name = "add",
                      .operands = "<device>",
                      .summary = "add up",
                      .options = kAddsWith,
                      .aliases = kAddAliases,
                      .examples = {{{"Add", "add disk.img"}, {"Add", "add --hash 2 disk.img"}}}};
constexpr const Action* kSumActions[] = {&kAdd};
constexpr std::string_view kSumNames[] = {"add"};
constexpr Topic kSumTopics[] = {{"sums", "Sums", kSumNames}};
constexpr Rule kSumRules[] = {{"", &sum_opt::fast, Rule::Kind::OnlyTypes, nullptr, "|long|",
                               "Option --fast is for long sums."}};

constexpr OurProgram kSum{
    .name = "sum-setup",
    .version = [](PeerRelease) { return std::string("sum-setup 1"); },
    .actions = [] { return ActionTable(kSumActions); },
    .options = [] { return OptionTable(kSumOptions); },
    .topics = [] { return std::span<const Topic>(kSumTopics); },
    .rules = [] { return std::span<const Rule>(kSumRules); },
    .default_type = "long",
    .help = &help_text,
};

std::variant<Command, UsageError> parse_sum(std::initializer_list<const char*> words) {
    return parse(kSum, {words.begin(), words.size()});
}
std::string refusal_of(std::initializer_list<const char*> words) {
    const auto parsed = parse_sum(words);
    const auto* error = std::get_if<UsageError>(&parsed);
    return error == nullptr ? "" : error->reason + "; " + error->hint;
}

TEST(CliOwnOptions, ANameMeansWhatTheProgramSays) {
    const auto parsed = parse_sum({"add", "--hash", "7", "disk"});
    ASSERT_TRUE(std::holds_alternative<Command>(parsed));
    const Arguments& args = std::get<Command>(parsed).arguments;
    EXPECT_EQ(args.get(sum_opt::hash), 7U);
    EXPECT_FALSE(args.has(opt::hash));
    EXPECT_EQ(refusal_of({"add", "--hash", "sha256", "disk"}),
              "invalid numeric value; --hash takes a number from 0 to 9, not 'sha256'");
    EXPECT_THAT(refusal_of({"add", "-h", "1", "disk"}), HasSubstr("-h: unknown option"));
    EXPECT_EQ(std::get<Command>(parse_sum({"add", "-H3", "disk"})).arguments.get(sum_opt::hash),
              3U);
}

TEST(CliOwnOptions, OptionsOfOtherProgramsAreUnknown) {
    EXPECT_EQ(refusal_of({"add", "--cipher", "x", "disk"}), "--cipher: unknown option; ");
    EXPECT_EQ(refusal_of({"add", "--hasch", "1", "disk"}),
              "--hasch: unknown option; did you mean '--hash'?");
    EXPECT_EQ(refusal_of({"adds", "disk"}),
              "Unknown action.; there is no action 'adds'; did you mean 'add'?");
    EXPECT_EQ(refusal_of({"luksFormat", "disk"}),
              "Unknown action.; there is no action 'luksFormat'");
}

TEST(CliOwnOptions, RulesAndAliasesSpeakOfTheProgramsTypes) {
    EXPECT_EQ(refusal_of({"add", "--fast", "disk"}), "");
    EXPECT_EQ(refusal_of({"addShort", "--fast", "disk"}), "Option --fast is for long sums.; ");
    EXPECT_EQ(refusal_of({"add", "--type", "short", "--fast", "disk"}),
              "Option --fast is for long sums.; ");
    const auto parsed = parse_sum({"addShort", "disk"});
    EXPECT_EQ(std::get<Command>(parsed).arguments.get(sum_opt::type), "short");
}

TEST(CliOwnOptions, HelpSaysTheProgramsOptionsOnly) {
    const std::string topic = topic_help_text(kSum, *find_topic(kSum, "sums"));
    for (const std::string& help :
         {help_text(kSum, PeerRelease::V2_7), action_help_text(kSum, kAdd), topic}) {
        EXPECT_THAT(help, HasSubstr("--hash=COUNT"));
        EXPECT_THAT(help, Not(HasSubstr("--cipher")));
        EXPECT_THAT(help, Not(HasSubstr("/dev/mapper")));
        EXPECT_THAT(help, Not(HasSubstr("Defaults:")));
    }
    EXPECT_EQ(find_topic(kSum, "keys"), nullptr);
    EXPECT_THAT(usage_text(kSum), HasSubstr("Usage: sum-setup [-?|--help] [-H|--hash=COUNT]"));
}

TEST(CliOwnOptions, IntrospectionListsThem) {
    const auto json = nlohmann::json::parse(introspection(kSum));
    EXPECT_EQ(json["program"], "sum-setup");
    ASSERT_EQ(json["options"].size(), std::size(kSumOptions));
    EXPECT_EQ(json["options"][1]["kind"], "number");
    EXPECT_EQ(json["actions"][0]["options"], nlohmann::json({"hash", "type", "fast"}));
}

// Functions of the script have names of their own: both scripts may be loaded in one shell.
TEST(CliOwnOptions, CompletionOffersThem) {
    const test::TempDir directory;
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const std::string script = *completion_script(kSum, shell);
        EXPECT_THAT(script, Not(HasSubstr("_latchkey"))) << shell;
        EXPECT_THAT(script, Not(HasSubstr("sha256"))) << shell;
        EXPECT_THAT(script, HasSubstr("sum_setup_keyslots")) << shell;
    }
    const std::string script =
        directory.file("try.bash", *completion_script(kSum, "bash") +
                                       "\ncompopt() { :; }\nCOMP_WORDS=(sum-setup add --type "
                                       "s)\nCOMP_CWORD=3\n_sum_setup\nprintf '%s\\n' "
                                       "\"${COMPREPLY[@]}\"\n");
    const test::ProgramResult result = test::run_program({"bash", "-u", script});
    EXPECT_EQ(
        std::string(reinterpret_cast<const char*>(result.output.data()), result.output.size()),
        "short\n");
}

}  // namespace
}  // namespace latchkey::cli
