// SPDX-License-Identifier: GPL-2.0-or-later
// A format is recognised without a secret, and opened with one by its own options.
#include "formats/opener.h"

#include <gtest/gtest.h>

#include "formats/recognizer.h"
#include "loopaes/opener.h"
#include "plain/opener.h"
#include "unit/volume/volume_testing.h"

namespace latchkey {
namespace {

TEST(Opener, OfAPlainVolumeHasItsOptionsAlready) {
    Context context;
    const plain::Params params{.cipher = "aes-xts-plain64", .hash = "sha256", .skip_sectors = 7};
    const auto opener = plain::make_opener(params);
    const auto opened = opener->open(context, test::passphrase("word"));
    ASSERT_TRUE(opened) << opened.error().message;
    const auto key = plain::key_from_passphrase(params, test::passphrase("word"));
    EXPECT_TRUE(equal_in_constant_time(opened->key.bytes(), key->bytes()));
    const auto plan = opener->plan(context, opened->keys());
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->type, "PLAIN");
    EXPECT_EQ(plan->segments.front().iv_offset, 7U);
}

TEST(Opener, OfALoopAesVolumePlansWhatTheKeyFileSays) {
    Context context;
    const loopaes::Params params{.key_bytes = 16};
    const auto opener = loopaes::make_opener(params);
    for (const auto& [lines, cipher] :
         {std::pair(1, "aes-cbc-plain64"), std::pair(64, "aes:64-cbc-lmk"),
          std::pair(65, "aes:64-cbc-lmk")}) {
        std::string file;
        for (int line = 0; line < lines; ++line)
            file += "0123456789012345678901234567890123456789" + std::to_string(100 + line) + "\n";
        const auto opened = opener->open(context, test::passphrase(file));
        ASSERT_TRUE(opened) << lines << ": " << opened.error().message;
        const auto plan = opener->plan(context, opened->keys());
        ASSERT_TRUE(plan) << plan.error().message;
        EXPECT_EQ(plan->segments.front().cipher, cipher);
        EXPECT_EQ(plan->keys.front().bytes, static_cast<std::size_t>(16 * lines));
    }
}

TEST(Recognizer, KnowsALuksVolumeAndGivesItsOpener) {
    for (const std::string type : {"LUKS1", "LUKS2"}) {
        test::TestVolume made(type);
        const auto found = formats::recognize(made.context, made.device, {});
        ASSERT_TRUE(found) << found.error().message;
        EXPECT_EQ((*found)->type(), type);
        EXPECT_EQ((*found)->info().uuid, test::kUuid);
        const formats::Opener& opener = (*found)->opener();
        const auto opened = opener.open(made.context, test::passphrase("zero"));
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_EQ(opener.plan(made.context, opened->keys())->type, type);
        EXPECT_EQ(opener.open(made.context, test::passphrase("wrong")).error().code,
                  Errc::WrongPassphrase);
    }
}

TEST(Recognizer, SaysWhatItLookedForInVain) {
    Context context;
    const auto device = test::memory(Bytes(1 << 20));
    const auto none = formats::recognize(context, device, {.type = "LUKS1"});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Errc::NotThisFormat);
    EXPECT_EQ(none.error().message, "no LUKS1 header on <memory>");
}

}  // namespace
}  // namespace latchkey
