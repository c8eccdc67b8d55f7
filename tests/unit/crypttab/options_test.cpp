// SPDX-License-Identifier: GPL-2.0-or-later
// The table of options, compared with a separate list, and the effect of each option on every reader.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crypttab/values.h"
#include "latchkey/crypttab.h"

namespace latchkey::crypttab {
namespace {

struct KnownOption {
    std::string_view name;
    Readers readers;
    unsigned since = 0;
};
constexpr Readers kBoth = Readers::Both;
constexpr Readers kSystemd = Readers::Systemd;
constexpr Readers kDebian = Readers::Debian;
// From both manuals crypttab(5); versions from systemd's NEWS.
constexpr KnownOption kKnown[] = {
    {"luks", kBoth},
    {"plain", kBoth},
    {"tcrypt", kBoth},
    {"tcrypt-hidden", kBoth},
    {"tcrypthidden", kBoth},
    {"tcrypt-system", kBoth},
    {"tcrypt-veracrypt", kBoth},
    {"veracrypt", kBoth},
    {"tcrypt-keyfile", kSystemd},
    {"veracrypt-pim", kSystemd, 254},
    {"bitlk", kBoth},
    {"fvault2", kDebian},
    {"swap", kBoth},
    {"tmp", kBoth},
    {"cipher", kBoth},
    {"size", kBoth},
    {"hash", kBoth},
    {"offset", kBoth},
    {"skip", kBoth},
    {"sector-size", kBoth},
    {"header", kBoth},
    {"key-slot", kBoth},
    {"keyslot", kBoth},
    {"keyfile-offset", kBoth},
    {"keyfile-size", kBoth},
    {"keyfile-erase", kSystemd},
    {"link-volume-key", kSystemd, 256},
    {"fixate-volume-key", kSystemd, 260},
    {"readonly", kBoth},
    {"read-only", kBoth},
    {"discard", kBoth},
    {"allow-discards", kSystemd},
    {"same-cpu-crypt", kBoth},
    {"submit-from-crypt-cpus", kBoth},
    {"no-read-workqueue", kBoth},
    {"no-write-workqueue", kBoth},
    {"tries", kBoth},
    {"timeout", kSystemd},
    {"verify", kBoth},
    {"password-echo", kSystemd},
    {"password-cache", kSystemd, 257},
    {"try-empty-password", kSystemd},
    {"headless", kSystemd},
    {"keyscript", kDebian},
    {"token-timeout", kSystemd},
    {"pkcs11-uri", kSystemd},
    {"fido2-device", kSystemd},
    {"fido2-cid", kSystemd},
    {"fido2-rp", kSystemd},
    {"fido2-pin", kSystemd, 257},
    {"fido2-up", kSystemd, 257},
    {"fido2-uv", kSystemd, 257},
    {"tpm2-device", kSystemd},
    {"tpm2-pcrs", kSystemd},
    {"tpm2-pin", kSystemd},
    {"tpm2-signature", kSystemd},
    {"tpm2-pcrlock", kSystemd, 255},
    {"tpm2-measure-pcr", kSystemd, 253},
    {"tpm2-measure-bank", kSystemd, 253},
    {"tpm2-measure-keyslot-nvpcr", kSystemd, 259},
    {"noauto", kBoth},
    {"auto", kSystemd},
    {"nofail", kSystemd},
    {"fail", kSystemd},
    {"_netdev", kSystemd},
    {"x-systemd.device-timeout", kSystemd},
    {"keyfile-timeout", kSystemd},
    {"x-initrd.attach", kSystemd},
    {"initramfs", kDebian},
    {"noearly", kDebian},
    {"loud", kDebian},
    {"quiet", kDebian},
    {"check", kDebian},
    {"checkargs", kDebian},
};

TEST(CrypttabOptions, AreThoseOfTheManuals) {
    std::set<std::string_view> names;
    for (const OptionRow& row : options()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        for (const OptionRow::Alias& alias : row.aliases)
            if (!alias.name.empty()) {
                EXPECT_TRUE(names.insert(alias.name).second) << alias.name;
            }
    }
    std::set<std::string_view> known;
    for (const KnownOption& option : kKnown) {
        known.insert(option.name);
        for (const Readers reader : {kSystemd, kDebian})
            EXPECT_EQ(find_option(option.name, reader) != nullptr, has(option.readers, reader))
                << option.name << " " << name_of(reader);
        const OptionRow* row = find_option(option.name, kBoth);
        ASSERT_NE(row, nullptr) << option.name;
        EXPECT_EQ(row->since, option.since) << option.name;
    }
    EXPECT_EQ(names, known);
}

TEST(CrypttabOptions, SayWhatTheyDoToEveryReaderThatKnowsThem) {
    for (const OptionRow& row : options()) {
        EXPECT_EQ(std::string_view(row.systemd).empty(), !has(row.readers, kSystemd)) << row.name;
        EXPECT_EQ(std::string_view(row.debian).empty(), !has(row.readers, kDebian)) << row.name;
        EXPECT_EQ(row.choices.empty(), row.value != ValueKind::Choice) << row.name;
    }
}

struct Sample {
    ValueKind kind;
    std::string_view good;
    std::string_view bad;
};
constexpr Sample kSamples[] = {
    {ValueKind::Text, "x", ""},
    {ValueKind::AnyText, "", {}},
    {ValueKind::Number, "0", "1k"},
    {ValueKind::Number, "18446744073709551615", "18446744073709551616"},
    {ValueKind::Number, "7", "-7"},
    {ValueKind::KeyBits, "256", "255"},
    {ValueKind::KeyBits, "8", "0"},
    {ValueKind::SectorBytes, "512", "511"},
    {ValueKind::SectorBytes, "4096", "8192"},
    {ValueKind::SectorBytes, "2048", "1536"},
    {ValueKind::Switch, "yes", "ja"},
    {ValueKind::YesNo, "off", ""},
    {ValueKind::Choice, "no", "never"},
    {ValueKind::Duration, "1min30s", "1min30x"},
    {ValueKind::Duration, ".5h", "."},
    {ValueKind::Duration, "90", "90x"},
    {ValueKind::Path, "x", ""},
    {ValueKind::AbsolutePath, "/x", "x"},
    {ValueKind::AutoOrPath, "auto", "automatic"},
    {ValueKind::AutoOrPath, "/dev/tpmrm0", "tpmrm0"},
    {ValueKind::Base64, "QUJD", "QUJ"},
    {ValueKind::Pcrs, "0+7+11", "0+"},
    {ValueKind::Pcrs, "7:sha256", "24"},
    {ValueKind::YesNoOrPcr, "15", "24"},
    {ValueKind::YesNoOrPcr, "yes", "often"},
    {ValueKind::Pkcs11, "pkcs11:model=x", "model=x"},
    {ValueKind::Pkcs11, "auto", "pkcs11:"},
    {ValueKind::Pcrs, "", "sha256+"},
    {ValueKind::Base64, "QQ==", "QQ=Q"},
    {ValueKind::KeyringKey, "@u::%user:x", "@u:x"},
};

std::vector<Finding> findings_of(const OptionRow& row, Readers reader, std::string_view value) {
    const std::string text =
        "a /dev/vg/a none " + std::string(row.name) + "=" + std::string(value) + "\n";
    const auto file = parse(text);
    EXPECT_TRUE(file);
    return check(*file, reader);
}

bool is_found(const std::vector<Finding>& findings, std::string_view id) {
    return std::ranges::find(findings, id, &Finding::id) != findings.end();
}

TEST(CrypttabOptions, TakeGoodValuesAndRefuseBadOnes) {
    std::set<std::string_view> tested;
    for (const OptionRow& row : options())
        for (const Sample& sample : kSamples) {
            if (sample.kind != row.value) continue;
            tested.insert(row.name);
            for (const Readers reader : {kSystemd, kDebian}) {
                if (!has(row.readers, reader)) continue;
                // systemd also has numbers of 32 bits.
                if (reader == kSystemd && sample.good.size() > 10 && row.most <= UINT32_MAX)
                    continue;
                EXPECT_FALSE(is_found(findings_of(row, reader, sample.good), "bad-value"))
                    << row.name << "=" << sample.good;
                // Debian's header may be anywhere.
                const bool any = row.value == ValueKind::AnyText ||
                                 (row.value == ValueKind::AbsolutePath && reader == kDebian);
                EXPECT_EQ(is_found(findings_of(row, reader, sample.bad), "bad-value"), !any)
                    << row.name << "=" << sample.bad;
            }
        }
    for (const OptionRow& row : options())
        if (row.value != ValueKind::Flag && row.value != ValueKind::OptionalText) {
            EXPECT_TRUE(tested.contains(row.name)) << row.name;
        }
}

// As systemd 252 and Debian's scripts read them in the kernel lab.
TEST(CrypttabOptions, NumbersHaveTheReadersBase) {
    struct Number {
        std::string_view text;
        std::optional<std::uint64_t> systemd;
        std::optional<std::uint64_t> debian;
    };
    constexpr Number kNumbers[] = {
        {"16", 16, 16},
        {"0x10", 16, {}},
        {"0X1f", 31, {}},
        {"020", 16, 20},
        {"0b10000", 16, {}},
        {"0o20", 16, {}},
        {"+16", 16, {}},
        {"-0", 0, {}},
        {"-1", {}, {}},
        {"0", 0, 0},
        {"00", 0, 0},
        {"1M", {}, {}},
        {"", {}, {}},
        {"0x", {}, {}},
        {"0b", {}, {}},
        {"0b2", {}, {}},
        {"1e3", {}, {}},
        {"16s", {}, {}},
        {"0x-1", {}, {}},
        {"+-1", {}, {}},
        {"18446744073709551615", 18446744073709551615U, 18446744073709551615U},
        {"18446744073709551616", {}, {}},
    };
    for (const Number& number : kNumbers) {
        EXPECT_EQ(number_of(number.text, kSystemd), number.systemd) << number.text;
        EXPECT_EQ(number_of(number.text, kDebian), number.debian) << number.text;
    }
    EXPECT_EQ(number_of("4294967295", kSystemd, UINT32_MAX), 4294967295U);
    EXPECT_EQ(number_of("4294967296", kSystemd, UINT32_MAX), std::nullopt);
    // A shell that calculates with it would take 0 as octal.
    EXPECT_TRUE(is_found(findings_of(*find_option("offset", kDebian), kDebian, "08"), "bad-value"));
    EXPECT_FALSE(is_found(findings_of(*find_option("skip", kDebian), kDebian, "08"), "bad-value"));
}

TEST(CrypttabOptions, AreForeignToTheOtherReader) {
    std::size_t foreign = 0;
    for (const OptionRow& row : options())
        for (const Readers reader : {kSystemd, kDebian}) {
            if (has(row.readers, reader)) continue;
            const auto findings = findings_of(row, reader, "x");
            const auto found = std::ranges::find(findings, "foreign-option", &Finding::id);
            ASSERT_NE(found, findings.end()) << row.name;
            EXPECT_EQ(found->severity, row.elsewhere) << row.name;
            ++foreign;
        }
    EXPECT_GT(foreign, 40U);
}

TEST(CrypttabOptions, NearestNameIsSuggested) {
    EXPECT_EQ(nearest_option("dicard", kBoth), "discard");
    EXPECT_EQ(nearest_option("no-fail", kSystemd), "nofail");
    EXPECT_EQ(nearest_option("no-fail", kDebian), "");
    EXPECT_EQ(nearest_option("keyslots", kBoth), "keyslot");
    EXPECT_EQ(nearest_option("lusk", kBoth), "luks");
    EXPECT_EQ(nearest_option("luk", kBoth), "luks");
    EXPECT_EQ(nearest_option("x-systemd.device-timout", kBoth), "x-systemd.device-timeout");
    EXPECT_EQ(nearest_option("a", kBoth), "");
    EXPECT_EQ(nearest_option(std::string(10000, 'x'), kBoth), "");
}

TEST(CrypttabValues, DurationsAreRoundedUp) {
    EXPECT_EQ(seconds_of("90"), 90U);
    EXPECT_EQ(seconds_of("1min30s"), 90U);
    EXPECT_EQ(seconds_of("1500ms"), 2U);
    EXPECT_EQ(seconds_of("infinity"), 0U);
    EXPECT_EQ(seconds_of("99999999999999999999y"), 4000000000U);
}

}  // namespace
}  // namespace latchkey::crypttab
