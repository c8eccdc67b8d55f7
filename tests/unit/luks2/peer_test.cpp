// SPDX-License-Identifier: GPL-2.0-or-later
// The peer reads what we write, and the reverse: keyslots, text of luksDump, JSON, conversion.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/json.h"
#include "luks2/json_edit.h"
#include "support/corpus.h"
#include "support/program.h"
#include "support/temp_dir.h"
#include "verbs_testing.h"

namespace latchkey {
namespace luks1 {
extern const formats::Format kFormat;
}

namespace luks2 {
namespace {

using latchkey::test::run_program;
using test::cheap;
using test::make_volume;
using test::opens;
using test::passphrase;
using testing::HasSubstr;

// Removes lines that only our dump has.
std::string without_extras(const std::string& text) {
    std::string kept;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (!line.starts_with("\tName:       ")) kept += line + "\n";
    return kept;
}

// Removes what 2.7 prints for a segment of plaintext and 2.6 does not.
std::string without_news(const std::string& text) {
    const std::string news = "\tcipher: (no SW encryption)\n";
    std::string kept = text;
    for (std::size_t at; (at = kept.find(news)) != std::string::npos;) kept.erase(at, news.size());
    return kept;
}

// The peer's JSON library decides whether empty objects and arrays take one line or two; 0.17 changed this.
std::string with_short_empties(const std::string& json) {
    std::string kept;
    for (std::size_t at = 0; at < json.size(); ++at) {
        kept += json[at];
        if (json[at] != '{' && json[at] != '[') continue;
        const std::size_t next = json.find_first_not_of(" \n", at + 1);
        if (next != std::string::npos && (json[next] == '}' || json[next] == ']')) at = next - 1;
    }
    return kept;
}

class Luks2Peer : public testing::Test {
  protected:
    void SetUp() override {
        if (peer({"--version"}).status != 0) GTEST_SKIP() << "no cryptsetup here";
    }
    static latchkey::test::ProgramResult peer(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "/sbin/cryptsetup");
        return run_program(arguments);
    }
    static std::string peer_text(const std::vector<std::string>& arguments) {
        const auto result = peer(arguments);
        EXPECT_EQ(result.status, 0);
        return {reinterpret_cast<const char*>(result.output.data()), result.output.size()};
    }
    std::string file_of(const io::MemDevice& device) {
        return directory_.file("volume.img", device.bytes());
    }
    bool opens_there(const std::string& file, int number, const std::string& text) {
        const std::string key = directory_.file("key", text);
        return peer({"open", "--test-passphrase", "--key-file", key, "--key-slot",
                     std::to_string(number), file})
                   .status == 0;
    }
    std::shared_ptr<io::MemDevice> read_back(const std::string& file) {
        return test::file_with(latchkey::test::read_file(file));
    }
    // Does not load the plug-ins that print more about their tokens.
    void expect_same_dump(const formats::LoadedHeader& header, const std::string& file) {
        EXPECT_EQ(without_extras(to_text(header.describe())),
                  without_news(peer_text({"luksDump", "--disable-external-tokens", file})));
        EXPECT_EQ(with_short_empties(header.metadata_json().value_or("")),
                  with_short_empties(peer_text({"luksDump", "--dump-json-metadata", file})));
    }

    Context context_;
    latchkey::test::TempDir directory_;
};

TEST_F(Luks2Peer, ReadsAfterEachVerb) {
    FormatParams params = test::cheap_params(12);
    params.label = "label";
    params.subsystem = "subsystem";
    auto volume = make_volume(context_, {"one", "two"}, params, 4 << 20);
    auto& h = *volume.header;
    const auto look = [&](const char* after) {
        SCOPED_TRACE(after);
        const std::string file = file_of(*volume.device);
        expect_same_dump(h, file);
        for (const auto& [number, text] : std::map<int, std::string>{{0, "one"}, {1, "two"}})
            if (opens(h, text, number)) {
                EXPECT_TRUE(opens_there(file, number, text)) << number;
            }
        return file;
    };
    look("create and two keyslots");
    formats::KeyslotSpec spec = cheap(7);
    spec.kdf = {.type = "argon2id", .iterations = 4, .memory_kib = 32, .lanes = 2};
    spec.area_cipher = "aes-xts-plain64";
    spec.area_key_bytes = 64;
    spec.af_hash = "sha512";
    spec.name = "paper key";
    ASSERT_TRUE(h.add_keyslot(context_, volume.key, passphrase("seven"), spec));
    EXPECT_TRUE(opens_there(look("a named argon2id keyslot"), 7, "seven"));
    ASSERT_TRUE(
        h.add_unbound_keyslot(context_, CandidateKey(test::ramp(64)), passphrase("u"), cheap(9)));
    EXPECT_TRUE(opens_there(look("an unbound keyslot"), 9, "u"));
    ASSERT_TRUE(h.change_keyslot(context_, 7, volume.key, passphrase("changed"), cheap()));
    EXPECT_TRUE(opens_there(look("a changed keyslot"), 7, "changed"));
    ASSERT_TRUE(h.set_priority(context_, 0, Priority::Ignore));
    ASSERT_TRUE(h.set_priority(context_, 1, Priority::Prefer));
    ASSERT_TRUE(h.set_flags(context_, {"allow-discards", "no-read-workqueue"}));
    ASSERT_TRUE(h.set_label(context_, "other", ""));
    look("configuration");
    ASSERT_TRUE(h.import_token(
        context_, 3, R"({"type":"luks2-keyring","keyslots":["1"],"key_description":"my:desc"})",
        false));
    ASSERT_TRUE(h.import_token(context_, {}, R"({"type":"vendor","keyslots":["7","1"],"x":[1,{}]})",
                               false));
    ASSERT_TRUE(h.assign_token(context_, 3, 0, true));
    look("tokens");
    ASSERT_TRUE(h.kill_keyslot(context_, 7));
    EXPECT_FALSE(opens_there(look("a killed keyslot"), 7, "changed"));
    ASSERT_TRUE(h.set_uuid(context_, "87654321-1234-1234-1234-123456789abc"));
    look("another UUID");
    ASSERT_TRUE(h.erase_keyslots(context_));
    look("no keyslots");
}

TEST_F(Luks2Peer, KeepsTheNamesToken) {
    auto volume = make_volume(context_, {"one", "two"}, test::cheap_params(12), 4 << 20);
    ASSERT_TRUE(volume.header->set_keyslot_name(context_, 0, "paper"));
    ASSERT_TRUE(volume.header->set_keyslot_name(context_, 1, "stick"));
    const std::string file = file_of(*volume.device);
    const std::string one = directory_.file("one", std::string("one"));
    const std::string three = directory_.file("three", std::string("three"));
    const std::vector<std::string> cheap_there = {"--pbkdf", "pbkdf2", "--pbkdf-force-iterations",
                                                  "1000", "--batch-mode"};
    const auto there = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), cheap_there.begin(), cheap_there.end());
        return peer(arguments).status;
    };
    const auto names = [&] {
        const auto header = test::load(read_back(file));
        EXPECT_TRUE(header);
        std::map<int, std::string> found;
        for (const KeyslotInfo& info : (*header)->keyslots()) found[info.number] = info.name;
        return found;
    };
    EXPECT_THAT(peer_text({"luksDump", file}),
                HasSubstr("Tokens:\n  0: latchkey-names\n\tKeyslot:    0\n\tKeyslot:    1\n"));
    // A token without a handler does not prevent asking for a passphrase and trying it.
    EXPECT_EQ(peer({"open", "--test-passphrase", "--key-file", one, file}).status, 0);
    EXPECT_EQ(there({"luksAddKey", "--key-file", one, file, three}), 0);
    EXPECT_EQ(names(), (std::map<int, std::string>{{0, "paper"}, {1, "stick"}, {2, ""}}));
    EXPECT_EQ(there({"luksChangeKey", "--key-file", one, file, three}), 0);
    EXPECT_EQ(names(), (std::map<int, std::string>{{0, "paper"}, {1, "stick"}, {2, ""}}));
    EXPECT_EQ(peer({"luksKillSlot", "--batch-mode", "--key-file", three, file, "1"}).status, 0);
    EXPECT_EQ(names(), (std::map<int, std::string>{{0, "paper"}, {2, ""}}));
    EXPECT_EQ(there({"luksAddKey", "--key-file", three, "--key-slot", "1", file, one}), 0);
    EXPECT_EQ(names(), (std::map<int, std::string>{{0, "paper"}, {1, ""}, {2, ""}}));
    EXPECT_EQ(peer({"token", "export", "--token-id", "0", file}).status, 0);
    EXPECT_EQ(peer({"config", "--label", "x", file}).status, 0);
    EXPECT_EQ(names(), (std::map<int, std::string>{{0, "paper"}, {1, ""}, {2, ""}}));
}

TEST_F(Luks2Peer, WritesWhatWeRead) {
    struct Made {
        std::vector<std::string> options;
        int number;
    };
    const std::string one = directory_.file("one", std::string("one"));
    for (const Made& c : {Made{{"--hash", "sha512", "--key-slot", "4"}, 4},
                          Made{{"--cipher", "aes-cbc-essiv:sha256", "--key-size", "128",
                                "--sector-size", "1024", "--label", "l", "--subsystem", "s"},
                               0},
                          Made{{"--luks2-metadata-size", "64k", "--luks2-keyslots-size", "1m"}, 0},
                          Made{{"--cipher", "aes-xts-plain64", "--key-size", "512",
                                "--keyslot-cipher", "aes-cbc-plain64", "--keyslot-key-size", "256"},
                               0}}) {
        const std::string file = directory_.sparse_file("made", 20 << 20);
        std::vector<std::string> arguments = {"luksFormat",
                                              "--type",
                                              "luks2",
                                              "--batch-mode",
                                              "--pbkdf",
                                              "pbkdf2",
                                              "--pbkdf-force-iterations",
                                              "1000"};
        arguments.insert(arguments.end(), c.options.begin(), c.options.end());
        arguments.push_back(file);
        arguments.push_back(one);
        ASSERT_EQ(peer(arguments).status, 0);
        auto device = read_back(file);
        const auto header = test::load(device);
        ASSERT_TRUE(header) << header.error().message;
        EXPECT_EQ(opens(**header, "one").value_or(-1), c.number);
        expect_same_dump(**header, file);
    }
}

// Compares the text for every image of the corpus that both can dump.
TEST_F(Luks2Peer, DumpsTheCorpusAlike) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    for (const char* family : {"luks2", "tokens", "reencrypt"})
        for (const auto& entry : corpus.family(family)) {
            if (entry.format != "luks2") continue;
            SCOPED_TRACE(entry.id);
            const bool detached = std::ranges::any_of(
                entry.files, [](const auto& file) { return file.role == "header"; });
            const Bytes bytes = corpus.load(entry, detached ? "header" : "image");
            const auto header = test::load(test::file_with(bytes));
            ASSERT_TRUE(header) << header.error().message;
            expect_same_dump(**header, directory_.file("volume.img", bytes));
        }
}

TEST_F(Luks2Peer, ConvertsAsWeDo) {
    for (const std::uint32_t key_bytes : {32U, 64U}) {
        FormatParams params{
            .type = "LUKS1", .cipher = "aes-xts-plain64", .key_bytes = key_bytes, .hash = "sha256"};
        params.kdf.forced_iterations = 1000;
        params.uuid = "12345678-1234-1234-1234-123456789abc";
        const VolumeKey key = test::ramp_key(key_bytes);
        auto device = test::file_with(Bytes(4 << 20));
        auto old = luks1::kFormat.create(context_, device, nullptr, params, key);
        ASSERT_TRUE(old) << old.error().message;
        for (const int number : {0, 2})
            ASSERT_TRUE((*old)->add_keyslot(context_, key, passphrase("one"), cheap(number)));
        const std::string file = file_of(*device);
        const auto header = convert_from_luks1(context_, **old);
        ASSERT_TRUE(header) << header.error().message;
        ASSERT_EQ(peer({"convert", "--batch-mode", "--type", "luks2", file}).status, 0);
        const auto theirs = read_back(file);
        EXPECT_EQ(test::json_on(*device), test::json_on(*theirs));
        // Everything is equal except the header copies, whose salts are random.
        EXPECT_TRUE(std::equal(device->bytes().begin() + 32768, device->bytes().end(),
                               theirs->bytes().begin() + 32768, theirs->bytes().end()));
        EXPECT_TRUE(opens_there(file_of(*device), 2, "one"));
        // And back: the peer reads ours, we read the peer's.
        const auto theirs_loaded = test::load(theirs);
        ASSERT_TRUE(theirs_loaded);
        ASSERT_TRUE(convert_to_luks1(context_, **theirs_loaded, "LUKS1"));
        const std::string ours_file = file_of(*device);
        ASSERT_EQ(peer({"convert", "--batch-mode", "--type", "luks1", ours_file}).status, 0);
        EXPECT_EQ(test::bytes_of(*theirs), test::bytes_of(*read_back(ours_file)));
    }
}

}  // namespace
}  // namespace luks2
}  // namespace latchkey
