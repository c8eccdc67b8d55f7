// SPDX-License-Identifier: GPL-2.0-or-later
// The peer reads what we write: header, keyslots, text of luksDump.
#include <gtest/gtest.h>

#include "luks1_testing.h"
#include "support/program.h"
#include "support/temp_dir.h"

namespace latchkey::luks1 {
namespace {

using latchkey::test::run_program;

class Luks1Peer : public testing::Test {
  protected:
    void SetUp() override {
        if (peer({"--version"}).status != 0) GTEST_SKIP() << "no cryptsetup here";
    }
    static latchkey::test::ProgramResult peer(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "/sbin/cryptsetup");
        return run_program(arguments);
    }
    std::string file_of(const test::TestVolume& volume) {
        return directory_.file("volume.img", ByteView(volume.device->bytes()));
    }
    int opens_there(const std::string& file, int number, const std::string& passphrase) {
        const std::string key = directory_.file("key", passphrase);
        return peer({"open", "--test-passphrase", "--key-file", key, "--key-slot",
                     std::to_string(number), file})
            .status;
    }

    Context context_;
    latchkey::test::TempDir directory_;
};

TEST_F(Luks1Peer, ReadsWhatWeWrote) {
    struct Case {
        const char* cipher;
        const char* hash;
        std::uint32_t key_bytes;
    };
    for (const Case& one :
         {Case{"aes-cbc-plain64", "sha1", 16}, Case{"aes-xts-plain64", "sha256", 32},
          Case{"aes-xts-plain64", "sha512", 64}}) {
        SCOPED_TRACE(one.cipher + std::string(" ") + one.hash);
        FormatParams params = test::cheap_params();
        params.cipher = one.cipher;
        params.hash = one.hash;
        params.key_bytes = one.key_bytes;
        auto volume = test::make_volume(context_, {"one", "two", "three"}, params);
        ASSERT_TRUE(volume.header->kill_keyslot(context_, 1));
        ASSERT_TRUE(volume.header->change_keyslot(
            context_, 2, volume.key, test::passphrase("changed"), test::cheap(6, 1500)));
        ASSERT_TRUE(volume.device->grow(volume.device->size() + 65536));
        const std::string file = file_of(volume);

        EXPECT_EQ(peer({"isLuks", "--type", "luks1", file}).status, 0);
        EXPECT_EQ(opens_there(file, 0, "one"), 0);
        EXPECT_EQ(opens_there(file, 6, "changed"), 0);
        EXPECT_EQ(opens_there(file, 0, "two"), 2);
        EXPECT_EQ(opens_there(file, 6, "three"), 2);
        EXPECT_NE(opens_there(file, 1, "two"), 0);

        const auto dump = peer({"luksDump", file});
        ASSERT_EQ(dump.status, 0);
        auto text = to_text(volume.header->describe());
        text.replace(text.find("<file>"), 6, file);
        EXPECT_EQ(text, std::string(reinterpret_cast<const char*>(dump.output.data()),
                                    dump.output.size()));
    }
}

TEST_F(Luks1Peer, WorksOnAndWeReadItAgain) {
    auto volume = test::make_volume(context_, {"one", "two"});
    ASSERT_TRUE(volume.device->grow(volume.device->size() + 65536));
    const std::string file = file_of(volume);
    const std::string one = directory_.file("one", "one");
    const std::string theirs = directory_.file("theirs", "theirs");
    ASSERT_EQ(peer({"luksAddKey", "-q", "--pbkdf-force-iterations", "1000", "--key-file", one, file,
                    theirs})
                  .status,
              0);
    ASSERT_EQ(peer({"luksKillSlot", "-q", "--key-file", one, file, "1"}).status, 0);
    const auto device = test::file_with(latchkey::test::read_file(file));
    const auto header = test::load(device);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(*test::opens(**header, "one"), 0);
    EXPECT_EQ(*test::opens(**header, "theirs"), 2);
    EXPECT_EQ(test::opens(**header, "two").error().code, Errc::WrongPassphrase);
    // The peer's records are the bytes that we would have written.
    EXPECT_TRUE(std::ranges::equal(record_bytes(serialize(*parse(device->bytes()))),
                                   device->bytes().first(1024)));
}

}  // namespace
}  // namespace latchkey::luks1
