// SPDX-License-Identifier: GPL-2.0-or-later
// What lines of crypttab ask of latchkey/boot.h.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "crypttab/request.h"

namespace latchkey::cli {
namespace {

using crypttab::Readers;

boot::OpenRequest request_of_text(const std::string& text, Readers reader,
                                  PeerRelease release = PeerRelease::V2_7) {
    const auto file = crypttab::parse(text);
    EXPECT_TRUE(file);
    const crypttab::Line& line = file->lines.front();
    Context context;
    context.policy.speaks_as = release;
    return request_of(context, line, crypttab::read_entry(line, reader));
}
boot::OpenRequest systemd_request(const std::string& text) {
    return request_of_text(text, Readers::Systemd);
}
boot::OpenRequest debian_request(const std::string& text) {
    return request_of_text(text, Readers::Debian);
}

TEST(OpenRequestOfALine, HasItsNameAndItsDeviceAndAsksThreeTimes) {
    const boot::OpenRequest request = systemd_request("home UUID=1234 none luks,timeout=90\n");
    EXPECT_EQ(request.name, "home");
    EXPECT_EQ(request.source, "UUID=1234");
    EXPECT_EQ(request.format, boot::Format::Luks);
    EXPECT_EQ(request.keys.tries, 3U);
    EXPECT_EQ(request.keys.answer_seconds, 90U);
    EXPECT_FALSE(request.overwrites());
    EXPECT_FALSE(request.refusal);
}

TEST(OpenRequestOfALine, SaysWhyItIsRefusedAndThatNobodyOpensIt) {
    const boot::OpenRequest request = systemd_request("home /dev/sdb none luks,offset=1M\n");
    ASSERT_TRUE(request.refusal);
    EXPECT_EQ(request.refusal->code, Errc::InvalidArgument);
    EXPECT_TRUE(request.nobody_opens);
}

TEST(OpenRequestOfALine, IsRefusedHereAloneWhereAnotherProgramOpensIt) {
    const boot::OpenRequest request =
        systemd_request("home /dev/sdb none luks,fixate-volume-key=abc\n");
    ASSERT_TRUE(request.refusal);
    EXPECT_EQ(request.refusal->message, "fixate-volume-key is not looked at here");
    EXPECT_FALSE(request.nobody_opens);
}

TEST(OpenRequestOfALine, OverwritesWithARandomKeyWhateverItIsCalled) {
    const boot::OpenRequest request = systemd_request("s /dev/sdb /dev/urandom plain,swap\n");
    EXPECT_TRUE(request.random_key);
    EXPECT_TRUE(request.overwrites());
    EXPECT_TRUE(request.afterwards.swap);
    EXPECT_TRUE(
        systemd_request("s /dev/sdb /dev/./urandom plain,cipher=aes-xts-plain64\n").random_key)
        << "the device decides, not its name";
    EXPECT_TRUE(debian_request("t /dev/sdb /root/key plain,cipher=aes-xts-plain64,size=256,"
                               "hash=sha256,tmp=ext4\n")
                    .overwrites());
}

TEST(OpenRequestOfALine, IsCarefulAsItsReaderIs) {
    const std::string text =
        "a /dev/sdb /root/key plain,cipher=aes-xts-plain64,size=256,hash=sha256\n";
    const boot::OpenRequest debian = debian_request(text);
    EXPECT_TRUE(debian.plain.spares_other_contents);
    EXPECT_TRUE(debian.keys.must_be_roots);
    EXPECT_EQ(debian.keys.not_for_others, mode_t{S_IRWXG | S_IRWXO});
    EXPECT_TRUE(debian.afterwards.for_everybody);
    EXPECT_FALSE(debian.afterwards.keeps_contents);

    const boot::OpenRequest systemd = systemd_request(text);
    EXPECT_FALSE(systemd.plain.spares_other_contents);
    EXPECT_FALSE(systemd.keys.must_be_roots);
    EXPECT_EQ(systemd.keys.not_for_others, mode_t{S_IROTH});
    EXPECT_FALSE(systemd.afterwards.for_everybody);
    EXPECT_TRUE(systemd.afterwards.keeps_contents);
}

TEST(OpenRequestOfALine, MakesItsKeysOfWhatTheVolumeIs) {
    const boot::OpenRequest request = systemd_request("a /dev/sdb /root/key\n");
    const auto of_luks = request.keys.steps(nullptr);
    EXPECT_EQ(of_luks.front().source.is, KeyIs::Passphrase);
    const plain::Params plain{.key_bytes = 64};
    const auto of_plain = request.keys.steps(&plain);
    EXPECT_EQ(of_plain.front().source.is, KeyIs::VolumeKey);
    EXPECT_TRUE(of_plain.back().source.is_a<keys::Ask>());
}

// systemd has its own, whichever cryptsetup is beside it; Debian's scripts call cryptsetup.
TEST(OpenRequestOfALine, HasTheDefaultsOfPlainOfItsReader) {
    const auto params = [](const char* text, Readers reader, PeerRelease release) {
        const boot::OpenRequest request = request_of_text(text, reader, release);
        return request.plain.params.cipher + " " + request.plain.params.hash;
    };
    constexpr const char* kLine = "a /dev/sdb none plain\n";
    const std::string old = "aes-cbc-essiv:sha256 ripemd160";
    EXPECT_EQ(params(kLine, Readers::Systemd, PeerRelease::V2_6), old);
    EXPECT_EQ(params(kLine, Readers::Systemd, PeerRelease::V2_8), old);
    EXPECT_EQ(params(kLine, Readers::Debian, PeerRelease::V2_6), old);
    EXPECT_EQ(params(kLine, Readers::Debian, PeerRelease::V2_7), "aes-xts-plain64 sha256");
    EXPECT_EQ(params("a /dev/sdb none plain,cipher=aes\n", Readers::Debian, PeerRelease::V2_8),
              "aes sha256");
    // mount(8)'s helper is a command of ours.
    Context context;
    context.policy.speaks_as = PeerRelease::V2_8;
    const crypttab::Meaning volume{.type = crypttab::Type::Plain};
    const auto mounted = request_of(context, volume, PlainDefaults::OfCryptsetup);
    EXPECT_EQ(mounted.plain.params.cipher, "aes-xts-plain64");
}

TEST(OpenRequestOfALine, TellsItsScriptsTheLine) {
    const boot::OpenRequest request =
        debian_request("home /dev/sdb argument luks,keyscript=/bin/cat\n");
    const auto environment = request.environment("/dev/sdb", 2);
    EXPECT_NE(std::find(environment.begin(), environment.end(), "CRYPTTAB_NAME=home"),
              environment.end());
    EXPECT_NE(std::find(environment.begin(), environment.end(), "CRYPTTAB_TRIED=2"),
              environment.end());
    const auto steps = request.keys.steps(nullptr);
    const auto& script = std::get<keys::Script>(steps.front().source.from);
    EXPECT_EQ(script.program.words, (std::vector<std::string>{"/bin/cat", "argument"}));
}

TEST(OpenRequestOfALine, ErasesOnlyAKeyFileThatItNames) {
    EXPECT_EQ(systemd_request("a /dev/sdb /root/key luks,keyfile-erase\n").keys.erase, "/root/key");
    EXPECT_EQ(systemd_request("a /dev/sdb /root/key luks\n").keys.erase, "");
    EXPECT_EQ(systemd_request("a /dev/sdb none luks,keyfile-erase\n").keys.erase, "");
}

TEST(OpenRequestOfALine, KnowsTheDeviceOfItsKeyFile) {
    const boot::OpenRequest request =
        systemd_request("a /dev/sdb /key:UUID=5678 luks,keyfile-timeout=20s\n");
    EXPECT_EQ(request.keys.device, "UUID=5678");
    EXPECT_EQ(request.keys.device_seconds, 20U);
}

}  // namespace
}  // namespace latchkey::cli
