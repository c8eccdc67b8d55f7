// SPDX-License-Identifier: GPL-2.0-or-later
// The last hotzone of a reencryption, the states that either program leaves there, and the end.
#include <gtest/gtest.h>

#include "base/json.h"
#include "latchkey/condition.h"
#include "luks2/reencrypt/layout.h"
#include "luks2/reencrypt/users.h"
#include "support/crash_explorer.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

constexpr std::size_t kDeviceBytes = 4U << 20;
constexpr std::uint64_t kHotzone = 1U << 20;  // bytes, as are these
constexpr std::uint64_t kLastHotzone = 256U << 10;

// A reencryption in progress: the passphrase "old" opens both keys, "new" only the new one.
class BegunReencryption : public ::testing::Test {
  protected:
    BegunReencryption() { context_.policy.metadata_locks = false; }

    void begin(const std::string& resilience = "checksum") {
        FormatParams params = test::cheap_params(16);
        test::TestVolume made = test::make_volume(context_, {"old"}, params, kDeviceBytes);
        device_ = made.device;
        auto& header = dynamic_cast<Luks2Header&>(*made.header);
        SecretBuffer bytes = test::ramp(16);
        bytes.bytes()[0] ^= std::byte{0xff};
        const VolumeKey new_key(Vouched::ByDigest, std::move(bytes));
        const auto first = header.add_keyslot_of_new_key(context_, new_key, test::passphrase("old"),
                                                         test::cheap());
        ASSERT_TRUE(first) << first.error().message;
        ASSERT_TRUE(header.add_keyslot_of_new_key(context_, new_key, test::passphrase("new"),
                                                  test::cheap()));
        const auto begun =
            header.begin_reencryption(context_, *device_, made.key, &new_key, *first,
                                      {.resilience = resilience, .least_digest_cost = true});
        ASSERT_TRUE(begun) << begun.error().message;
    }

    // `edit` changes the layout in the header on the device.
    template <typename Edit>
    void set_layout(Edit edit) {
        auto stored = read_metadata(*device_);
        const auto reencryption = reencryption_of(stored->metadata);
        auto layout = layout_of(stored->metadata, **reencryption);
        ASSERT_TRUE(layout) << layout.error().message;
        edit(*layout);
        auto next = with_layout(stored->metadata, **reencryption, *layout);
        ASSERT_TRUE(next) << next.error().message;
        ASSERT_TRUE(write_metadata(context_, *device_, *next));
    }
    [[nodiscard]] std::uint64_t data_bytes() const {
        return device_->size() - read_metadata(*device_)->metadata.default_segment().offset;
    }

    Result<void> recover(std::string_view secret, LostData lost = LostData::Refused) {
        LK_ASSIGN(const auto header, test::load(device_));
        LK_ASSIGN(const auto unlocked,
                  header->unlock(context_, test::passphrase(secret), UnlockOptions{}));
        return header->recover_reencryption(context_, *device_,
                                            KeyRing(unlocked.key, unlocked.more_keys), lost);
    }
    Result<void> run(const std::shared_ptr<io::BlockDevice>& device, std::string_view secret) {
        LK_ASSIGN(const auto header, test::load(device));
        LK_ASSIGN(const auto unlocked,
                  header->unlock(context_, test::passphrase(secret), UnlockOptions{}));
        return header->run_reencryption(
            context_, *device, KeyRing(unlocked.key, unlocked.more_keys), kHotzone, nullptr);
    }
    [[nodiscard]] ReencryptionState state() const {
        return (*test::load(device_))->reencryption().value_or(ReencryptionState::Clean);
    }

    Context context_;
    std::shared_ptr<io::MemDevice> device_;
};

TEST_F(BegunReencryption, TellsTheLengthOfTheKeyThatItReplaces) {
    begin();
    EXPECT_EQ((*test::load(device_))->info().old_key_bytes, 16U);
    ASSERT_TRUE(run(device_, "old"));
    EXPECT_EQ((*test::load(device_))->info().old_key_bytes, 0U);
}

// The peer mistakes such a header for the start of a reencryption, and reencrypts data that are already new.
TEST_F(BegunReencryption, NothingIsLeftThatOnlySaysThatAllIsNew) {
    begin();
    const Bytes before = test::bytes_of(*device_);
    auto recorder = std::make_shared<test::RecordingDevice>(device_);
    const auto done = run(recorder, "old");
    ASSERT_TRUE(done) << done.error().message;
    const auto outcome = test::explore_crashes(
        before, recorder->trace(),
        [&](const std::shared_ptr<io::BlockDevice>& disk, const test::CrashPoint&) -> std::string {
            const auto stored = read_metadata(*disk);
            if (!stored) return stored.error().message;
            const auto reencryption = reencryption_of(stored->metadata);
            if (!reencryption) return reencryption.error().message;
            if (!*reencryption) return "";
            const auto layout = layout_of(stored->metadata, **reencryption);
            if (!layout) return layout.error().message;
            return all_done(*layout) ? "all is new, and the reencryption is not at its end" : "";
        },
        {.all_subsets_up_to = 2,
         .sampled_subsets = 2,
         .smallest_tear = 4096,
         .tears_per_write = 2});
    for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
}

// The last hotzone has an explicit end, as in the peer; earlier versions of latchkey let it end with the device.
TEST_F(BegunReencryption, TheLastHotzoneIsRecoveredHoweverItsEndIsSaid) {
    for (const bool open_end : {false, true}) {
        SCOPED_TRACE(open_end);
        begin("journal");
        set_layout([&](Layout& layout) {
            layout.done = PlainRange{0, data_bytes() - kLastHotzone};
            layout.hot = PlainRange{data_bytes() - kLastHotzone, kLastHotzone};
            layout.hot_is_last = !open_end;
            if (open_end) layout.hot->length.reset();
        });
        EXPECT_EQ(state(), ReencryptionState::CutShort);
        EXPECT_EQ(test::json_on(*device_).find("\"" + std::to_string(kLastHotzone) + "\"") ==
                      std::string::npos,
                  open_end);
        const auto recovered = recover("old");
        ASSERT_TRUE(recovered) << recovered.error().message;
        EXPECT_EQ(state(), ReencryptionState::None);
        EXPECT_TRUE(test::opens(**test::load(device_), "new"));
        EXPECT_FALSE(test::opens(**test::load(device_), "old", 0));
    }
}

// The peer states the length of a mapping that was open meanwhile.
TEST_F(BegunReencryption, SegmentsMayStateWhereTheDataEnd) {
    begin();
    set_layout([&](Layout& layout) {
        layout.size = data_bytes();
        layout.done = PlainRange{0, kHotzone};
    });
    EXPECT_EQ(state(), ReencryptionState::Clean);
    const auto done = run(device_, "old");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(state(), ReencryptionState::None);
    EXPECT_FALSE(read_metadata(*device_)->metadata.default_segment().size);
}

// No proof covers that length: data behind it would be lost.
TEST_F(BegunReencryption, SegmentsThatEndBeforeTheDataAreRefused) {
    begin();
    set_layout([&](Layout& layout) {
        layout.size = data_bytes() - 4096;
        layout.done = PlainRange{0, kHotzone};
    });
    const Bytes before = test::bytes_of(*device_);
    const auto done = run(device_, "old");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::NotSupported);
    EXPECT_EQ(test::bytes_of(*device_), before);
}

// What waits in a mapping is the hotzone of the header, done already, or the next one.
TEST(WaitingPart, MustBeWhereTheHeaderAllowsIt) {
    constexpr std::uint64_t kSize = 8 * kHotzone;
    const auto with = [&](const char* direction, const Layout& layout, PlainRange part) {
        Keyslot keyslot;
        keyslot.type = "reencrypt";
        keyslot.direction = direction;
        return with_waiting(layout, Reencryption{.keyslot = &keyslot}, part, kSize);
    };
    const Layout fresh;
    const Layout some{.done = PlainRange{0, 2 * kHotzone}};
    const Layout hot{.done = PlainRange{0, kHotzone}, .hot = PlainRange{kHotzone, kHotzone}};
    const Layout end{.done = PlainRange{7 * kHotzone, std::nullopt}};
    EXPECT_EQ(with("forward", fresh, {0, kHotzone})->hot, (PlainRange{0, kHotzone}));
    EXPECT_EQ(with("forward", some, {2 * kHotzone, 1})->hot, (PlainRange{2 * kHotzone, 1}));
    EXPECT_EQ(*with("forward", some, {kHotzone, kHotzone}), some);
    EXPECT_EQ(*with("forward", hot, {kHotzone, kHotzone}), hot);
    EXPECT_TRUE(
        with("forward", Layout{.done = PlainRange{0, 7 * kHotzone}}, {7 * kHotzone, kHotzone})
            ->hot_is_last);
    EXPECT_EQ(with("backward", end, {6 * kHotzone, kHotzone})->hot,
              (PlainRange{6 * kHotzone, kHotzone}));
    EXPECT_TRUE(with("backward", fresh, {7 * kHotzone, kHotzone})->hot_is_last);
    for (const auto& refused :
         {with("forward", fresh, {kHotzone, kHotzone}),
          with("forward", some, {kHotzone, 2 * kHotzone}), with("forward", hot, {0, kHotzone}),
          with("forward", hot, {2 * kHotzone, kHotzone}), with("backward", end, {0, kHotzone}),
          with("backward", fresh, {0, kHotzone})}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::CorruptHeader);
    }
}

TEST_F(BegunReencryption, ADeviceThatIsShorterThanItsHotzoneIsRefused) {
    begin("journal");
    set_layout([&](Layout& layout) {
        layout.done = PlainRange{0, data_bytes() - kLastHotzone};
        layout.hot = PlainRange{data_bytes() - kLastHotzone, kLastHotzone};
        layout.hot_is_last = true;
    });
    Bytes shorter = test::bytes_of(*device_);
    shorter.resize(shorter.size() - 1000);
    device_ = test::file_with(shorter);
    const auto recovered = recover("old");
    ASSERT_FALSE(recovered);
    EXPECT_EQ(recovered.error().code, Errc::CorruptHeader);
    EXPECT_EQ(test::bytes_of(*device_), shorter);
}

// The peer removes the old keyslots one by one before it records the end of the reencryption.
TEST_F(BegunReencryption, WhereAllIsNewTheNewKeyIsEnough) {
    for (const bool old_keyslot_is_gone : {false, true}) {
        SCOPED_TRACE(old_keyslot_is_gone);
        begin();
        set_layout([](Layout& layout) { layout.done = PlainRange{}; });
        if (old_keyslot_is_gone)
            test::edit_header(context_, device_, [](Json& document) {
                document["keyslots"].erase("0");
                document["digests"]["0"]["keyslots"] = Json::array();
            });
        const auto header = test::load(device_);
        const auto unlocked = (*header)->unlock(context_, test::passphrase("new"), UnlockOptions{});
        ASSERT_TRUE(unlocked) << unlocked.error().message;
        const auto plan = (*header)->plan(context_, KeyRing(unlocked->key, unlocked->more_keys));
        EXPECT_TRUE(plan) << plan.error().message;
        const auto ended = run(device_, "new");
        ASSERT_TRUE(ended) << ended.error().message;
        EXPECT_EQ(state(), ReencryptionState::None);
        EXPECT_TRUE(test::opens(**test::load(device_), "new"));
    }
}

TEST_F(BegunReencryption, BeforeThatBothKeysAreNeeded) {
    begin();
    set_layout([](Layout& layout) { layout.done = PlainRange{0, kHotzone}; });
    const Bytes before = test::bytes_of(*device_);
    const auto refused = run(device_, "new");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::NoUsableKeyslot);
    EXPECT_EQ(test::bytes_of(*device_), before);
}

TEST_F(BegunReencryption, WhatNothingProtectedIsLostOnlyWhenThatIsAccepted) {
    begin("none");
    set_layout([](Layout& layout) {
        layout.done = PlainRange{0, kHotzone};
        layout.hot = PlainRange{kHotzone, 65536};
    });
    const Bytes before = test::bytes_of(*device_);
    const auto refused = recover("old");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().condition, Condition::ReencryptionUnprotected);
    EXPECT_EQ(test::bytes_of(*device_), before);
    const auto accepted = recover("old", LostData::Accepted);
    ASSERT_TRUE(accepted) << accepted.error().message;
    EXPECT_EQ(state(), ReencryptionState::Clean);
    EXPECT_TRUE(run(device_, "old"));
}

}  // namespace
}  // namespace latchkey::luks2
