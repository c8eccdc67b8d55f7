// SPDX-License-Identifier: GPL-2.0-or-later
// The power fails at every moment of every operation.
#include <gtest/gtest.h>

#include "luks1_testing.h"
#include "support/crash_explorer.h"

namespace latchkey::luks1 {
namespace {

using latchkey::test::CrashOutcome;
using latchkey::test::CrashPoint;
using latchkey::test::explore_crashes;
using latchkey::test::RecordingDevice;
using test::cheap;
using test::make_volume;
using test::opens;
using test::passphrase;

using Headers = formats::LoadedHeader;

class Luks1Crash : public testing::Test {
  protected:
    // Runs `verb` and examines every image that it may leave; `check` gets the header that loads from it.
    template <typename Verb, typename Check>
    void explore(const test::TestVolume& volume, Verb verb, Check check) {
        Bytes before(volume.device->bytes().begin(), volume.device->bytes().end());
        auto recorder = std::make_shared<RecordingDevice>(volume.device);
        auto header = test::load(recorder);
        ASSERT_TRUE(header) << header.error().message;
        const auto done = verb(**header);
        ASSERT_TRUE(done) << done.error().message;
        const CrashOutcome outcome =
            explore_crashes(std::move(before), recorder->trace(),
                            [&](const std::shared_ptr<io::BlockDevice>& image,
                                const CrashPoint& point) -> std::string {
                                const auto loaded = test::load(image);
                                if (!loaded) return loaded.error().message;
                                return check(**loaded, point);
                            });
        EXPECT_TRUE(outcome.ends_flushed);
        EXPECT_GE(outcome.windows, 1U);
        EXPECT_GT(outcome.images, 4U);
        for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    }

    // Returns whether keyslot `number` opens with `text`; `wrong` is "" if the result is acceptable.
    static bool slot_opens(const Headers& header, int number, std::string_view text,
                           std::string& wrong) {
        const auto opened = opens(header, text, number);
        if (!opened && opened.error().code != Errc::WrongPassphrase &&
            opened.error().code != Errc::KeyslotInactive)
            wrong = opened.error().message;
        return opened.has_value();
    }

    void explore_add(int number) {
        auto volume = make_volume(context_, {"one", "two"});
        explore(
            volume,
            [&](Headers& header) {
                return header.add_keyslot(context_, volume.key, passphrase("new"), cheap(number));
            },
            [&](const Headers& header, const CrashPoint& point) {
                std::string wrong;
                if (!slot_opens(header, 0, "one", wrong) || !slot_opens(header, 1, "two", wrong))
                    return "an old keyslot is lost " + wrong;
                const bool added = slot_opens(header, number, "new", wrong);
                if (point.nothing_done && added) return std::string("added too early");
                if (point.all_done && !added) return std::string("not added");
                return wrong;
            });
    }

    void explore_change(int number, std::optional<int> target, int result) {
        auto volume = make_volume(context_, {"one"});
        ASSERT_TRUE(
            volume.header->add_keyslot(context_, volume.key, passphrase("old"), cheap(number)));
        explore(
            volume,
            [&](Headers& header) {
                return header.change_keyslot(context_, number, volume.key, passphrase("new"),
                                             cheap(target));
            },
            [&](const Headers& header, const CrashPoint& point) {
                std::string wrong;
                if (!slot_opens(header, 0, "one", wrong)) return "keyslot 0 is lost " + wrong;
                const bool old_opens = opens(header, "old").has_value();
                const auto new_opens = opens(header, "new");
                if (!old_opens && !new_opens) return std::string("neither the old nor the new");
                if (point.nothing_done && (!old_opens || new_opens))
                    return std::string("too early");
                if (point.all_done && (old_opens || !new_opens || *new_opens != result))
                    return std::string("not changed");
                return wrong;
            });
    }

    Context context_;
};

TEST_F(Luks1Crash, AddingAKeyslot) {
    explore_add(2);
}
// Its record crosses a sector boundary.
TEST_F(Luks1Crash, AddingKeyslot6) {
    explore_add(6);
}
TEST_F(Luks1Crash, AddingKeyslot7) {
    explore_add(7);
}

TEST_F(Luks1Crash, KillingAKeyslot) {
    for (const int number : {1, 6, 7}) {
        auto volume = make_volume(context_, {"one"});
        ASSERT_TRUE(
            volume.header->add_keyslot(context_, volume.key, passphrase("dead"), cheap(number)));
        explore(
            volume, [&](Headers& header) { return header.kill_keyslot(context_, number); },
            [&](const Headers& header, const CrashPoint& point) {
                std::string wrong;
                if (!slot_opens(header, 0, "one", wrong)) return "keyslot 0 is lost " + wrong;
                const bool opened = slot_opens(header, number, "dead", wrong);
                if (point.nothing_done && !opened) return std::string("dead too early");
                if (point.all_done && (opened || header.keyslots().size() != 1))
                    return std::string("not dead");
                return wrong;
            });
    }
}

TEST_F(Luks1Crash, ChangingAKeyslotToAFreeOne) {
    explore_change(1, {}, 2);
    explore_change(7, 6, 6);
    explore_change(6, {}, 1);
    explore_change(1, 7, 7);
}

TEST_F(Luks1Crash, ChangingAKeyslotThatKeepsItsNumber) {
    explore_change(1, 1, 1);
    explore_change(6, 6, 6);
    explore_change(7, 7, 7);
}

// There is no room for both old and new; the other seven must be unaffected.
TEST_F(Luks1Crash, ChangingOneOfEight) {
    for (const int number : {3, 6}) {
        auto volume = make_volume(context_, {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"});
        explore(
            volume,
            [&](Headers& header) {
                return header.change_keyslot(context_, number, volume.key, passphrase("new"),
                                             cheap());
            },
            [&](const Headers& header, const CrashPoint& point) {
                std::string wrong;
                for (int other = 0; other < kKeyslotCount; ++other)
                    if (other != number &&
                        !slot_opens(header, other, "p" + std::to_string(other), wrong))
                        return "keyslot " + std::to_string(other) + " is lost " + wrong;
                if (point.all_done && !slot_opens(header, number, "new", wrong))
                    return std::string("not changed");
                return wrong;
            });
    }
}

TEST_F(Luks1Crash, ChangingTheUuid) {
    auto volume = make_volume(context_, {"one"});
    const std::string old_uuid = volume.header->info().uuid;
    const std::string new_uuid = "12345678-1234-1234-1234-123456789abc";
    explore(
        volume, [&](Headers& header) { return header.set_uuid(context_, new_uuid); },
        [&](const Headers& header, const CrashPoint& point) {
            std::string wrong;
            if (!slot_opens(header, 0, "one", wrong)) return "keyslot 0 is lost " + wrong;
            const std::string uuid = header.info().uuid;
            if (uuid != (point.all_done ? new_uuid : uuid == new_uuid ? new_uuid : old_uuid))
                return "UUID " + uuid;
            return wrong;
        });
}

// Nothing opens an erased volume; until then every header that loads is valid.
TEST_F(Luks1Crash, Erasing) {
    auto volume = make_volume(context_, {"one", "two"});
    explore(
        volume, [&](Headers& header) { return header.erase_keyslots(context_); },
        [&](const Headers& header, const CrashPoint& point) {
            std::string wrong;
            const bool one = slot_opens(header, 0, "one", wrong);
            const bool two = slot_opens(header, 1, "two", wrong);
            if (point.nothing_done && !(one && two)) return std::string("too early");
            if (point.all_done && !header.keyslots().empty()) return std::string("not erased");
            return wrong;
        });
}

// Formatting destroys; but the header that loads afterwards is the old one or the complete new one, never a mixture.
TEST_F(Luks1Crash, FormattingOverAVolume) {
    auto volume = make_volume(context_, {"one"});
    Bytes before(volume.device->bytes().begin(), volume.device->bytes().end());
    const Header old_header = *parse(before);
    auto recorder = std::make_shared<RecordingDevice>(volume.device);
    ASSERT_TRUE(kFormat.create(context_, recorder, nullptr, test::cheap_params(), volume.key));
    const Header new_header = *parse(volume.device->bytes());
    ASSERT_NE(old_header, new_header);
    const CrashOutcome outcome = explore_crashes(
        std::move(before), recorder->trace(),
        [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint& point) -> std::string {
            const auto stored = read_header(*image);
            if (point.all_done && !stored) return "no header: " + stored.error().message;
            if (!stored) return {};
            if (stored->header == new_header) return {};
            if (stored->header == old_header && !point.all_done) return {};
            return "a mixture of two headers";
        });
    EXPECT_TRUE(outcome.ends_flushed);
    for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
}

}  // namespace
}  // namespace latchkey::luks1
