// SPDX-License-Identifier: GPL-2.0-or-later
// The library's texts are translated also where fail() does not see them: hints, and texts that a helper makes for
// fail().
#include <gtest/gtest.h>
#include <libintl.h>

#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/i18n.h"
#include "latchkey/keyfile.h"
#include "support/child.h"
#include "support/program.h"
#include "support/temp_dir.h"
#include "volume_testing.h"

namespace latchkey::test {
namespace {

// Makes a catalogue of the language "xx", which marks each text that it knows.
std::string make_catalogue(const TempDir& folder, const std::vector<std::string>& texts) {
    std::ofstream file(folder / "xx.po");
    file << "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n";
    for (const std::string& text : texts)
        file << "\nmsgid \"" << text << "\"\nmsgstr \"<" << text << ">\"\n";
    file.close();
    const std::string messages = folder / "xx/LC_MESSAGES";
    std::filesystem::create_directories(messages);
    const auto made = run_program({"msgfmt", "-o", messages + "/latchkey.mo", folder / "xx.po"});
    EXPECT_EQ(made.status, 0);
    return folder.path();
}

// Runs in a separate process, because gettext's settings belong to the process.  The locale is C.UTF-8 under another
// name: a small system has no other, and glibc translates nothing in C.UTF-8 itself (since 2.39).
void speak(const std::string& catalogues) {
    std::filesystem::copy("/usr/lib/locale/C.utf8", catalogues + "/xx_XX.utf8",
                          std::filesystem::copy_options::recursive);
    ::setenv("LOCPATH", catalogues.c_str(), 1);
    ::setenv("LC_ALL", "xx_XX.UTF-8", 1);
    ::setenv("LANGUAGE", "xx", 1);
    std::setlocale(LC_MESSAGES, "");
    ::bindtextdomain(kTextDomain, catalogues.c_str());
}

class Translation : public testing::Test {
  protected:
    // Returns the result of `say` with a catalogue of `texts`.
    template <typename Say>
    std::string in_language(const std::vector<std::string>& texts, Say say) {
        const TempDir folder;
        const std::string catalogues = make_catalogue(folder, texts);
        const std::string answer = folder / "answer";
        const int status = in_child([&] {
            speak(catalogues);
            std::ofstream(answer) << say();
            return 0;
        });
        EXPECT_EQ(status, 0);
        const Bytes bytes = read_file(answer);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    TempDir folder_;
};

TEST_F(Translation, OfRefusedConversions) {
    const auto refusal = [] {
        TestVolume volume("LUKS2");
        const auto token =
            volume.volume->import_token(volume.context, 3, R"({"type":"x","keyslots":[]})", false);
        if (!token) return token.error().message;
        const auto converted = volume.volume->convert(volume.context, "LUKS1");
        return converted ? std::string("converted") : converted.error().message;
    };
    EXPECT_EQ(in_language({}, refusal), "cannot convert to LUKS1: token 3, LUKS1 has none");
    EXPECT_EQ(in_language({"cannot convert to LUKS1: %s", "token %d, LUKS1 has none"}, refusal),
              "<cannot convert to LUKS1: <token 3, LUKS1 has none>>");
}

TEST_F(Translation, OfHints) {
    const auto device = [] {
        Context context;
        return Device::open(context, "/dev/null", Access::ReadOnly).error().hint;
    };
    EXPECT_EQ(in_language({"it is neither a block device nor a regular file"}, device),
              "<it is neither a block device nor a regular file>");
    const std::string file = folder_.sparse_file("key", 11);
    const auto key = [&] { return read_keyfile(file, {.limit = 10}).error().hint; };
    EXPECT_EQ(in_language({"it is longer than %llu bytes; --keyfile-size takes a part of it"}, key),
              "<it is longer than 10 bytes; --keyfile-size takes a part of it>");
}

}  // namespace
}  // namespace latchkey::test
