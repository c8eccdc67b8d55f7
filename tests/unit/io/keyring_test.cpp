// SPDX-License-Identifier: GPL-2.0-or-later
#include "io/keyring.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <set>
#include <string>

namespace latchkey::io {
namespace {

TEST(LinkTarget, IsKeyringAndKeyAsKeyctlWritesThem) {
    const auto check = [](const char* text, const char* keyring, const char* type,
                          const char* description) {
        const auto target = parse_link_target(text);
        ASSERT_TRUE(target) << target.error().message;
        EXPECT_EQ(target->keyring, keyring);
        EXPECT_EQ(target->key_type, type);
        EXPECT_EQ(target->description, description);
    };
    check("@u::%user:mykey", "@u", "user", "mykey");
    check("@s::mykey", "@s", "user", "mykey");
    check("%:my keyring::%logon:vk:mine", "%:my keyring", "logon", "vk:mine");
    check("%keyring:k::a:b", "%keyring:k", "user", "a:b");
    check("123456::x", "123456", "user", "x");
}

TEST(LinkTarget, RefusesTheRest) {
    const auto refused = [](const char* text, const char* message) {
        const auto target = parse_link_target(text);
        ASSERT_FALSE(target) << text;
        EXPECT_EQ(target.error().message, message);
    };
    refused("@u", "\"@u\" is not <keyring>::<key>");
    refused("", "\"\" is not <keyring>::<key>");
    refused("::x", "\"::x\": keyring or key has no name");
    refused("@u::", "\"@u::\": keyring or key has no name");
    refused("@u::%user", "\"@u::%user\": key type without a description");
    refused("@u::%big_key:x", "\"@u::%big_key:x\": key type big_key is neither user nor logon");
    refused("@u::%logon:x", "\"@u::%logon:x\": a logon key is named <service>:<description>");
}

TEST(Keyring, IsFoundByNameInTheKernelsList) {
    constexpr std::string_view kKeys =
        "12959fef I--Q---     9 perm 3f130000     0     0 keyring   kernel-lab: 1\n"
        "161901f6 I--Q---     1 perm 3f010000     0     0 user      wanted: 64\n"
        "broken\n"
        "3a9bf2ee I--Q---     1 perm 1f3f0000     0 65534 keyring   wanted: 2\n"
        "31aca4c9 I--Q---     2 perm 1f3f0000     0 65534 keyring   a: b: empty\n";
    EXPECT_EQ(find_keyring(kKeys, "wanted"), 0x3a9bf2ee);
    EXPECT_EQ(find_keyring(kKeys, "a: b"), 0x31aca4c9);
    EXPECT_EQ(find_keyring(kKeys, "nobody"), std::nullopt);
    EXPECT_EQ(find_keyring("", "x"), std::nullopt);
}

TEST(Keyring, DifferentFailuresHaveDifferentWordsAndAdvice) {
    std::set<std::string> messages;
    std::set<std::string> hints;
    constexpr std::array kErrors = {ENOSYS,       ENOKEY, EKEYEXPIRED, EKEYREVOKED,
                                    EKEYREJECTED, EDQUOT, EACCES,      ENOMEM};
    for (const int error : kErrors) {
        const Error told = keyring_error("request_key", "vk", error);
        EXPECT_NE(told.message.find("vk"), std::string::npos) << told.message;
        messages.insert(told.message);
        if (!told.hint.empty()) hints.insert(told.hint);
    }
    EXPECT_EQ(messages.size(), kErrors.size());
    EXPECT_EQ(hints.size(), kErrors.size() - 1);  // a service has its own reasons
    EXPECT_EQ(keyring_error("request_key", "vk", EKEYEXPIRED).message, "the key vk has expired");
}

}  // namespace
}  // namespace latchkey::io
