// SPDX-License-Identifier: GPL-2.0-or-later
// Encryption in place: at every instant of a power cut the data can be had, in clear or through the passphrase, and the
// same call goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "io/mem_device.h"
#include "latchkey/crypt_device.h"
#include "latchkey/volume.h"
#include "support/crash_explorer.h"
#include "volume/cut_start.h"
#include "volume_testing.h"

namespace latchkey {
namespace {

using test::CrashPoint;

constexpr std::uint64_t kShift = 128U << 10;  // bytes, as are these
constexpr std::uint64_t kData = 3 * kShift + 64U * 1024;
constexpr std::uint64_t kDevice = kData + 2 * kShift;

class Encryption : public ::testing::Test {
  protected:
    Encryption() {
        context_.policy.metadata_locks = false;
        for (std::size_t i = 0; i < plain_.size(); ++i)
            plain_[i] = std::byte((i * 2654435761U) >> 13U ^ i / 512);
    }

    [[nodiscard]] static ReencryptParams how() {
        return {.mode = ReencryptMode::Encrypt, .least_digest_cost = true, .shift_bytes = kShift};
    }
    [[nodiscard]] static FormatParams params(std::uint64_t shift = kShift) {
        FormatParams params{.type = "LUKS2", .cipher = "aes-cbc-plain64", .key_bytes = 16};
        params.hash = "sha256";
        params.kdf = {.type = "pbkdf2", .hash = "sha256", .forced_iterations = 1000};
        params.data_offset_sectors = shift / 512;
        params.uuid = "12345678-1234-1234-1234-123456789abc";
        return params;
    }
    Result<Volume::Formatted> begin(const Device& device, const ReencryptParams& how) {
        NewKeyslot keyslot;
        keyslot.kdf = params().kdf;
        return Volume::begin_encryption(context_, device, std::nullopt, params(how.shift_bytes), {},
                                        test::passphrase("secret"), keyslot, how);
    }
    Result<void> run(const Device& device, Volume::Formatted begun) {
        const UnlockedVolume opened{.key = std::move(begun.key), .keyslot = begun.keyslot};
        return begun.volume.run_reencryption(context_, device, opened);
    }
    [[nodiscard]] std::shared_ptr<io::MemDevice> device_in_clear(
        std::uint64_t size = kDevice) const {
        Bytes bytes = plain_;
        bytes.resize(size);
        return std::make_shared<io::MemDevice>(
            std::move(bytes), "<file>", io::Topology{.regular_file = true, .physical_block = 512});
    }

    // Returns "" if all of the data can be read through the passphrase, after the recovery and to the end.
    std::string fault_of_volume(const Device& device, bool to_the_end) {
        auto volume = Volume::load(context_, device, {.at_rest = true});
        if (!volume) return volume.error().message;
        auto opened = volume->unlock(context_, test::passphrase("secret"));
        if (!opened) return opened.error().message;
        if (volume->reencryption().value_or(ReencryptionState::None) != ReencryptionState::None) {
            const auto done = to_the_end ? volume->run_reencryption(context_, device, *opened)
                                         : volume->recover_reencryption(context_, device, *opened);
            if (!done) return done.error().message;
        }
        const auto plan = volume->plan(context_, *opened);
        if (!plan) return plan.error().message;
        const auto plaintext =
            open_crypt_device(context_, *plan, opened->keys(), device, {.read_only = true});
        if (!plaintext) return plaintext.error().message;
        Bytes found(kData);
        if (auto read = read_device(*plaintext, 0, found); !read) return read.error().message;
        return std::ranges::equal(found, ByteView(plain_).first(kData)) ? "" : "other plaintext";
    }

    // Nothing takes the device for data in clear, whatever is asked for.
    std::string fault_of_refusals(const std::shared_ptr<io::BlockDevice>& disk) {
        Bytes before(disk->size());
        if (!disk->read(0, before)) return "cannot be read";
        ReencryptParams other = how();
        other.shift_bytes -= 4096;
        if (begin(Device(disk), other)) return "begun again with another shift";
        NewKeyslot keyslot;
        keyslot.kdf = params().kdf;
        if (Volume::begin_encryption(context_, Device(test::memory(Bytes(kDevice))), Device(disk),
                                     params(0), {}, test::passphrase("secret"), keyslot, how()))
            return "begun again with a header elsewhere";
        const auto loaded = Volume::load(context_, Device(disk), {});
        if (loaded.error().code != Errc::CorruptHeader) return loaded.error().message;
        Bytes after(disk->size());
        if (!disk->read(0, after)) return "cannot be read";
        return before == after ? "" : "a refusal writes";
    }

    std::string fault_after_crash(const std::shared_ptr<io::BlockDevice>& disk,
                                  const CrashPoint& point) {
        const Device device(disk);
        if (Volume::load(context_, device, {.at_rest = true})) {
            if (Volume::encryption_start_was_cut_short(context_, device)->has_value())
                return "a volume, and cut short";
            if (point.nothing_done) return "a header from nothing";
            ++volumes_;
            return fault_of_volume(device, volumes_ % 2 == 0);
        }
        const auto cut = Volume::encryption_start_was_cut_short(context_, device);
        if (!cut) return cut.error().message;
        if (point.all_done) return "no header in the end";
        if (!*cut) {
            ++in_clear_;
            Bytes found(kData);
            if (auto read = disk->read(0, found); !read) return read.error().message;
            return std::ranges::equal(found, ByteView(plain_).first(kData))
                       ? ""
                       : "the data in clear are not whole";
        }
        ++cut_;
        if (auto refused = fault_of_refusals(disk); !refused.empty()) return refused;
        if (auto again = begin(device, how()); !again) return again.error().message;
        return fault_of_volume(device, true);
    }

    static void mark(io::BlockDevice& device) {
        const auto sector = volume::start_mark({.shift = kShift, .device_bytes = kDevice});
        ASSERT_TRUE(sector);
        ASSERT_TRUE(device.write(0, *sector));
    }

    Context context_;
    Bytes plain_ = Bytes(kDevice);
    int volumes_ = 0;
    int in_clear_ = 0;
    int cut_ = 0;
};

TEST_F(Encryption, ThePowerFailsAtEveryInstant) {
    const auto disk = device_in_clear();
    const Bytes before(disk->bytes().begin(), disk->bytes().end());
    auto recorder = std::make_shared<test::RecordingDevice>(disk);
    auto begun = begin(Device(recorder), how());
    ASSERT_TRUE(begun) << begun.error().message;
    const auto done = run(Device(recorder), std::move(begun).value());
    ASSERT_TRUE(done) << done.error().message;
    const auto outcome = test::explore_crashes(
        before, recorder->trace(),
        [&](const std::shared_ptr<io::BlockDevice>& image, const CrashPoint& point) {
            return fault_after_crash(image, point);
        },
        {.all_subsets_up_to = 3, .sampled_subsets = 6, .tears_per_write = 3});
    for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    EXPECT_TRUE(outcome.ends_flushed);
    EXPECT_GT(volumes_, 50);
    EXPECT_GT(in_clear_, 10);
    EXPECT_GT(cut_, 3);
}

// Whatever is left of a sector of the data would be readable without the passphrase.
TEST_F(Encryption, NothingInClearIsLeft) {
    // Behind the largest header some of the room is not the header's.
    for (const std::uint64_t shift : {kShift, kShift + 4096}) {
        const auto disk = device_in_clear();
        std::set<Bytes> sectors;
        for (std::uint64_t at = 0; at < kDevice - 2 * shift; at += 512)
            sectors.insert(Bytes(disk->bytes().begin() + static_cast<std::ptrdiff_t>(at),
                                 disk->bytes().begin() + static_cast<std::ptrdiff_t>(at + 512)));
        ReencryptParams larger = how();
        larger.shift_bytes = shift;
        auto begun = begin(Device(disk), larger);
        ASSERT_TRUE(begun) << begun.error().message;
        const auto done = run(Device(disk), std::move(begun).value());
        ASSERT_TRUE(done) << done.error().message;
        for (std::uint64_t at = 0; at < disk->size(); at += 512)
            EXPECT_FALSE(sectors.contains(
                Bytes(disk->bytes().begin() + static_cast<std::ptrdiff_t>(at),
                      disk->bytes().begin() + static_cast<std::ptrdiff_t>(at + 512))))
                << "sector at " << at;
    }
}

// Data that were changed after the interruption are not overwritten with what they were before.
TEST_F(Encryption, AStartThatWasCutShortIsNotCompletedOverChangedData) {
    const auto disk = device_in_clear();
    auto recorder = std::make_shared<test::RecordingDevice>(disk);
    ASSERT_TRUE(begin(Device(recorder), how()));
    const Bytes whole(disk->bytes().begin(), disk->bytes().end());
    const auto image = device_in_clear();
    // Both copies are there, and some of the header is written over the data.
    ASSERT_TRUE(image->write(kData, ByteView(whole).subspan(kData)));
    EXPECT_FALSE(*Volume::encryption_start_was_cut_short(context_, Device(image)));
    mark(*image);
    ASSERT_TRUE(image->write(32768, ByteView(whole).subspan(32768, 4096)));
    EXPECT_EQ(*Volume::encryption_start_was_cut_short(context_, Device(image)), kShift);
    ASSERT_TRUE(image->write(1024, Bytes(512, std::byte{0xee})));
    const Bytes before(image->bytes().begin(), image->bytes().end());
    const auto refused = begin(Device(image), how());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::CorruptHeader);
    EXPECT_TRUE(std::ranges::equal(before, image->bytes()));
}

TEST_F(Encryption, WhatIsEncryptedAlreadyIsNotDataInClear) {
    const auto disk = device_in_clear();
    ASSERT_TRUE(begin(Device(disk), how()));
    const Bytes before(disk->bytes().begin(), disk->bytes().end());
    NewKeyslot keyslot;
    keyslot.kdf = params().kdf;
    for (const bool detached : {false, true}) {
        const Device header(detached ? test::memory(Bytes(kDevice)) : disk);
        const std::optional<Device> data = detached ? std::optional(Device(disk)) : std::nullopt;
        const auto refused =
            Volume::begin_encryption(context_, header, data, params(detached ? 0 : kShift), {},
                                     test::passphrase("secret"), keyslot, how());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::Exists) << refused.error().message;
    }
    EXPECT_TRUE(std::ranges::equal(before, disk->bytes()));
}

TEST_F(Encryption, AnotherPassphraseDoesNotCompleteAStart) {
    const auto disk = device_in_clear();
    ASSERT_TRUE(begin(Device(disk), how()));
    const auto image = device_in_clear();
    ASSERT_TRUE(image->write(kData, disk->bytes().subspan(kData)));
    ASSERT_TRUE(image->write(32768, disk->bytes().subspan(32768, 4096)));
    mark(*image);
    const Bytes before(image->bytes().begin(), image->bytes().end());
    NewKeyslot keyslot;
    keyslot.kdf = params().kdf;
    const auto refused = Volume::begin_encryption(context_, Device(image), std::nullopt, params(),
                                                  {}, test::passphrase("another"), keyslot, how());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::WrongPassphrase);
    EXPECT_TRUE(std::ranges::equal(before, image->bytes()));
}

TEST_F(Encryption, ADeviceThatIsTooSmallIsRefusedAndTheValueOfTheMessageWorks) {
    const auto disk = device_in_clear(3 * kShift - 512);
    const Bytes before(disk->bytes().begin(), disk->bytes().end());
    const auto refused = begin(Device(disk), how());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::DeviceTooSmall);
    EXPECT_EQ(refused.error().message,
              "a device of 392704 bytes cannot be reduced by 262144, by 253952 at most");
    EXPECT_TRUE(std::ranges::equal(before, disk->bytes()));
    ReencryptParams smaller = how();
    smaller.shift_bytes = 253952 / 2;
    auto begun = begin(Device(disk), smaller);
    ASSERT_TRUE(begun) << begun.error().message;
    EXPECT_TRUE(run(Device(disk), std::move(begun).value()));
}

TEST_F(Encryption, RoomForAHeaderThatIsLargerThanTheShiftIsRefusedBeforeTheFirstWrite) {
    const auto disk = device_in_clear();
    const Bytes before(disk->bytes().begin(), disk->bytes().end());
    ReencryptParams small = how();
    small.shift_bytes = 64U << 10;  // two copies of the header, and no keyslot
    EXPECT_FALSE(begin(Device(disk), small));
    EXPECT_TRUE(std::ranges::equal(before, disk->bytes()));
}

}  // namespace
}  // namespace latchkey
