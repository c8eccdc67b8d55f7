// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokens/plugin.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "support/secrets.h"
#include "support/temp_dir.h"

namespace latchkey::test {
namespace {

constexpr const char* kPlugins = TOKEN_TEST_PLUGINS;

std::string text_of(const SecretBuffer& bytes) {
    return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.size()};
}

TEST(TokenPlugin, TheFileIsNamedByTheType) {
    EXPECT_EQ(*tokens::plugin_path("/lib/x", "systemd-tpm2"),
              "/lib/x/libcryptsetup-token-systemd-tpm2.so");
}

TEST(TokenPlugin, ATypeCannotLeadOutOfTheDirectory) {
    for (const std::string& type : {std::string("../whole"), std::string("a/b"), std::string(),
                                    std::string("whole\0", 6), std::string(129, 'x')}) {
        const auto loaded = tokens::load_plugin(kPlugins, type);
        ASSERT_FALSE(loaded) << type;
        EXPECT_EQ(loaded.error().code, Errc::NotFound);
        EXPECT_TRUE(loaded.error().message.ends_with("cannot be the name of a plug-in"))
            << loaded.error().message;
    }
}

// Types that the library knows need no plug-in: a file of that name is not even looked for.
TEST(TokenPlugin, KnownTypesNeverLoadAnything) {
    const TempDir dir;
    for (const char* type : {"luks2-keyring", "luks2-anything", "latchkey-names"}) {
        std::filesystem::copy_file(
            std::string(kPlugins) + "/libcryptsetup-token-whole.so",
            dir.path() / ("libcryptsetup-token-" + std::string(type) + ".so"));
        const auto loaded = tokens::load_plugin(dir.path().string(), type);
        ASSERT_FALSE(loaded) << type;
        EXPECT_EQ(loaded.error().code, Errc::NotFound) << type;
    }
}

TEST(TokenPlugin, EveryCallIsFound) {
    const auto loaded = tokens::load_plugin(kPlugins, "whole");
    ASSERT_TRUE(loaded) << loaded.error().message;
    const tokens::Calls& calls = loaded->calls;
    EXPECT_TRUE(calls.open && calls.open_pin && calls.buffer_free && calls.validate && calls.dump);
    EXPECT_STREQ(calls.version(), "1.0");
}

TEST(TokenPlugin, OpenAndVersionMustBeThere) {
    EXPECT_TRUE(tokens::load_plugin(kPlugins, "spare"));
    for (const auto& [type, missing] : {std::pair("noopen", "cryptsetup_token_open"),
                                        std::pair("noversion", "cryptsetup_token_version"),
                                        // Present, but not at the required version node.
                                        std::pair("nonode", "cryptsetup_token_open")}) {
        const auto loaded = tokens::load_plugin(kPlugins, type);
        ASSERT_FALSE(loaded) << type;
        EXPECT_EQ(loaded.error().code, Errc::NotSupported);
        EXPECT_EQ(loaded.error().message, "token plug-in " + std::string(kPlugins) +
                                              "/libcryptsetup-token-" + type + ".so has no " +
                                              missing + " of version CRYPTSETUP_TOKEN_1.0");
    }
}

TEST(TokenPlugin, AFileThatIsNoLibraryIsNotThere) {
    const TempDir dir;
    const std::string path = dir.file("libcryptsetup-token-text.so", "no library");
    const auto loaded = tokens::load_plugin(dir.path().string(), "text");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Errc::NotFound);
    EXPECT_NE(loaded.error().message.find(path), std::string::npos) << loaded.error().message;
    EXPECT_EQ(tokens::load_plugin(dir.path().string(), "gone").error().code, Errc::NotFound);
}

TEST(TokenPlugin, GivesItsSecret) {
    for (const char* type : {"whole", "spare"}) {
        const auto plugin = tokens::load_plugin(kPlugins, type);
        ASSERT_TRUE(plugin) << plugin.error().message;
        int calls = 0;
        const tokens::Answer answer =
            tokens::open_token(plugin->calls, nullptr, 0, nullptr, &calls);
        EXPECT_EQ(answer.status, 0);
        EXPECT_EQ(text_of(answer.bytes), "secret");
        EXPECT_EQ(calls, 1);
        EXPECT_EQ(tokens::open_token(plugin->calls, nullptr, 2, nullptr, nullptr).status, -EINVAL);
        EXPECT_EQ(tokens::open_token(plugin->calls, nullptr, EIO, nullptr, nullptr).status, -EIO);
    }
}

TEST(TokenPlugin, APinGoesToTheCallThatTakesOne) {
    const auto whole = tokens::load_plugin(kPlugins, "whole");
    const auto spare = tokens::load_plugin(kPlugins, "spare");
    ASSERT_TRUE(whole && spare);
    const Passphrase right = passphrase("1234");
    const Passphrase wrong = passphrase("12345");
    EXPECT_EQ(tokens::open_token(whole->calls, nullptr, 1, nullptr, nullptr).status, -ENOANO);
    EXPECT_EQ(tokens::open_token(whole->calls, nullptr, 1, &wrong, nullptr).status, -ENOANO);
    EXPECT_EQ(text_of(tokens::open_token(whole->calls, nullptr, 1, &right, nullptr).bytes),
              "secret of the PIN");
    EXPECT_EQ(tokens::open_token(spare->calls, nullptr, 1, &right, nullptr).status, -ENOENT);
}

TEST(TokenPlugin, FailuresAreOfTheKindThatTheOrderOfTriesKnows) {
    EXPECT_EQ(tokens::open_failure("x", -ENOANO).message,
              "a token of type x needs a PIN, or another one");
    EXPECT_EQ(tokens::open_failure("x", -ENOANO).code, Errc::TokenNeedsPin);
    EXPECT_EQ(tokens::open_failure("x", -EAGAIN).message,
              "the hardware of a token of type x is missing");
    EXPECT_EQ(tokens::open_failure("x", -EAGAIN).code, Errc::NoDevice);
    for (const int status : {-EPERM, -ENOENT, -EINVAL})
        EXPECT_EQ(tokens::open_failure("x", status).code, Errc::NoUsableToken);
    EXPECT_EQ(tokens::open_failure("x", -ENOMEM).code, Errc::OutOfMemory);
    EXPECT_EQ(tokens::open_failure("x", -EIO).message,
              "the plug-in for tokens of type x failed: Input/output error");
}

}  // namespace
}  // namespace latchkey::test
