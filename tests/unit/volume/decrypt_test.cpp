// SPDX-License-Identifier: GPL-2.0-or-later
// Decryption of data behind their header, with the header exported: at every instant of a power cut the exported header
// opens the data, and the same calls go on.
#include <gtest/gtest.h>

#include <algorithm>

#include "latchkey/crypt_device.h"
#include "slice.h"
#include "support/crash_explorer.h"
#include "volume_testing.h"

namespace latchkey {
namespace {

using test::CrashPoint;
using test::Slice;

constexpr std::uint64_t kHeader = 192U << 10;  // bytes, as are these; also the offset of the data
constexpr std::uint64_t kSize = 448U << 10;
constexpr std::uint64_t kWaiting = 64U << 10;

// The exported header comes first on the disk, then the device.
class Decryption : public ::testing::TestWithParam<std::string> {
  protected:
    Decryption() {
        context_.policy.metadata_locks = false;
        for (std::size_t i = 0; i < plain_.size(); ++i)
            plain_[i] = std::byte((i * 2654435761U) >> 13U ^ i / 512);
        FormatParams params{.type = "LUKS2", .cipher = "aes-cbc-plain64", .key_bytes = 16};
        params.hash = "sha256";
        params.sector_size = 512;
        params.kdf = test::cheap_kdf();
        params.data_offset_sectors = kHeader / 512;
        const auto device = test::memory(Bytes(kHeader + kSize));
        auto made = Volume::format(context_, Device(device), {}, params, {},
                                   test::passphrase("secret"), test::cheap_keyslot());
        if (!made) throw std::runtime_error(made.error().message);
        const UnlockedVolume opened{.key = std::move(made->key), .keyslot = made->keyslot};
        const auto plan = made->volume.plan(context_, opened);
        const auto plaintext =
            open_crypt_device(context_, *plan, opened.keys(), Device(device), {});
        if (!plaintext || !plaintext->io()->write(0, plain_))
            throw std::runtime_error("no plaintext");
        before_.assign(device->bytes().begin(), device->bytes().begin() + kHeader);
        before_.insert(before_.end(), device->bytes().begin(), device->bytes().end());
    }

    static Device header_of(const std::shared_ptr<io::BlockDevice>& disk) {
        return Device(std::make_shared<Slice>(disk, 0, kHeader));
    }
    static Device data_of(const std::shared_ptr<io::BlockDevice>& disk) {
        return Device(std::make_shared<Slice>(disk, kHeader, kHeader + kSize));
    }

    // Begins or goes on, as the command does.
    Result<void> decrypt(const std::shared_ptr<io::BlockDevice>& disk) {
        LK_ASSIGN(Volume volume, Volume::load(context_, header_of(disk), {.at_rest = true}));
        LK_ASSIGN(const UnlockedVolume opened, volume.unlock(context_, test::passphrase("secret")));
        LK_ASSIGN(const ReencryptionState state, volume.reencryption());
        if (state == ReencryptionState::None)
            LK_TRY(volume.begin_reencryption(context_, data_of(disk), opened, nullptr, std::nullopt,
                                             {.mode = ReencryptMode::Decrypt,
                                              .resilience = GetParam(),
                                              .least_digest_cost = true,
                                              .moved_bytes = kWaiting}));
        return volume.run_reencryption(context_, data_of(disk), opened);
    }

    // Returns "" if the header opens the data as they are, and the decryption then ends.
    std::string fault_after_crash(const std::shared_ptr<io::BlockDevice>& disk) {
        auto volume = Volume::load(context_, header_of(disk), {.at_rest = true});
        if (!volume) return volume.error().message;
        if (!volume->keyslots().empty()) {
            auto opened = volume->unlock(context_, test::passphrase("secret"));
            if (!opened) return opened.error().message;
            if (volume->reencryption().value_or(ReencryptionState::None) ==
                ReencryptionState::CutShort)
                if (auto done = volume->recover_reencryption(context_, data_of(disk), *opened);
                    !done)
                    return done.error().message;
        }
        if (!volume->keyslots().empty()) {
            auto opened = volume->unlock(context_, test::passphrase("secret"));
            if (!opened) return opened.error().message;
            const auto plan = volume->plan(context_, *opened);
            if (!plan) return plan.error().message;
            const auto plaintext = open_crypt_device(context_, *plan, opened->keys(), data_of(disk),
                                                     {.read_only = true});
            if (!plaintext) return plaintext.error().message;
            if (const std::string fault = other_than_plain(*plaintext); !fault.empty())
                return "on the way: " + fault;
            if (auto done = decrypt(disk); !done) return done.error().message;
        }
        return other_than_plain(data_of(disk));
    }
    std::string other_than_plain(const Device& device) const {
        Bytes found(kSize);
        if (auto read = read_device(device, 0, found); !read) return read.error().message;
        return found == plain_ ? "" : "other plaintext";
    }

    Context context_;
    Bytes plain_ = Bytes(kSize);
    Bytes before_;
};

TEST_P(Decryption, ThePowerFailsAtEveryInstant) {
    auto recorder = std::make_shared<test::RecordingDevice>(test::memory(before_));
    const auto done = decrypt(recorder);
    ASSERT_TRUE(done) << done.error().message;
    const auto outcome =
        test::explore_crashes(before_, recorder->trace(),
                              [&](const std::shared_ptr<io::BlockDevice>& image,
                                  const CrashPoint&) { return fault_after_crash(image); },
                              // Checksums need a disk that writes their blocks whole.
                              {.all_subsets_up_to = 2,
                               .sampled_subsets = 4,
                               .smallest_tear = GetParam() == "checksum" ? 4096U : 512U,
                               .tears_per_write = 2});
    for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    EXPECT_GT(outcome.images, 100U);
}
INSTANTIATE_TEST_SUITE_P(Resilience, Decryption, ::testing::Values("checksum", "journal"));

// Another header, or what was never a header: a backup of the header of this volume says where the data begin, not what
// is before them.
TEST_P(Decryption, WhatIsNotThePlaceOfThisHeaderIsNotOverwritten) {
    for (const bool other_header : {true, false}) {
        SCOPED_TRACE(other_header);
        Bytes bytes = before_;
        if (other_header) {
            const auto disk = test::memory(bytes);
            auto changed = Volume::load(context_, data_of(disk), {.at_rest = true});
            auto opened = changed->unlock(context_, test::passphrase("secret"));
            ASSERT_TRUE(changed->change_keyslot(context_, *opened, test::passphrase("other"),
                                                test::cheap_keyslot()));
            bytes.assign(disk->bytes().begin(), disk->bytes().end());
        } else {
            std::fill_n(bytes.begin() + kHeader, 64U << 10, std::byte{7});
        }
        const auto disk = test::memory(bytes);
        const auto refused = decrypt(disk);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, other_header ? Errc::InvalidArgument : Errc::NotSupported)
            << refused.error().message;
        EXPECT_TRUE(std::ranges::equal(bytes, disk->bytes()));
    }
}

// Zeros before the data are equal to zeros in them, and yet the rest is something else: a file system begins so.
TEST_P(Decryption, ZerosDoNotProveThePlaceOfTheHeader) {
    for (const std::uint64_t content : {std::uint64_t{1024}, kHeader - 4096}) {
        SCOPED_TRACE(content);
        Bytes bytes = before_;
        std::fill_n(bytes.begin() + kHeader, kHeader, std::byte{});
        std::fill_n(bytes.begin() + kHeader + static_cast<std::ptrdiff_t>(content), 512,
                    std::byte{7});
        std::fill(bytes.begin() + 2 * kHeader, bytes.end(), std::byte{});
        const auto disk = test::memory(bytes);
        const auto refused = decrypt(disk);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::NotSupported) << refused.error().message;
        EXPECT_TRUE(std::ranges::equal(bytes, disk->bytes()));
    }
}

TEST_P(Decryption, NeitherHeaderNorCiphertextIsLeftOnTheDevice) {
    const auto disk = test::memory(before_);
    ASSERT_TRUE(decrypt(disk));
    const auto data = ByteView(disk->bytes()).subspan(kHeader);
    EXPECT_TRUE(std::ranges::equal(data.first(kSize), plain_));
    const auto old_end = ByteView(before_).subspan(kHeader + kSize);
    EXPECT_FALSE(std::ranges::equal(data.subspan(kSize), old_end));
}

}  // namespace
}  // namespace latchkey
