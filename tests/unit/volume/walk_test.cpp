// SPDX-License-Identifier: GPL-2.0-or-later
// Both LUKS formats try keyslots in the same way (formats/unlock_walk.h), and only a key that a digest verified is
// mapped.
#include <gmock/gmock.h>

#include <array>

#include "base/json.h"
#include "luks2/metadata_json.h"
#include "luks2/store.h"
#include "support/fault_device.h"
#include "volume_testing.h"

namespace latchkey {
namespace {

using testing::HasSubstr;

// "zero" and "one" open keyslots 0 and 1; then keyslot 0 fails in some way.
class BothWalk : public testing::TestWithParam<const char*> {
  protected:
    std::string type_ = GetParam();
    test::TestVolume made_{type_, 2};
    std::shared_ptr<test::FaultDevice> device_ = std::make_shared<test::FaultDevice>(made_.device);
    Context context_;
    std::string logged_;

    void SetUp() override {
        context_.log_sink = [this](LogLevel, std::string_view text) {
            logged_ += std::string(text) + "\n";
        };
    }
    [[nodiscard]] ByteRange area() const {
        const KeyslotInfo slot = made_.volume->keyslots().front();
        return {.offset = slot.area_offset, .length = slot.area_size};
    }
    void damage_record() {
        if (type_ == "LUKS1") {
            std::array<std::byte, 4> no_iterations{};
            ASSERT_TRUE(made_.device->write(0xd4, no_iterations));
            return;
        }
        auto stored = luks2::read_metadata(*made_.device);
        ASSERT_TRUE(stored);
        auto next = stored->metadata.edited(
            [](latchkey::Json& document) { document["keyslots"]["0"]["kdf"]["salt"] = "!"; });
        ASSERT_TRUE(next) << next.error().message;
        ASSERT_TRUE(luks2::write_metadata(made_.context, *made_.device, *next));
    }
    Result<UnlockedVolume> unlock(std::string_view word, std::optional<int> named = {}) {
        LK_ASSIGN(const Volume volume, Volume::load(context_, Device(device_)));
        return volume.unlock(context_, test::passphrase(word), {.keyslot = named});
    }
    int keyslot(std::string_view word) {
        const auto opened = unlock(word);
        return opened ? opened->keyslot : -1;
    }
};

TEST_P(BothWalk, GoesOnBehindADamagedRecord) {
    damage_record();
    EXPECT_EQ(keyslot("one"), 1);
    const Error wrong = unlock("wrong").error();
    EXPECT_EQ(wrong.code, Errc::WrongPassphrase) << wrong.message;
    EXPECT_THAT(wrong.hint, HasSubstr("damaged"));
    EXPECT_THAT(logged_, HasSubstr("keyslot 0"));
    EXPECT_EQ(unlock("zero", 0).error().code, Errc::CorruptHeader);
}

TEST_P(BothWalk, GoesOnBehindAnAreaThatCannotBeRead) {
    device_->faults.bad_ranges = {area()};
    EXPECT_EQ(keyslot("one"), 1);
    const Error wrong = unlock("wrong").error();
    EXPECT_EQ(wrong.code, Errc::Unreadable) << "the passphrase may be keyslot 0's";
    EXPECT_THAT(wrong.message, HasSubstr("keyslot 0"));
    EXPECT_THAT(wrong.hint, HasSubstr("damaged"));
    EXPECT_EQ(unlock("zero", 0).error().code, Errc::Unreadable);
}

TEST_P(BothWalk, GoesOnBehindACostThatIsRefused) {
    const auto added = made_.volume->change_keyslot(
        made_.context, *made_.volume->unlock(made_.context, test::passphrase("zero")),
        test::passphrase("zero"),
        {.number = 0, .kdf = {.type = "pbkdf2", .forced_iterations = 9000}});
    ASSERT_TRUE(added) << added.error().message;
    context_.policy.kdf.max_iterations = 8000;
    EXPECT_EQ(keyslot("one"), 1);
    EXPECT_EQ(unlock("wrong").error().code, Errc::CostRefused);
}

TEST_P(BothWalk, EndsWhereItIsInterrupted) {
    context_.cancel();
    EXPECT_EQ(unlock("one").error().code, Errc::Interrupted);
}

TEST_P(BothWalk, SaysWhichKeyslotIsNotThere) {
    EXPECT_EQ(unlock("zero", 3).error().code, Errc::KeyslotInactive);
    ASSERT_TRUE(made_.volume->erase_keyslots(made_.context));
    EXPECT_EQ(unlock("zero").error().code, Errc::NoUsableKeyslot);
    EXPECT_EQ(unlock("zero").error().message, "no keyslot can be tried");
}

INSTANTIATE_TEST_SUITE_P(Formats, BothWalk, testing::Values("LUKS1", "LUKS2"),
                         [](const auto& format) { return std::string(format.param); });

TEST(VolumePlan, TakesNoKeyThatOnlyACallerVouchesFor) {
    for (const char* type : {"LUKS1", "LUKS2"}) {
        test::TestVolume made(type);
        const auto opened = made.volume->unlock(made.context, test::passphrase("zero"));
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->key.vouched(), Vouched::ByDigest);
        EXPECT_TRUE(made.volume->plan(made.context, *opened));
        EXPECT_TRUE(made.volume->plan(made.context, {.key = made.key->copy()}));

        const UnlockedVolume given{
            .key = VolumeKey(Vouched::ByCaller, SecretBuffer::copy_of(opened->key.bytes()))};
        EXPECT_EQ(given.key.copy().vouched(), Vouched::ByCaller);
        const auto refused = made.volume->plan(made.context, given);
        ASSERT_FALSE(refused) << type;
        EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
        const auto verified = made.volume->verify(
            made.context, CandidateKey(SecretBuffer::copy_of(given.key.bytes())));
        ASSERT_TRUE(verified);
        EXPECT_TRUE(made.volume->plan(made.context, {.key = verified->copy()}));
    }
}

TEST(VolumePlan, DataThatNoKeyCanMapAreRefusedBeforeASecretIsAskedFor) {
    test::TestVolume made("LUKS2");
    for (const auto& [edit, why] : {
             std::pair{R"({"sector_size":8192})", "8192"},
             std::pair{R"({"type":"linear"})", "type linear"},
         }) {
        SCOPED_TRACE(edit);
        const auto stored = luks2::read_metadata(*made.device);
        const auto next = stored->metadata.edited([&, change = edit](Json& document) {
            document["segments"]["0"].update(Json::parse(change));
        });
        ASSERT_TRUE(next) << next.error().message;
        luks2::Metadata edited = *next;
        auto device = test::memory(Bytes(made.device->bytes().begin(), made.device->bytes().end()));
        ASSERT_TRUE(luks2::write_metadata(made.context, *device, edited));
        const auto volume = Volume::load(made.context, Device(device));
        ASSERT_TRUE(volume) << volume.error().message;
        const auto checked = volume->check_data_device(Device(device));
        ASSERT_FALSE(checked);
        EXPECT_THAT(checked.error().message, HasSubstr(why));
    }
}

}  // namespace
}  // namespace latchkey
