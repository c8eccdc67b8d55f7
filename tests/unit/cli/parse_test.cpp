// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.h"

#include <gtest/gtest.h>

#include <vector>

#include "cli/options.h"

namespace latchkey::cli {
namespace {

using Words = std::vector<const char*>;

// Returns the arguments of a line that must be valid.
Arguments arguments(const Words& words) {
    auto parsed = parse(program_called("latchkey"), words);
    if (const auto* error = std::get_if<UsageError>(&parsed)) {
        ADD_FAILURE() << error->reason;
        return {};
    }
    return std::get<Command>(parsed).arguments;
}

UsageError refusal(const Words& words) {
    auto parsed = parse(program_called("latchkey"), words);
    const auto* error = std::get_if<UsageError>(&parsed);
    if (error != nullptr) return *error;
    ADD_FAILURE() << "understood";
    return {};
}

Request request(const Words& words) {
    auto parsed = parse(program_called("latchkey"), words);
    const auto* command = std::get_if<Command>(&parsed);
    if (command != nullptr) return command->request;
    ADD_FAILURE() << std::get<UsageError>(parsed).reason;
    return Request::Run;
}

TEST(CliParse, OptionsStandAnywhere) {
    const Arguments args =
        arguments({"--batch-mode", "luksAddKey", "--key-slot", "3", "/dev/sdb", "--pbkdf", "pbkdf2",
                   "new.key", "--pbkdf-force-iterations=1000"});
    EXPECT_EQ(args.action->name, "luksAddKey");
    EXPECT_TRUE(args.has(opt::batch_mode));
    EXPECT_EQ(args.get(opt::key_slot)->number, 3);
    EXPECT_EQ(args.get(opt::pbkdf), "pbkdf2");
    EXPECT_EQ(args.get(opt::pbkdf_force_iterations), 1000U);
    EXPECT_EQ(args.operands, (std::vector<std::string_view>{"/dev/sdb", "new.key"}));
    EXPECT_FALSE(args.get(opt::iter_time));
    EXPECT_EQ(args.operand(1), "new.key");
    EXPECT_FALSE(args.operand(2));
}

TEST(CliParse, ShortOptionsAsScriptsWriteThem) {
    const Arguments debian =
        arguments({"-T1", "--key-file=-", "open", "--test-passphrase", "--", "/dev/sdb", "-name"});
    EXPECT_EQ(debian.get(opt::tries), 1U);
    EXPECT_EQ(debian.get(opt::key_file), "-");
    EXPECT_EQ(debian.operands, (std::vector<std::string_view>{"/dev/sdb", "-name"}));

    const Arguments clevis = arguments({"open", "-qvd-", "-T=5", "-t", "0", "dev", "name", "-S0"});
    EXPECT_TRUE(clevis.has(opt::batch_mode));
    EXPECT_TRUE(clevis.has(opt::verbose));
    EXPECT_EQ(clevis.get(opt::key_file), "-");
    EXPECT_EQ(clevis.get(opt::tries), 5U);
    EXPECT_EQ(clevis.get(opt::timeout), 0U);
    EXPECT_EQ(clevis.get(opt::key_slot)->number, 0);
}

TEST(CliParse, AValueMayLookLikeAnOption) {
    const Arguments args = arguments({"luksDump", "--header", "--type", "dev"});
    EXPECT_EQ(args.get(opt::header), "--type");
    EXPECT_FALSE(args.has(opt::type));
}

TEST(CliParse, TheLastOfSeveralValuesCounts) {
    const Arguments args = arguments({"luksFormat", "dev", "-s", "256", "-s", "512"});
    EXPECT_EQ(args.get(opt::key_size), 512U);
    EXPECT_EQ(args.all(opt::key_size), (std::vector<std::uint32_t>{256, 512}));
}

TEST(CliParse, AliasesOfOptions) {
    EXPECT_TRUE(arguments({"luksDump", "--dump-master-key", "dev"}).has(opt::dump_volume_key));
    EXPECT_EQ(arguments({"luksDump", "--master-key-file", "f", "dev"}).get(opt::volume_key_file),
              "f");
}

TEST(CliParse, OldNamesOfActions) {
    const Arguments open = arguments({"luksOpen", "--type", "luks1", "dev", "name"});
    EXPECT_EQ(open.action->name, "open");
    EXPECT_EQ(open.action_word, "luksOpen");
    EXPECT_EQ(open.get(opt::type), "luks");
    EXPECT_EQ(arguments({"luksErase", "dev"}).action->name, "erase");
    EXPECT_EQ(arguments({"luksConfig", "dev", "--label", "x"}).action->name, "config");
}

TEST(CliParse, SizesAreBytes) {
    EXPECT_EQ(arguments({"luksFormat", "dev", "--luks2-metadata-size", "16k"})
                  .get(opt::luks2_metadata_size),
              Bytes{16384});
}

TEST(CliParse, WhatAnswersAtOnce) {
    EXPECT_EQ(request({"--version", "--bogus"}), Request::Version);
    EXPECT_EQ(request({"-V"}), Request::Version);
    EXPECT_EQ(request({"open", "x", "--usage"}), Request::Usage);
    EXPECT_EQ(request({"-?"}), Request::Help);
    EXPECT_EQ(request({"help"}), Request::Help);
    EXPECT_EQ(request({"--test-args", "isLuks", "dev"}), Request::TestArguments);
    EXPECT_EQ(arguments({"help", "luksOpen"}).action->name, "open");
    EXPECT_EQ(arguments({"luksDump", "--help"}).action->name, "luksDump");
    EXPECT_EQ(arguments({"--help", "luksDump"}).action->name, "luksDump");
    EXPECT_EQ(arguments({"--help"}).action, nullptr);
}

TEST(CliParse, WordsBehindTheLastOperand) {
    const auto surplus = [](Words words) {
        const auto parsed = parse(program_called("latchkey"), words);
        const auto* command = std::get_if<Command>(&parsed);
        EXPECT_NE(command, nullptr);
        return std::string(command->surplus.value_or("none"));
    };
    EXPECT_EQ(surplus({"status", "a"}), "none");
    EXPECT_EQ(surplus({"status", "a", "b", "c"}), "b");
    EXPECT_EQ(surplus({"luksOpen", "dev", "name"}), "none");
    EXPECT_EQ(surplus({"luksOpen", "dev", "name", "keyfile"}), "keyfile");
    EXPECT_EQ(surplus({"create", "name", "dev", "more"}), "more");
    EXPECT_EQ(surplus({"luksAddKey", "dev", "file"}), "none");
    EXPECT_EQ(surplus({"benchmark", "x"}), "x");
    EXPECT_EQ(surplus({"token", "add", "dev", "x"}), "x");
    EXPECT_EQ(surplus({"crypttab", "open", "a", "b", "c"}), "none");
    EXPECT_EQ(surplus({"isLuks", "a", "b"}), "none");
    EXPECT_EQ(surplus({"legacy", "--", "cryptsetup", "create", "x", "dev"}), "none");
}

TEST(CliParse, HintsSayWhatWasMeant) {
    const auto hint = [](Words words) { return refusal(words).hint; };
    EXPECT_EQ(hint({"luksDmup", "x"}), "there is no action 'luksDmup'; did you mean 'luksDump'?");
    EXPECT_EQ(hint({"frobnicate"}), "there is no action 'frobnicate'");
    EXPECT_EQ(hint({"help", "statsu"}), "there is no action 'statsu'; did you mean 'status'?");
    EXPECT_EQ(hint({"open", "--ciphr", "aes"}), "did you mean '--cipher'?");
    EXPECT_EQ(hint({"open", "--verbos"}), "did you mean '--verbose'?");
    EXPECT_EQ(hint({"open", "--token-id", "x", "dev"}),
              "--token-id takes a number from 0 to 2147483647, not 'x'");
    EXPECT_EQ(hint({"luksFormat", "--key-size", "7", "dev"}),
              "--key-size takes a multiple of 8, not '7'");
    EXPECT_EQ(hint({"open", "--device-size", "much", "dev"}),
              "--device-size takes a size, as 64M or 4096, not 'much'");
    EXPECT_EQ(hint({"open", "--compat=0.2", "dev"}),
              "--compat takes one of 0.1, 2.6, 2.7, 2.8, not '0.2'; did you mean '0.1'?");
}

struct Refused {
    const char* name;
    Words words;
    const char* reason;
    bool bare = false;
};

class CliRefuses : public testing::TestWithParam<Refused> {};

TEST_P(CliRefuses, WithThePeersWords) {
    const UsageError error = refusal(GetParam().words);
    EXPECT_EQ(error.reason, GetParam().reason);
    EXPECT_EQ(error.bare, GetParam().bare);
}

INSTANTIATE_TEST_SUITE_P(
    All, CliRefuses,
    testing::Values(
        Refused{"NoAction", {"-q"}, "Argument <action> missing."},
        Refused{"UnknownAction", {"luksfoo", "x"}, "Unknown action."},
        Refused{"DashIsNoAction", {"-"}, "Unknown action."},
        Refused{"HelpForNothing", {"help", "luksfoo"}, "Unknown action."},
        Refused{"TestArgsStillChecks",
                {"--test-args", "isLuks"},
                "isLuks: requires <device> as arguments"},
        Refused{"NoOperand", {"luksUUID"}, "luksUUID: requires <device> as arguments"},
        Refused{"OneOperandOfTwo",
                {"luksKillSlot", "dev"},
                "luksKillSlot: requires <device> <key slot> as arguments"},
        Refused{"AliasSaysItsAction",
                {"luksOpen"},
                "open: requires <device> [--type <type>] [<name>] as arguments"},
        Refused{"UnknownLong", {"--verbos"}, "--verbos: unknown option", true},
        Refused{"NoAbbreviation", {"luksDump", "--vers", "x"}, "--vers: unknown option", true},
        Refused{"UnknownShort", {"open", "-qZ"}, "-qZ: unknown option", true},
        Refused{"MissingValue", {"isLuks", "dev", "--type"}, "--type: missing argument", true},
        Refused{"MissingShortValue", {"open", "-d"}, "-d: missing argument", true},
        Refused{"ValueForFlag", {"--help=5"}, "--help=5: option does not take an argument", true},
        Refused{"NotAllowed",
                {"isLuks", "--iter-time", "5", "dev"},
                "Option --iter-time is not allowed with isLuks action."},
        Refused{"NotAllowedAlias",
                {"luksErase", "--iter-time", "5", "dev"},
                "Option --iter-time is not allowed with erase action."},
        Refused{"NoNumber", {"open", "--token-id=x", "dev"}, "invalid numeric value"},
        Refused{"EmptyNumber", {"luksDump", "--key-slot=", "dev"}, "invalid numeric value"},
        Refused{"HexNumber", {"luksFormat", "--key-size=0x100", "dev"}, "invalid numeric value"},
        Refused{"NegativeSlot", {"luksDump", "-S", "-1", "dev"}, "Key slot is invalid."},
        Refused{"HugeSlot", {"luksDump", "-S", "2147483648", "dev"}, "invalid numeric value"},
        Refused{"HugeNumber",
                {"open", "--keyfile-offset", "99999999999999999999", "dev"},
                "invalid numeric value"},
        Refused{"HugeTime",
                {"luksFormat", "--iter-time", "4294967296", "dev"},
                "invalid numeric value"},
        Refused{"HugeIterations",
                {"luksFormat", "--pbkdf-force-iterations=4294967296", "dev"},
                "invalid numeric value"},
        Refused{"HugeAlignment",
                {"luksFormat", "--align-payload=4294967296", "dev"},
                "invalid numeric value"},
        Refused{"NegativeNumber", {"open", "--timeout=-5", "dev"}, "invalid numeric value"},
        Refused{"NotEights",
                {"luksFormat", "--key-size", "7", "dev"},
                "Key size must be a multiple of 8 bits"},
        Refused{"NegativeKeySize", {"luksFormat", "--key-size=-8", "dev"}, "invalid numeric value"},
        Refused{"SlotKeyNotEights",
                {"luksFormat", "--keyslot-cipher", "x", "--keyslot-key-size", "7", "dev"},
                "Key size must be a multiple of 8 bits"},
        Refused{"BadSize",
                {"resize", "--device-size", "1Q", "x"},
                "Invalid size specification in parameter --device-size."},
        Refused{"UnevenSize",
                {"resize", "--device-size", "513", "x"},
                "Device size must be multiple of 512 bytes sector."},
        Refused{"ReduceTooMuch",
                {"reencrypt", "--reduce-device-size", "2G", "x"},
                "Maximum device reduce size is 1 GiB."},
        Refused{"ReduceUneven",
                {"reencrypt", "--reduce-device-size", "3", "x"},
                "Reduce size must be multiple of 512 bytes sector."},
        Refused{"NoHotzone",
                {"reencrypt", "--hotzone-size", "0", "x"},
                "Invalid max reencryption hotzone size specification."},
        Refused{"BadPriority",
                {"config", "--priority", "foo", "-S1", "dev"},
                "Option --priority can be only ignore/normal/prefer."},
        Refused{"BadPbkdf",
                {"luksFormat", "--pbkdf", "argon2", "dev"},
                "Password-based key derivation function (PBKDF) can be only pbkdf2 or "
                "argon2i/argon2id."},
        Refused{"BadSectorSize",
                {"luksFormat", "--sector-size", "513", "dev"},
                "Unsupported encryption sector size."}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rules, CliRefuses,
    testing::Values(
        Refused{"TwoRandoms",
                {"luksFormat", "--use-random", "--use-urandom", "dev"},
                "Only one of --use-[u]random options is allowed."},
        Refused{"AlignAndOffset",
                {"luksFormat", "--align-payload", "8", "--offset", "8", "dev"},
                "Options --align-payload and --offset cannot be combined."},
        Refused{"ForcedAndTimed",
                {"luksFormat", "-i", "5", "--pbkdf-force-iterations", "1000", "dev"},
                "PBKDF forced iterations cannot be combined with iteration time option."},
        Refused{"HalfKeyslotCipher",
                {"luksFormat", "--keyslot-cipher", "aes-xts-plain64", "dev"},
                "Options --keyslot-cipher and --keyslot-key-size must be used together."},
        Refused{"OtherHalf",
                {"luksAddKey", "--keyslot-key-size", "128", "dev"},
                "Options --keyslot-cipher and --keyslot-key-size must be used together."},
        Refused{"NoWipeAlone",
                {"luksFormat", "--integrity-no-wipe", "dev"},
                "Option --integrity-no-wipe can be used only for format action with integrity "
                "extension."},
        Refused{"UnboundOpen",
                {"open", "--unbound", "dev", "n"},
                "Option --unbound cannot be used without --test-passphrase."},
        Refused{"UnboundAdd",
                {"luksAddKey", "--unbound", "dev"},
                "Key size is required with --unbound option."},
        Refused{
            "UnboundDump", {"luksDump", "--unbound", "dev"}, "Keyslot specification is required."},
        Refused{"PriorityOfNone",
                {"config", "--priority", "prefer", "dev"},
                "Keyslot specification is required."},
        Refused{"TestPlain",
                {"open", "--test-passphrase", "--type", "plain", "dev"},
                "Option --test-passphrase is allowed only for open of LUKS, TCRYPT, BITLK and "
                "FVAULT2 devices."},
        Refused{"TwoKeyFiles",
                {"open", "-d", "a", "-d", "b", "--test-passphrase", "dev"},
                "Only one --key-file argument is allowed."}),
    [](const auto& test) { return test.param.name; });

TEST(CliParse, TheActionOfAUsageErrorIsKnown) {
    EXPECT_EQ(refusal({"isLuks"}).action->name, "isLuks");
    EXPECT_EQ(refusal({"luksfoo"}).action, nullptr);
}

TEST(CliParse, KeyslotsHaveNamesButNotForThePeersScripts) {
    const Arguments args = arguments({"config", "-S", "USB stick", "--name", "x", "img"});
    EXPECT_EQ(args.get(opt::key_slot)->name, "USB stick");
    EXPECT_EQ(arguments({"open", "-S7", "img", "x"}).get(opt::key_slot)->number, 7);
    EXPECT_EQ(arguments({"open", "-S7", "img", "x"}).get(opt::key_slot)->name, "");
    const Words words = {"open", "-S", "USB stick", "img", "x"};
    const auto parsed = parse(program_called("cryptsetup"), words);
    ASSERT_TRUE(std::holds_alternative<UsageError>(parsed));
    EXPECT_EQ(std::get<UsageError>(parsed).reason, "invalid numeric value");
}

}  // namespace
}  // namespace latchkey::cli
