// SPDX-License-Identifier: GPL-2.0-or-later
// Manual and automatic header backups, and restoring them.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>

#include "support/crash_explorer.h"
#include "support/fault_device.h"
#include "support/recording_device.h"
#include "volume_testing.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Backup : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, Backup, testing::Values("LUKS1", "LUKS2"),
                         [](const auto& test) { return test.param; });

std::vector<std::string> names_in(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
}

Device open(TestVolume& volume, const std::string& path) {
    auto device = Device::open(volume.context, path, Access::ReadOnly);
    EXPECT_TRUE(device) << device.error().message;
    return *device;
}

void zero(TestVolume& volume, std::size_t offset, std::size_t length) {
    std::ranges::fill(volume.device->bytes().subspan(offset, length), std::byte{0});
}

TEST_P(Backup, IsTheVeryFileThatThePeerMakes) {
    TestVolume volume(GetParam(), 2);
    const TempDir dir;
    const auto made = volume.volume->backup(volume.context, dir / "ours");
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(mode_of(dir / "ours"), 0400U);
    ASSERT_EQ(
        run_program({"cryptsetup", "luksHeaderBackup", dir.file("image", volume.device->bytes()),
                     "--header-backup-file", dir / "theirs"})
            .status,
        0);
    EXPECT_EQ(read_file(dir / "ours"), read_file(dir / "theirs"));

    const auto again = volume.volume->backup(volume.context, dir / "ours");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Errc::Exists);
}

TEST_P(Backup, BringsBackADestroyedHeader) {
    TestVolume volume(GetParam(), 2);
    const TempDir dir;
    ASSERT_TRUE(volume.volume->backup(volume.context, dir / "backup"));
    const Bytes before = volume.snapshot();
    zero(volume, 0, 1U << 20);
    ASSERT_FALSE(Volume::load(volume.context, Device(volume.device)));
    const auto warnings =
        Volume::check_restore(volume.context, Device(volume.device), open(volume, dir / "backup"));
    ASSERT_TRUE(warnings) << warnings.error().message;
    EXPECT_FALSE(warnings->empty());
    const auto restored =
        Volume::restore(volume.context, Device(volume.device), open(volume, dir / "backup"));
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(volume.snapshot(), before);
    EXPECT_EQ(volume.opens("one"), 1);
    EXPECT_TRUE(volume.peer_opens("one"));
}

TEST_P(Backup, BringsBackAnOlderState) {
    TestVolume volume(GetParam(), 3);
    const TempDir dir;
    ASSERT_TRUE(volume.volume->backup(volume.context, dir / "backup"));
    const auto opened = volume.volume->unlock(volume.context, passphrase("one"));
    ASSERT_TRUE(opened);
    ASSERT_TRUE(volume.volume->change_keyslot(volume.context, *opened, passphrase("new"),
                                              cheap_keyslot(1)));
    ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 2));
    ASSERT_TRUE(
        Volume::restore(volume.context, Device(volume.device), open(volume, dir / "backup")));
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(volume.opens(std::array{"zero", "one", "two"}[static_cast<std::size_t>(i)]), i);
    EXPECT_EQ(volume.opens("new"), -1);
    EXPECT_TRUE(volume.peer_opens("two"));
    EXPECT_FALSE(volume.peer_opens("new"));
}

TEST_P(Backup, OfThePeerIsRestored) {
    TestVolume volume(GetParam(), 2);
    const TempDir dir;
    const Bytes before = volume.snapshot();
    ASSERT_EQ(run_program({"cryptsetup", "luksHeaderBackup", dir.file("image", before),
                           "--header-backup-file", dir / "theirs"})
                  .status,
              0);
    zero(volume, 0, 8192);
    ASSERT_TRUE(
        Volume::restore(volume.context, Device(volume.device), open(volume, dir / "theirs")));
    EXPECT_EQ(volume.snapshot(), before);
}

TEST_P(Backup, TouchesNothingBehindTheHeaderArea) {
    TestVolume volume(GetParam(), 1);
    const TempDir dir;
    ASSERT_TRUE(volume.volume->backup(volume.context, dir / "backup"));
    const std::size_t data = volume.volume->info().data_offset;
    std::ranges::fill(volume.device->bytes().subspan(data), std::byte{0xdd});
    zero(volume, 0, 8192);
    ASSERT_TRUE(
        Volume::restore(volume.context, Device(volume.device), open(volume, dir / "backup")));
    EXPECT_TRUE(std::ranges::all_of(volume.device->bytes().subspan(data),
                                    [](std::byte b) { return b == std::byte{0xdd}; }));
}

TEST_P(Backup, WithoutKeyslotsIsRefusedWhereThereAreSome) {
    TestVolume volume(GetParam());
    const TempDir dir;
    {
        TestVolume other(GetParam(), 0);
        ASSERT_TRUE(other.volume->backup(other.context, dir / "empty"));
    }
    const Bytes before = volume.snapshot();
    const Device backup = open(volume, dir / "empty");
    const char* kMessage = "the backup has no keyslot that a person can use, the device has";
    const auto warnings = Volume::check_restore(volume.context, Device(volume.device), backup);
    ASSERT_TRUE(warnings) << warnings.error().message;
    EXPECT_THAT(*warnings, testing::Contains(kMessage));
    const auto refused = Volume::restore(volume.context, Device(volume.device), backup);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::LastKeyslot);
    EXPECT_EQ(refused.error().message, kMessage);
    EXPECT_EQ(volume.snapshot(), before);

    volume.context.policy.guard_last_keyslot = false;
    EXPECT_TRUE(Volume::restore(volume.context, Device(volume.device), backup));
    EXPECT_EQ(volume.opens("zero"), -1);
}

TEST_P(Backup, ThatIsCutShortIsRefused) {
    TestVolume volume(GetParam());
    const TempDir dir;
    ASSERT_TRUE(volume.volume->backup(volume.context, dir / "backup"));
    Bytes content = read_file(dir / "backup");
    content.resize(content.size() - 4096);
    const std::string cut = dir.file("cut", content);
    const Bytes before = volume.snapshot();
    const auto refused = Volume::restore(volume.context, Device(volume.device), open(volume, cut));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::DeviceTooSmall) << refused.error().message;
    EXPECT_EQ(volume.snapshot(), before);
}

// Code that checks a backup and reads it again would write other bytes.
TEST_P(Backup, IsReadOnce) {
    TestVolume volume(GetParam());
    const Bytes before = volume.snapshot();
    const auto liar =
        std::make_shared<FaultDevice>(memory(before), Faults{.second_read_lies = true});
    zero(volume, 0, 8192);
    const auto restored = Volume::restore(volume.context, Device(volume.device), Device(liar));
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(volume.snapshot(), before);
}

TEST_P(Backup, OfAReadOnlyDeviceCannotBeRestoredThere) {
    TestVolume volume(GetParam());
    const Bytes image = volume.snapshot();
    const auto device = std::make_shared<FaultDevice>(volume.device, Faults{.read_only = true});
    const auto refused = Volume::restore(volume.context, Device(device), Device(memory(image)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::AccessDenied);
    EXPECT_EQ(refused.error().message, "<memory> is read only");
}

// Returns which of the passphrases open an image, or why none can: " zero one".
std::string words_that_open(Context& context, const std::shared_ptr<io::BlockDevice>& image,
                            std::initializer_list<const char*> words) {
    const auto loaded = Volume::load(context, Device(image));
    if (!loaded) return loaded.error().message;
    std::string opening;
    for (const char* word : words)
        if (loaded->unlock(context, passphrase(word))) opening += std::string(" ") + word;
    return opening;
}

// Keyslot 0 is the same in both states, 1 and 3 have separate areas: at every moment one of the two states opens
// completely.
TEST_P(Backup, RestoringSurvivesAPowerCut) {
    TestVolume volume(GetParam(), 2);
    const Bytes saved = volume.snapshot();
    ASSERT_TRUE(volume.volume->add_keyslot(volume.context, *volume.key, passphrase("later"),
                                           cheap_keyslot(3)));
    ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 1));
    const Bytes before = volume.snapshot();
    const auto recorder = std::make_shared<RecordingDevice>(memory(before));
    const auto restored = Volume::restore(volume.context, Device(recorder), Device(memory(saved)));
    ASSERT_TRUE(restored) << restored.error().message;

    const auto outcome = explore_crashes(
        before, recorder->trace(),
        [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint& point) -> std::string {
            const std::string opening =
                words_that_open(volume.context, image, {"zero", "one", "later"});
            if (!point.nothing_done && opening == " zero one") return "";
            if (!point.all_done && opening == " zero later") return "";
            return "opens by:" + opening;
        },
        {.sampled_subsets = 16, .tears_per_write = 4});
    EXPECT_GT(outcome.images, 10U);
    EXPECT_THAT(outcome.failures, ElementsAre());
}

// Both states have keyslot 1 in the same area with different material, so a moment without it is unavoidable.
// Keyslot 0 always opens.
TEST_P(Backup, RestoringOverASharedAreaCostsThatKeyslotAlone) {
    TestVolume volume(GetParam(), 2);
    const Bytes saved = volume.snapshot();
    ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 1));
    ASSERT_TRUE(volume.volume->add_keyslot(volume.context, *volume.key, passphrase("new"),
                                           cheap_keyslot(1)));
    const Bytes before = volume.snapshot();
    const auto recorder = std::make_shared<RecordingDevice>(memory(before));
    ASSERT_TRUE(Volume::restore(volume.context, Device(recorder), Device(memory(saved))));
    const auto outcome = explore_crashes(
        before, recorder->trace(),
        [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint& point) -> std::string {
            const std::string opening =
                words_that_open(volume.context, image, {"zero", "one", "new"});
            if (point.nothing_done) return opening == " zero new" ? "" : opening;
            if (point.all_done) return opening == " zero one" ? "" : opening;
            return opening.starts_with(" zero") ? "" : opening;
        },
        {.sampled_subsets = 16, .tears_per_write = 4});
    EXPECT_THAT(outcome.failures, ElementsAre());
}

TEST_P(Backup, HappensBeforeADestructiveChange) {
    TestVolume volume(GetParam(), 3);
    const TempDir dir;
    volume.context.policy.backup_directory = dir / "a/backups";
    const Bytes before = volume.snapshot();
    ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 2));
    EXPECT_EQ(mode_of(dir / "a/backups"), 0700U);
    const auto names = names_in(dir / "a/backups");
    ASSERT_EQ(names.size(), 1U);
    EXPECT_THAT(names[0], testing::StartsWith(kUuid));
    EXPECT_THAT(names[0], testing::EndsWith(".luks-header"));
    if (GetParam() == "LUKS2") {  // sequence id: format 2, three keyslots
        EXPECT_EQ(names[0], std::string(kUuid) + "-5.luks-header");
    }
    EXPECT_EQ(mode_of(dir / ("a/backups/" + names[0])), 0400U);

    // The backup serves its purpose.
    ASSERT_TRUE(Volume::restore(volume.context, Device(volume.device),
                                open(volume, dir / ("a/backups/" + names[0]))));
    EXPECT_EQ(volume.opens("two"), 2);
    EXPECT_EQ(volume.snapshot(), before);
    // The state before the restore was saved as well.
    EXPECT_EQ(names_in(dir / "a/backups").size(), 2U);

    // An unchanged state needs no second file.
    auto loaded = Volume::load(volume.context, Device(volume.device));
    ASSERT_TRUE(loaded->kill_keyslot(volume.context, 2));
    EXPECT_EQ(names_in(dir / "a/backups").size(), 2U);
}

TEST_P(Backup, HappensBeforeEachVerbThatDestroys) {
    const TempDir dir;
    const auto backups_after = [&](const std::string& name, auto verb) {
        TestVolume volume(GetParam(), 2);
        volume.context.policy.backup_directory = dir / name;
        EXPECT_TRUE(verb(volume)) << name;
        return std::filesystem::exists(dir / name) ? names_in(dir / name).size() : 0;
    };
    EXPECT_EQ(
        backups_after("erase", [](TestVolume& v) { return v.volume->erase_keyslots(v.context); }),
        1U);
    EXPECT_EQ(backups_after("change",
                            [](TestVolume& v) {
                                const auto opened = v.volume->unlock(v.context, passphrase("one"));
                                return v.volume->change_keyslot(v.context, *opened, passphrase("x"),
                                                                cheap_keyslot());
                            }),
              1U);
    EXPECT_EQ(backups_after("convert",
                            [](TestVolume& v) {
                                return v.volume->convert(v.context,
                                                         GetParam() == "LUKS1" ? "LUKS2" : "LUKS1");
                            }),
              1U);
    EXPECT_EQ(backups_after("format",
                            [](TestVolume& v) {
                                return Volume::format(v.context, Device(v.device), {},
                                                      cheap_format(GetParam()));
                            }),
              1U);
    EXPECT_EQ(backups_after("add",
                            [](TestVolume& v) {
                                return v.volume->add_keyslot(v.context, *v.key, passphrase("x"),
                                                             cheap_keyslot());
                            }),
              0U);
    EXPECT_EQ(
        backups_after("nothing to repair",
                      [](TestVolume& v) { return Volume::repair(v.context, Device(v.device)); }),
        0U);
}

TEST_P(Backup, ThatFailsStopsTheChange) {
    TestVolume volume(GetParam(), 2);
    const TempDir dir;
    volume.context.policy.backup_directory = dir.file("file", "");
    const Bytes before = volume.snapshot();
    const auto refused = volume.volume->kill_keyslot(volume.context, 0);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("cannot create directory"));
    EXPECT_EQ(volume.snapshot(), before);
}

TEST_P(Backup, OfAnotherContentGetsAnotherName) {
    TestVolume volume(GetParam(), 2);
    const TempDir dir;
    volume.context.policy.backup_directory = dir.path();
    ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 1));
    const auto names = names_in(dir.path());
    ASSERT_EQ(names.size(), 1U);
    // Another file has its name.
    std::filesystem::remove(dir / names[0]);
    (void)dir.file(names[0], "else");
    ASSERT_TRUE(Volume::restore(volume.context, Device(volume.device),
                                Device(memory(Bytes(volume.snapshot())))));
    TestVolume same(GetParam(), 2);
    same.context.policy.backup_directory = dir.path();
    ASSERT_TRUE(same.volume->kill_keyslot(same.context, 1));
    const std::string stem =
        names[0].substr(0, names[0].size() - std::string(".luks-header").size());
    EXPECT_THAT(names_in(dir.path()), testing::Contains(stem + "-2.luks-header"));
    EXPECT_TRUE(std::ranges::equal(read_file(dir / names[0]), as_byte_view("else")));
}

TEST(Luks2Backup, MendsADamagedCopyInTheFileOnly) {
    TestVolume volume("LUKS2", 1);
    const Bytes good = volume.snapshot();
    zero(volume, 0, 4096);
    const Bytes damaged = volume.snapshot();
    const TempDir dir;
    auto loaded = Volume::load(volume.context, Device(volume.device));
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_TRUE(loaded->info().damaged_copy);
    ASSERT_TRUE(loaded->backup(volume.context, dir / "backup"));
    EXPECT_EQ(volume.snapshot(), damaged);
    const auto backup = Volume::load(volume.context, open(volume, dir / "backup"));
    ASSERT_TRUE(backup);
    EXPECT_FALSE(backup->info().damaged_copy);
}

// One copy is damaged on the device: it is written first, because otherwise a torn write would leave no copy.
TEST(Luks2Backup, RestoringOverADamagedCopySurvivesAPowerCut) {
    for (const std::size_t damaged : {std::size_t{0}, std::size_t{0x4000}}) {
        TestVolume volume("LUKS2", 2);
        const Bytes saved = volume.snapshot();
        ASSERT_TRUE(volume.volume->kill_keyslot(volume.context, 1));
        zero(volume, damaged, 4096);
        const Bytes before = volume.snapshot();
        const auto recorder = std::make_shared<RecordingDevice>(memory(before));
        ASSERT_TRUE(Volume::restore(volume.context, Device(recorder), Device(memory(saved))));
        const auto outcome = explore_crashes(
            before, recorder->trace(),
            [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint&) -> std::string {
                const std::string opening = words_that_open(volume.context, image, {"zero"});
                return opening == " zero" ? "" : opening;
            },
            {.sampled_subsets = 16, .tears_per_write = 4});
        EXPECT_THAT(outcome.failures, ElementsAre()) << "copy at " << damaged;
    }
}

TEST(Luks2Backup, RepairKeepsTheDamagedStateFirst) {
    TestVolume volume("LUKS2", 1);
    const TempDir dir;
    zero(volume, 0, 4096);
    volume.context.policy.backup_directory = dir / "backups";
    const auto done = Volume::repair(volume.context, Device(volume.device));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_FALSE(done->empty());
    EXPECT_EQ(volume.opens("zero"), 0);
    EXPECT_TRUE(volume.peer_opens("zero"));
    EXPECT_EQ(names_in(dir / "backups").size(), 1U);
}

// A header's UUID may be any text.
TEST(Luks1Backup, OnlyAUuidBecomesPartOfAPath) {
    TestVolume volume("LUKS1", 2);
    const std::string_view evil = "..evil";
    zero(volume, 168, 40);
    std::ranges::copy(as_byte_view(evil), volume.device->bytes().subspan(168).begin());
    const TempDir dir;
    std::filesystem::create_directories(dir / "a/b");
    volume.context.policy.backup_directory = dir / "a/b";
    auto loaded = Volume::load(volume.context, Device(volume.device));
    ASSERT_TRUE(loaded) << loaded.error().message;
    ASSERT_TRUE(loaded->kill_keyslot(volume.context, 1));
    const auto names = names_in(dir / "a/b");
    ASSERT_EQ(names.size(), 1U);
    EXPECT_THAT(names[0], testing::StartsWith("no-uuid-"));
}

}  // namespace
}  // namespace latchkey::test
