// SPDX-License-Identifier: GPL-2.0-or-later
// The keyslots that a passphrase is tried on, their order, and the resulting error.
#include "formats/unlock_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/strprintf.h"
#include "io/mem_device.h"

namespace latchkey::formats {
namespace {

using testing::ElementsAre;

std::vector<int> order(std::vector<KeyslotToTry> keyslots, std::optional<int> named = {}) {
    return numbers_of(keyslots_to_try(std::move(keyslots), named));
}

TEST(UnlockWalk, GoesByPriorityThenByTheOrderOfTheHeader) {
    const std::vector<KeyslotToTry> header = {{.number = 3, .priority = Priority::Normal},
                                              {.number = 0, .priority = Priority::Ignore},
                                              {.number = 5, .priority = Priority::Prefer},
                                              {.number = 1, .priority = Priority::Normal},
                                              {.number = 2, .priority = Priority::Prefer}};
    EXPECT_THAT(order(header), ElementsAre(5, 2, 3, 1));
    EXPECT_THAT(order(header, 0), ElementsAre(0));
    EXPECT_THAT(order(header, 7), ElementsAre());
}

// Keyslots 0, 1 ... with these outcomes; a keyslot without an error opens.
struct Walk {
    std::vector<Errc> failures = {};
    bool last_opens = false;
    bool damage_told = false;
    std::optional<int> named = {};

    std::vector<int> tried = {};
    std::string logged = {};

    Result<Unlocked> run() {
        std::vector<KeyslotToTry> keyslots;
        const int count = static_cast<int>(failures.size()) + (last_opens ? 1 : 0);
        for (int number = 0; number < count; ++number)
            keyslots.push_back({.number = number, .damage_told = damage_told});
        Context context;
        context.log_sink = [this](LogLevel level, std::string_view text) {
            if (level != LogLevel::Debug) logged += std::string(text) + ";";
        };
        const io::MemDevice device{Bytes(512)};
        return unlock_walk(
            context, device, keyslots, {.keyslot = named}, [this](int number) -> Result<Unlocked> {
                tried.push_back(number);
                if (static_cast<std::size_t>(number) == failures.size())
                    return Unlocked{VolumeKey(Vouched::ByDigest, SecretBuffer(16)), number};
                const Errc code = failures[static_cast<std::size_t>(number)];
                return fail(code, "keyslot %d: %s", number, std::string(info(code).name).c_str());
            });
    }
    Error answer() { return run().error(); }
};

constexpr Errc kOfTheSystem[] = {Errc::CostRefused, Errc::OutOfMemory, Errc::MissingCipher,
                                 Errc::Io, Errc::Locked};

TEST(UnlockWalk, NothingButAnInterruptionKeepsTheNextKeyslotFromBeingTried) {
    for (int code = 0; code < kErrcCount; ++code) {
        Walk walk{.failures = {static_cast<Errc>(code)}, .last_opens = true};
        const auto opened = walk.run();
        if (static_cast<Errc>(code) == Errc::Interrupted) {
            EXPECT_EQ(opened.error().code, Errc::Interrupted);
            EXPECT_THAT(walk.tried, ElementsAre(0));
        } else {
            ASSERT_TRUE(opened) << opened.error().message;
            EXPECT_EQ(opened->keyslot, 1);
        }
    }
}

TEST(UnlockWalk, WhatThisSystemCannotTryIsNoWrongPassphrase) {
    for (const Errc code : kOfTheSystem) {
        EXPECT_EQ(Walk({.failures = {code, Errc::WrongPassphrase}}).answer().code, code);
        EXPECT_EQ(Walk({.failures = {Errc::WrongPassphrase, code}}).answer().code, code);
    }
    EXPECT_EQ(Walk({.failures = {Errc::WrongPassphrase, Errc::OutOfMemory, Errc::CostRefused}})
                  .answer()
                  .message,
              "keyslot 1: out-of-memory");
}

TEST(UnlockWalk, LostKeyslotsAreToldBesideAWrongPassphrase) {
    Walk walk{.failures = {Errc::CorruptHeader, Errc::WrongPassphrase}};
    const Error answer = walk.answer();
    EXPECT_EQ(answer.message, "no keyslot opens with this passphrase");
    EXPECT_FALSE(answer.hint.empty());
    EXPECT_EQ(walk.logged, "keyslot 0: corrupt-header;");
    for (const Errc lost : {Errc::CorruptHeader, Errc::Unreadable}) {
        Walk opening{.failures = {lost}, .last_opens = true};
        ASSERT_TRUE(opening.run());
        EXPECT_EQ(opening.logged, "keyslot 0: " + std::string(info(lost).name) + ";");
    }
    EXPECT_TRUE(Walk({.failures = {Errc::WrongPassphrase}}).answer().hint.empty());
}

TEST(UnlockWalk, AReadErrorIsNoWrongPassphrase) {
    for (const auto& failures :
         {std::vector{Errc::Unreadable, Errc::WrongPassphrase},
          std::vector{Errc::WrongPassphrase, Errc::Unreadable, Errc::CorruptHeader}}) {
        const Error answer = Walk({.failures = failures}).answer();
        EXPECT_EQ(answer.code, Errc::Unreadable);
        EXPECT_FALSE(answer.hint.empty());
    }
    EXPECT_TRUE(Walk({.failures = {Errc::Unreadable}}).answer().hint.empty());
}

TEST(UnlockWalk, WhatLoadingToldIsNotToldAgain) {
    Walk walk{.failures = {Errc::CorruptHeader, Errc::WrongPassphrase}, .damage_told = true};
    EXPECT_FALSE(walk.answer().hint.empty());
    EXPECT_EQ(walk.logged, "");
}

TEST(UnlockWalk, WhereNoneCouldBeTriedTheReasonIsTheAnswer) {
    Walk walk{.failures = {Errc::NoUsableKeyslot, Errc::Unreadable, Errc::CorruptHeader,
                           Errc::CorruptHeader}};
    EXPECT_EQ(walk.answer().message, "keyslot 1: unreadable");
    EXPECT_EQ(walk.logged, "keyslot 2: corrupt-header;keyslot 3: corrupt-header;");
    EXPECT_EQ(Walk({.failures = {Errc::NoUsableKeyslot}}).answer().message,
              "keyslot 0: no-usable-keyslot");
    EXPECT_EQ(Walk().answer().code, Errc::NoUsableKeyslot);
    EXPECT_EQ(Walk({.named = 4}).answer().message, "keyslot 4 is not active");
}

TEST(UnlockWalk, ANamedKeyslotIsAnsweredInItsOwnWords) {
    const Error answer = Walk({.failures = {Errc::WrongPassphrase}, .named = 0}).answer();
    EXPECT_EQ(answer.code, Errc::WrongPassphrase);
    EXPECT_EQ(answer.message, "keyslot 0: wrong-passphrase");
}

}  // namespace
}  // namespace latchkey::formats
