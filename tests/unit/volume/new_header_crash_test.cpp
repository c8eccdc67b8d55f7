// SPDX-License-Identifier: GPL-2.0-or-later
// A whole header replaces one with a higher sequence id, by format or by an old backup.  The old one counts until its
// last copy is overwritten.
#include <gmock/gmock.h>

#include <cstdio>
#include <set>

#include "support/crash_explorer.h"
#include "support/fault_device.h"
#include "volume_testing.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The properties of an image: the volume's identity, and which passphrases open it.
struct Opening {
    std::string uuid;
    std::string words;
};

Opening opening_of(Context& context, const std::shared_ptr<io::BlockDevice>& image) {
    const auto loaded = Volume::load(context, Device(image));
    if (!loaded) return {loaded.error().message, {}};
    Opening opening{loaded->info().uuid, {}};
    for (const char* word : {"zero", "one", "fresh"})
        if (loaded->unlock(context, passphrase(word))) opening.words += std::string(" ") + word;
    return opening;
}

// Makes a volume with two keyslots and a header that was written often.
std::unique_ptr<TestVolume> much_changed(const std::string& type = "LUKS2") {
    auto volume = std::make_unique<TestVolume>(type, 2);
    if (type != "LUKS2") return volume;
    for (const char* label : {"a", "b", "c"}) {
        EXPECT_TRUE(volume->volume->set_label(volume->context, label, {}));
    }
    return volume;
}

// Counts the windows in which the old header, without a keyslot, is left after a complete write.  There is one: that
// of the areas which both headers use.  The next window writes a copy, and any tear in that ends the old header.
class SharedWindow {
  public:
    void meet(const CrashPoint& point) {
        int window = 0;
        (void)std::sscanf(point.description.c_str(), "window %d:", &window);
        if (point.description.find(": writes ") != std::string::npos) windows_.insert(window);
    }
    [[nodiscard]] std::size_t count() const { return windows_.size(); }

  private:
    std::set<int> windows_;
};

constexpr const char* kNewUuid = "11111111-2222-4333-8444-555555555555";

Result<Volume::Formatted> format_anew(Context& context, const std::shared_ptr<io::BlockDevice>& on,
                                      const std::string& type) {
    FormatParams params = cheap_format(type);
    params.uuid = kNewUuid;
    return Volume::format(context, Device(on), {}, params, {}, passphrase("fresh"),
                          cheap_keyslot());
}

// Keyslot 0 of the old volume is in the place of the new one's.
TEST(NewHeader, OfAFormatCountsFromOneInstantOn) {
    const auto volume = much_changed();
    for (const std::size_t damaged : {std::size_t{1}, std::size_t{0}, std::size_t{0x4000}}) {
        Bytes before = volume->snapshot();
        if (damaged != 1)
            std::fill_n(before.begin() + static_cast<long>(damaged), 4096, std::byte{});
        const auto recorder = std::make_shared<RecordingDevice>(memory(before));
        ASSERT_TRUE(format_anew(volume->context, recorder, "LUKS2"));
        SharedWindow window;
        const auto outcome = explore_crashes(
            before, recorder->trace(),
            [&](const std::shared_ptr<io::BlockDevice>& image,
                const CrashPoint& point) -> std::string {
                const Opening now = opening_of(volume->context, image);
                if (now.uuid == kNewUuid && now.words == " fresh")
                    return point.nothing_done ? "new at once" : "";
                if (now.uuid != kUuid || point.all_done) return now.uuid + now.words;
                if (now.words == " zero one") return "";
                window.meet(point);
                return now.words == " one" ? "" : "the old header opens by:" + now.words;
            },
            {.sampled_subsets = 8, .tears_per_write = 4});
        EXPECT_THAT(outcome.failures, ElementsAre()) << damaged;
        EXPECT_LE(window.count(), 1U) << damaged;
    }
}

// The backup is older than the header that it replaces, and keyslot 1 has other material in the same place.
TEST(NewHeader, OfAnOldBackupCountsFromOneInstantOn) {
    const auto volume = std::make_unique<TestVolume>("LUKS2", 2);
    const Bytes saved = volume->snapshot();
    ASSERT_TRUE(volume->volume->kill_keyslot(volume->context, 1));
    ASSERT_TRUE(volume->volume->add_keyslot(volume->context, *volume->key, passphrase("fresh"),
                                            cheap_keyslot(1)));
    const Bytes before = volume->snapshot();
    const auto recorder = std::make_shared<RecordingDevice>(memory(before));
    ASSERT_TRUE(Volume::restore(volume->context, Device(recorder), Device(memory(saved))));
    SharedWindow window;
    const auto outcome = explore_crashes(
        before, recorder->trace(),
        [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint& point) -> std::string {
            const Opening now = opening_of(volume->context, image);
            if (now.words == " zero one") return point.nothing_done ? "new at once" : "";
            if (point.all_done) return "in the end:" + now.words;
            if (now.words == " zero fresh") return "";
            window.meet(point);
            return now.words == " zero" ? "" : now.uuid + now.words;
        },
        {.sampled_subsets = 16, .tears_per_write = 4});
    EXPECT_THAT(outcome.failures, ElementsAre());
    EXPECT_EQ(window.count(), 1U);
    EXPECT_TRUE(std::ranges::equal(volume->snapshot(), before)) << "not the recorded one";
}

// LUKS1 has one copy, and its keyslots are in the place of LUKS2's second copy: there is always some header.
TEST(NewHeader, OfAnotherFormatLeavesNoInstantWithoutAHeader) {
    for (const auto& [from, to] : {std::pair{"LUKS1", "LUKS2"}, std::pair{"LUKS2", "LUKS1"}}) {
        const auto volume = much_changed(from);
        const Bytes before = volume->snapshot();
        const auto recorder = std::make_shared<RecordingDevice>(memory(before));
        ASSERT_TRUE(format_anew(volume->context, recorder, to));
        const auto outcome = explore_crashes(
            before, recorder->trace(),
            [&](const std::shared_ptr<io::BlockDevice>& image,
                const CrashPoint& point) -> std::string {
                const Opening now = opening_of(volume->context, image);
                if (point.all_done) return now.words == " fresh" ? "" : now.uuid + now.words;
                if (point.nothing_done) return now.words == " zero one" ? "" : now.uuid + now.words;
                if (now.uuid == kUuid || now.uuid == kNewUuid) return "";
                // LUKS1 has no checksum and no second copy (docs/threat-model.md): its single write may be torn.
                return point.description.find("write 0 of 1") != std::string::npos ? "" : now.uuid;
            },
            {.sampled_subsets = 4, .tears_per_write = 4});
        EXPECT_THAT(outcome.failures, ElementsAre()) << from << " to " << to;
    }
}

// A file system has no header to preserve; an old volume may have data where the new one has keyslots.
TEST(NewHeader, WhatIsOverwrittenIsSaid) {
    const auto attempt = [](Bytes bytes, Faults faults) {
        Context context;
        const auto device = std::make_shared<FaultDevice>(memory(std::move(bytes)), faults);
        const auto formatted = format_anew(context, device, "LUKS2");
        return formatted ? std::string("done") : formatted.error().message;
    };
    constexpr const char* kWords =
        "; the contents from byte 32768 to 1081344 of <memory> are "
        "overwritten, wholly or in part";
    const Bytes other(kVolumeBytes, std::byte{0x77});
    EXPECT_THAT(attempt(other, {.write = 0}), testing::EndsWith(kWords));
    EXPECT_THAT(attempt(other, {.flush = 0}),
                testing::HasSubstr("; the contents from byte 32768 to "));
    EXPECT_THAT(attempt(other, {.write = 1}), testing::HasSubstr("; the contents from byte "));
    EXPECT_THAT(attempt(other, {.no_growing = true}),
                testing::Not(testing::HasSubstr("the contents from")));

    // The old volume's data begin before the new volume's data.
    Context context;
    const auto small = memory(Bytes(kVolumeBytes));
    FormatParams params = cheap_format("LUKS2");
    params.keyslots_size = 0x40000;
    params.data_offset_sectors = 0x48000 / 512;
    params.alignment_sectors = 1;
    ASSERT_TRUE(Volume::format(context, Device(small), {}, params, {}, passphrase("zero"),
                               cheap_keyslot()));
    const std::string words =
        attempt(Bytes(small->bytes().begin(), small->bytes().end()), {.flush = 0});
    EXPECT_THAT(words, testing::HasSubstr("; the header is what it was before"));
    EXPECT_THAT(words, testing::HasSubstr("; the contents from byte 294912 to "));

    // For the header's own space, the only message is which header is on the device.
    const auto volume = much_changed();
    EXPECT_THAT(attempt(volume->snapshot(), {.flush = 0}),
                testing::Not(testing::HasSubstr("the contents from")));
}

}  // namespace
}  // namespace latchkey::test
