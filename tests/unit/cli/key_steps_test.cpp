// SPDX-License-Identifier: GPL-2.0-or-later
// The order in which the keys of a line of crypttab are tried, for each of its readers.
#include "crypttab/key_steps.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::cli {
namespace {

using crypttab::Readers;

std::vector<KeyStep> steps_of_text(const std::string& text, Readers reader,
                                   const plain::Params* plain = nullptr) {
    const auto file = crypttab::parse(text);
    EXPECT_TRUE(file);
    return steps_of(crypttab::meaning(crypttab::read_entry(file->lines.front(), reader)), plain);
}

std::string name_of(const KeyStep& step) {
    struct Names {
        std::string operator()(const keys::Ask&) const { return "ask"; }
        std::string operator()(const keys::File& file) const { return "file " + file.path; }
        std::string operator()(const keys::Descriptor&) const { return "descriptor"; }
        std::string operator()(const keys::Keyring&) const { return "keyring"; }
        std::string operator()(const keys::Token&) const { return "tokens"; }
        std::string operator()(const keys::Script&) const { return "script"; }
        std::string operator()(const keys::Random& random) const { return "random " + random.path; }
        std::string operator()(const keys::Given&) const { return "empty"; }
    };
    return std::visit(Names(), step.source.from);
}

std::string order(const std::string& text, Readers reader, const plain::Params* plain = nullptr) {
    std::string names;
    for (const KeyStep& step : steps_of_text(text, reader, plain))
        names += (names.empty() ? "" : ", ") + name_of(step);
    return names;
}

TEST(KeySteps, SystemdTriesTokensBeforeItAsks) {
    EXPECT_EQ(order("h /dev/sdb none luks\n", Readers::Systemd), "tokens, ask");
    EXPECT_EQ(order("h /dev/sdb none luks,tpm2-device=auto\n", Readers::Systemd), "tokens, ask");
}

TEST(KeySteps, ATokenOfTheLineComesBeforeItsKeyFile) {
    EXPECT_EQ(order("h /dev/sdb /k luks,tpm2-device=auto\n", Readers::Systemd),
              "tokens, file /k, ask");
    EXPECT_EQ(order("h /dev/sdb /k luks\n", Readers::Systemd), "file /k, ask");
}

TEST(KeySteps, TheEmptyPassphraseIsTriedRightBeforeAsking) {
    EXPECT_EQ(order("h /dev/sdb /k luks,try-empty-password\n", Readers::Systemd),
              "file /k, empty, ask");
}

TEST(KeySteps, HeadlessAsksNobody) {
    EXPECT_EQ(order("h /dev/sdb /k luks,headless=1\n", Readers::Systemd), "file /k");
}

TEST(KeySteps, NobodyIsAskedAboutARandomKey) {
    const plain::Params plain;
    EXPECT_EQ(order("s /dev/sdb /dev/urandom plain,swap\n", Readers::Systemd, &plain),
              "random /dev/urandom");
}

TEST(KeySteps, APlainVolumeHasNoTokens) {
    const plain::Params plain;
    EXPECT_EQ(order("h /dev/sdb none plain\n", Readers::Systemd, &plain), "ask");
}

TEST(KeySteps, DebianHasOneSourceOnly) {
    EXPECT_EQ(order("h /dev/sdb none luks\n", Readers::Debian), "ask");
    EXPECT_EQ(order("h /dev/sdb /k luks\n", Readers::Debian), "file /k");
    EXPECT_EQ(order("h /dev/sdb none luks,keyscript=/bin/true\n", Readers::Debian), "script");
}

TEST(KeySteps, APersonAndAScriptMayTryAgainAndAFileMayNot) {
    EXPECT_EQ(steps_of_text("h /dev/sdb none luks\n", Readers::Debian).front().when_wrong,
              Then::Again);
    EXPECT_EQ(steps_of_text("h /dev/sdb /k luks,keyscript=/bin/true\n", Readers::Debian)
                  .front()
                  .when_wrong,
              Then::Again);
    EXPECT_EQ(steps_of_text("h /dev/sdb /k luks\n", Readers::Systemd).front().when_wrong,
              Then::Next);
}

TEST(KeySteps, AfterAMissingKeyFileSystemdGoesOnAndDebianDoesNot) {
    EXPECT_EQ(steps_of_text("h /dev/sdb /k luks\n", Readers::Systemd).front().when_unread,
              Then::Next);
    EXPECT_EQ(steps_of_text("h /dev/sdb /k luks\n", Readers::Debian).front().when_unread,
              Then::End);
}

// Tokens and the empty passphrase are no tries of the person.
TEST(KeySteps, OnlyWhatAPersonOrAFileGivesCountsAsATry) {
    for (const KeyStep& step :
         steps_of_text("h /dev/sdb none luks,try-empty-password\n", Readers::Systemd))
        EXPECT_EQ(step.counts, name_of(step) == "ask") << name_of(step);
}

TEST(KeySteps, ThePartOfAKeyFileIsTheOneOfTheLine) {
    const auto steps =
        steps_of_text("h /dev/sdb /k luks,keyfile-offset=3,keyfile-size=5\n", Readers::Systemd);
    const auto& options = std::get<keys::File>(steps.front().source.from).options;
    EXPECT_EQ(options.offset, 3U);
    EXPECT_EQ(options.size, 5U);
}

// A plain volume's key file is the key; with a hash of its own it is a passphrase.
TEST(KeySteps, APlainKeyFileIsTheKeyUnlessItIsHashed) {
    const plain::Params plain;
    const auto raw = steps_of_text("h /dev/sdb /k plain\n", Readers::Systemd, &plain);
    EXPECT_EQ(raw.front().source.is, KeyIs::VolumeKey);
    EXPECT_EQ(std::get<keys::File>(raw.front().source.from).options.size, plain.key_bytes);
    const auto hashed =
        steps_of_text("h /dev/sdb /k plain,hash=sha256\n", Readers::Systemd, &plain);
    EXPECT_EQ(hashed.front().source.is, KeyIs::Passphrase);
}

}  // namespace
}  // namespace latchkey::cli
