// SPDX-License-Identifier: GPL-2.0-or-later
#include "text/wording.h"

#include <gtest/gtest.h>

#include <clocale>

namespace latchkey::cli {
namespace {

TEST(CliWording, NamesDoNotDriveTheTerminal) {
    EXPECT_EQ(without_controls("a\tb\nc"), "a\tb\nc");
    EXPECT_EQ(without_controls("\x1b[2J\r\x7f"), "\\x1b[2J\\x0d\\x7f");
    EXPECT_EQ(without_controls("\xc2\x9b"
                               "1m"),
              "\\xc2\\x9b1m");
    EXPECT_EQ(without_controls("Schl\xc3\xbcssel \xc2\xa7"), "Schl\xc3\xbcssel \xc2\xa7");
    EXPECT_EQ(without_controls("\xc2"), "\\xc2");
}

TEST(CliWording, SentencesOfMessages) {
    EXPECT_EQ(sentence("keyslot 3: AF stripes 3999 != 4000"),
              "Keyslot 3: AF stripes 3999 != 4000.");
    EXPECT_EQ(sentence("device x does not exist or access denied"),
              "Device x does not exist or access denied.");
    // Names keep their case.
    EXPECT_EQ(sentence("luksDump shows them"), "luksDump shows them.");
    EXPECT_EQ(sentence("/dev/sdb is gone"), "/dev/sdb is gone.");
    EXPECT_EQ(sentence("AF hash foo is unknown"), "AF hash foo is unknown.");
    // Text that is already a sentence.
    EXPECT_EQ(sentence("Device x already exists."), "Device x already exists.");
    EXPECT_EQ(sentence("operation aborted.\n"), "operation aborted.\n");
    EXPECT_EQ(sentence(""), "");
}

// French messages begin with accents and elisions.
TEST(CliWording, SentencesOfTranslatedMessages) {
    const std::string before = std::setlocale(LC_CTYPE, nullptr);
    ASSERT_TRUE(std::setlocale(LC_CTYPE, "C.UTF-8"));
    EXPECT_EQ(sentence("échec de l'écriture"), "Échec de l'écriture.");
    EXPECT_EQ(sentence("l'en-tête n'a pas de somme"), "L'en-tête n'a pas de somme.");
    EXPECT_EQ(sentence("l’empreinte manque"), "L’empreinte manque.");
    EXPECT_EQ(sentence("en-tête\u00a0: rien"), "En-tête\u00a0: rien.");
    EXPECT_EQ(sentence("Überlauf"), "Überlauf.");
    // More names, and text without letters.
    EXPECT_EQ(sentence("dm-crypt: no"), "dm-crypt: no.");
    EXPECT_EQ(sentence("größe.img: no"), "größe.img: no.");
    EXPECT_EQ(sentence("'benchmark' lists them"), "'benchmark' lists them.");
    EXPECT_EQ(sentence("a\xff"
                       "b: no"),
              "a\xff"
              "b: no.");
    EXPECT_EQ(sentence("\xc3"), "\xc3.");
    std::setlocale(LC_CTYPE, before.c_str());
}

TEST(CliWording, ThePeersTextForKindsThatScriptsMatch) {
    EXPECT_EQ(peer_words({Errc::WrongPassphrase, "keyslot 1 does not open"}),
              "No key available with this passphrase.");
    EXPECT_EQ(peer_words({Errc::NoUsableKeyslot, "no keyslot"}), "No usable keyslot is available.");
    EXPECT_EQ(peer_words({Errc::NoUsableToken, "no token"}), "No usable token is available.");
    // An action with a better sentence uses it.
    EXPECT_EQ(
        peer_words(fail_saying(Errc::WrongPassphrase, "No token could be unlocked with this PIN.")),
        "No token could be unlocked with this PIN.");
    // Whatever the message ends with.
    EXPECT_EQ(peer_words({Errc::WrongPassphrase, "is it another one?"}),
              "No key available with this passphrase.");
    EXPECT_EQ(peer_words({Errc::Io, "cannot read 512 bytes at 0"}), "Cannot read 512 bytes at 0.");
}

TEST(CliWording, AdviceOfTheErrorOrOfItsKind) {
    EXPECT_EQ(advice({Errc::AccessDenied, "x"}, "open"), "try again as root");
    EXPECT_EQ(advice({Errc::AccessDenied, "x", "use sudo"}, "open"), "use sudo");
    EXPECT_EQ(advice({Errc::InvalidArgument, "x"}, ""), "");
}

TEST(CliWording, NoAdviceNamesWhatFailed) {
    EXPECT_EQ(advice({Errc::CorruptHeader, "x"}, "open"),
              "do not write to the device; try 'repair' on a copy, or restore a header backup");
    EXPECT_EQ(advice({Errc::CorruptHeader, "x"}, "repair"),
              "do not write to the device; restore a header backup");
    for (int code = 0; code < kErrcCount; ++code) {
        const Error error{static_cast<Errc>(code), "x"};
        for (const char* action :
             {"repair", "luksDump", "luksAddKey", "luksKillSlot", "luksResume", "open"})
            EXPECT_EQ(advice(error, action).find("'" + std::string(action) + "'"),
                      std::string::npos)
                << code << action;
        // The word alone is not the action's name.
        EXPECT_EQ(advice(error, "open"), advice(error, ""));
    }
}

TEST(CliWording, ExitStatuses) {
    EXPECT_EQ(status_text(1), "wrong or missing parameters");
    EXPECT_EQ(status_text(2), "no permission or bad passphrase");
    EXPECT_EQ(status_text(3), "out of memory");
    EXPECT_EQ(status_text(4), "wrong device or file specified");
    EXPECT_EQ(status_text(5), "device already exists or device is busy");
}

}  // namespace
}  // namespace latchkey::cli
