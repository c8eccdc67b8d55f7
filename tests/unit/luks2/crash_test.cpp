// SPDX-License-Identifier: GPL-2.0-or-later
// The power fails at every moment of every operation: the header on the disk must load, and open as before or as
// afterwards.
#include <gtest/gtest.h>

#include "support/crash_explorer.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

using latchkey::test::CrashBounds;
using latchkey::test::CrashOutcome;
using latchkey::test::CrashPoint;
using latchkey::test::explore_crashes;
using latchkey::test::RecordingDevice;
using test::cheap;
using test::make_volume;
using test::opens;
using test::passphrase;

using Headers = formats::LoadedHeader;

class Luks2Crash : public testing::Test {
  protected:
    // Runs `verb` and examines every image that it may leave; `check` gets the header that loads from it.
    template <typename Verb, typename Check>
    void explore(const test::TestVolume& volume, Verb verb, Check check,
                 const CrashBounds& bounds = {}) {
        Bytes before = test::bytes_of(*volume.device);
        auto recorder = std::make_shared<RecordingDevice>(volume.device);
        auto header = test::load(recorder);
        ASSERT_TRUE(header) << header.error().message;
        const auto done = verb(**header);
        ASSERT_TRUE(done) << done.error().message;
        const CrashOutcome outcome = explore_crashes(
            std::move(before), recorder->trace(),
            [&](const std::shared_ptr<io::BlockDevice>& image,
                const CrashPoint& point) -> std::string {
                const auto loaded = test::load(image);
                if (!loaded) return loaded.error().message;
                return check(**loaded, point);
            },
            bounds);
        EXPECT_TRUE(outcome.ends_flushed);
        EXPECT_GE(outcome.windows, 2U);
        EXPECT_GT(outcome.images, 20U);
        for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    }

    // For operations that change no key: both keyslots always open, and the header is old or new.
    template <typename Verb, typename IsNew>
    void explore_metadata(Verb verb, IsNew is_new) {
        auto volume = make_volume(context_, {"one", "two"});
        explore(volume, verb, [&](const Headers& header, const CrashPoint& point) -> std::string {
            if (!opens(header, "one", 0) || !opens(header, "two", 1)) return "a keyslot is lost";
            const bool changed = is_new(header);
            if (point.nothing_done && changed) return "changed too early";
            if (point.all_done && !changed) return "not changed";
            return "";
        });
    }

    Context context_;
};

TEST_F(Luks2Crash, Add) {
    auto volume = make_volume(context_, {"one", "two"});
    explore(
        volume,
        [&](Headers& header) {
            return header.add_keyslot(context_, volume.key, passphrase("new"), cheap());
        },
        [&](const Headers& header, const CrashPoint& point) -> std::string {
            if (!opens(header, "one", 0) || !opens(header, "two", 1)) return "a keyslot is lost";
            // A keyslot in the header has its area.
            const bool listed = header.keyslots().size() == 3;
            if (listed != opens(header, "new").has_value()) return "listed, but does not open";
            if (point.nothing_done && listed) return "added too early";
            if (point.all_done && !listed) return "not added";
            return "";
        });
}

// A keyslot whose passphrase only its token gives: both exist, or neither.
TEST_F(Luks2Crash, AddWithAToken) {
    const std::string json =
        R"({"type":"luks2-keyring","keyslots":["0"],"key_description":"there"})";
    for (const std::string& fresh : {std::string(), json}) {
        auto volume = make_volume(context_, {"one"});
        if (fresh.empty()) {
            ASSERT_TRUE(volume.header->import_token(context_, 5, json, false));
        }
        formats::KeyslotSpec spec = cheap();
        spec.token = KeyslotToken{.number = 5, .json = fresh};
        explore(
            volume,
            [&](Headers& header) -> Result<int> {
                return header.add_keyslot(context_, volume.key, passphrase("new"), spec);
            },
            [&](const Headers& header, const CrashPoint& point) -> std::string {
                if (!opens(header, "one", 0)) return "a keyslot is lost";
                const bool is_old = header.keyslots().size() == 1;
                const auto tokens = header.tokens();
                const bool token_is_old =
                    tokens.empty() ? !fresh.empty() : tokens[0].keyslots == std::vector{0};
                if (!token_is_old && tokens[0].keyslots != std::vector{0, 1}) return "wrong token";
                if (is_old != token_is_old) return is_old ? "token alone" : "keyslot alone";
                if (is_old == opens(header, "new").has_value()) return "listed, but does not open";
                if (point.nothing_done && !is_old) return "added too early";
                return point.all_done && is_old ? "not added" : "";
            });
    }
}

TEST_F(Luks2Crash, AddUnbound) {
    auto volume = make_volume(context_, {"one"});
    explore(
        volume,
        [&](Headers& header) {
            return header.add_unbound_keyslot(context_, CandidateKey(test::ramp(32)),
                                              passphrase("new"), cheap());
        },
        [&](const Headers& header, const CrashPoint& point) -> std::string {
            if (!opens(header, "one", 0)) return "a keyslot is lost";
            const bool listed = header.keyslots().size() == 2;
            if (listed != opens(header, "new").has_value()) return "listed, but does not open";
            return point.all_done && !listed ? "not added" : "";
        });
}

// One of the passphrases opens the keyslot, never none, never both.
TEST_F(Luks2Crash, Change) {
    auto volume = make_volume(context_, {"one", "old"});
    explore(
        volume,
        [&](Headers& header) {
            return header.change_keyslot(context_, 1, volume.key, passphrase("new"), cheap());
        },
        [&](const Headers& header, const CrashPoint& point) -> std::string {
            if (!opens(header, "one", 0)) return "the other keyslot is lost";
            const bool is_old = opens(header, "old", 1).has_value();
            const bool is_new = opens(header, "new", 1).has_value();
            if (is_old == is_new) return is_old ? "both open" : "neither opens";
            if (point.nothing_done && !is_old) return "changed too early";
            if (point.all_done && !is_new) return "not changed";
            return "";
        });
}

// Without room for a second area the keyslot itself is at risk, but not the others.
TEST_F(Luks2Crash, ChangeInPlace) {
    auto volume = make_volume(context_, {"one", "old"}, test::cheap_params(2));
    explore(
        volume,
        [&](Headers& header) {
            return header.change_keyslot(context_, 1, volume.key, passphrase("new"), cheap());
        },
        [&](const Headers& header, const CrashPoint& point) -> std::string {
            if (!opens(header, "one", 0)) return "the other keyslot is lost";
            if (point.nothing_done && !opens(header, "old", 1)) return "changed too early";
            if (point.all_done && !opens(header, "new", 1)) return "not changed";
            return "";
        });
}

TEST_F(Luks2Crash, Kill) {
    auto volume = make_volume(context_, {"one", "old", "three"});
    explore(
        volume, [&](Headers& header) { return header.kill_keyslot(context_, 1); },
        [&](const Headers& header, const CrashPoint& point) -> std::string {
            if (!opens(header, "one", 0) || !opens(header, "three", 2)) return "a keyslot is lost";
            const bool listed = header.keyslots().size() == 3;
            if (listed != opens(header, "old").has_value()) return "listed, but does not open";
            if (point.nothing_done && !listed) return "killed too early";
            if (point.all_done && listed) return "not killed";
            return "";
        });
}

TEST_F(Luks2Crash, Erase) {
    auto volume = make_volume(context_, {"one", "two"});
    explore(
        volume, [&](Headers& header) { return header.erase_keyslots(context_); },
        [&](const Headers& header, const CrashPoint& point) -> std::string {
            const bool one = opens(header, "one").has_value();
            const bool two = opens(header, "two").has_value();
            if (one != two) return "half erased";
            if (point.all_done && (one || !header.keyslots().empty())) return "not erased";
            return point.nothing_done && !one ? "erased too early" : "";
        });
}

TEST_F(Luks2Crash, Metadata) {
    explore_metadata([&](Headers& header) { return header.set_label(context_, "label", {}); },
                     [](const Headers& header) { return header.info().label == "label"; });
    explore_metadata([&](Headers& header) { return header.set_keyslot_name(context_, 1, "name"); },
                     [](const Headers& header) { return header.keyslots().at(1).name == "name"; });
    explore_metadata(
        [&](Headers& header) {
            return header.import_token(context_, {}, R"({"type":"x","keyslots":["0"]})", false);
        },
        [](const Headers& header) { return header.tokens().size() == 1; });
    explore_metadata(
        [&](Headers& header) { return header.set_priority(context_, 0, Priority::Prefer); },
        [](const Headers& header) { return header.keyslots().at(0).priority == Priority::Prefer; });
}

// Another key for the data: both keyslots always open, and the data's key is the old one or the new one.
TEST_F(Luks2Crash, ANewVolumeKey) {
    const auto key_size = [](const Headers& header) { return header.info().key_bytes; };
    explore_metadata(
        [&](Headers& header) {
            return dynamic_cast<Luks2Header&>(header).add_keyslot_as(
                context_, CandidateKey(test::ramp(32)), passphrase("new"), cheap(),
                {.role = KeyRole::NewVolume});
        },
        [&](const Headers& header) {
            const bool listed = header.keyslots().size() == 3;
            EXPECT_EQ(listed,
                      opens(header, "new", UnlockOptions{.any_segment = false}).has_value());
            EXPECT_EQ(!listed,
                      opens(header, "one", UnlockOptions{.any_segment = false}).has_value());
            EXPECT_EQ(key_size(header), listed ? 32U : 16U);
            return listed;
        });
}

TEST_F(Luks2Crash, AnUnboundKeyBecomesTheVolumeKey) {
    auto volume = make_volume(context_, {"one"});
    ASSERT_TRUE(volume.header->add_unbound_keyslot(context_, CandidateKey(test::ramp(32)),
                                                   passphrase("new"), cheap(1)));
    explore(
        volume,
        [&](Headers& header) {
            return dynamic_cast<Luks2Header&>(header).make_volume_key(context_, 1,
                                                                      test::ramp_key(32));
        },
        [&](const Headers& header, const CrashPoint& point) -> std::string {
            if (!opens(header, "one", 0) || !opens(header, "new", 1)) return "a keyslot is lost";
            const UnlockOptions data_only{.any_segment = false};
            const bool changed = opens(header, "new", data_only).has_value();
            if (changed == opens(header, "one", data_only).has_value())
                return "two volume keys, or none";
            return point.all_done && !changed ? "not changed" : "";
        });
}

// The token that gives the new volume key's passphrase is assigned in the same commit.
TEST_F(Luks2Crash, AnUnboundKeyBecomesTheVolumeKeyWithItsToken) {
    auto volume = make_volume(context_, {"one"});
    ASSERT_TRUE(volume.header->add_unbound_keyslot(context_, CandidateKey(test::ramp(32)),
                                                   passphrase("new"), cheap(1)));
    ASSERT_TRUE(volume.header->import_token(
        context_, 5, R"({"type":"luks2-keyring","keyslots":["0"],"key_description":"there"})",
        false));
    explore(
        volume,
        [&](Headers& header) {
            return dynamic_cast<Luks2Header&>(header).make_volume_key(
                context_, 1, test::ramp_key(32), KeyslotToken{.number = 5});
        },
        [&](const Headers& header, const CrashPoint& point) -> std::string {
            if (!opens(header, "one", 0) || !opens(header, "new", 1)) return "a keyslot is lost";
            const bool changed =
                opens(header, "new", UnlockOptions{.any_segment = false}).has_value();
            const bool listed = header.tokens()[0].keyslots == std::vector{0, 1};
            if (changed != listed) return changed ? "key alone" : "token alone";
            return point.all_done && !changed ? "not changed" : "";
        });
}

// Everything that can be refused is refused before the first write.
TEST_F(Luks2Crash, ATokenThatIsNotThereLeavesTheVolumeKey) {
    auto volume = make_volume(context_, {"one"});
    ASSERT_TRUE(volume.header->add_unbound_keyslot(context_, CandidateKey(test::ramp(32)),
                                                   passphrase("new"), cheap(1)));
    const Bytes before = test::bytes_of(*volume.device);
    const auto refused =
        dynamic_cast<Luks2Header&>(*volume.header)
            .make_volume_key(context_, 1, test::ramp_key(32), KeyslotToken{.number = 5});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::NotFound);
    EXPECT_EQ(test::bytes_of(*volume.device), before);
}

TEST_F(Luks2Crash, Requirements) {
    explore_metadata(
        [&](Headers& header) {
            return dynamic_cast<Luks2Header&>(header).set_requirements(context_,
                                                                       {"offline-reencrypt"});
        },
        [](const Headers& header) { return header.info().requirements.size() == 1; });
}

TEST_F(Luks2Crash, HealingADamagedCopy) {
    for (const std::size_t place : {std::size_t{0x1c0}, std::size_t{0x4000 + 0x1c0}}) {
        auto volume = make_volume(context_, {"one"});
        volume.device->bytes()[place] ^= std::byte{1};
        explore(
            volume, [&](Headers& header) { return header.set_label(context_, "label", {}); },
            [&](const Headers& header, const CrashPoint& point) -> std::string {
                if (!opens(header, "one", 0)) return "the keyslot is lost";
                if (point.all_done && header.info().damaged_copy) return "not healed";
                return "";
            });
    }
}

TEST_F(Luks2Crash, Repair) {
    for (const std::size_t place : {std::size_t{0}, std::size_t{0x5100}}) {
        auto volume = make_volume(context_, {"one"});
        volume.device->bytes()[place] ^= std::byte{1};
        Bytes before = test::bytes_of(*volume.device);
        auto recorder = std::make_shared<RecordingDevice>(volume.device);
        ASSERT_TRUE(repair_header(context_, recorder));
        const CrashOutcome outcome = explore_crashes(
            std::move(before), recorder->trace(),
            [&](const std::shared_ptr<io::BlockDevice>& image,
                const CrashPoint& point) -> std::string {
                const auto loaded = test::load(image);
                if (!loaded) return loaded.error().message;
                if (!opens(**loaded, "one")) return "the keyslot is lost";
                return point.all_done && (*loaded)->info().damaged_copy ? "not repaired" : "";
            });
        EXPECT_TRUE(outcome.ends_flushed);
        for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    }
}

}  // namespace
}  // namespace latchkey::luks2
