// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes whose reencryption the peer began: they open, are recovered, and are continued to the end.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "io/mem_device.h"
#include "latchkey/crypt_device.h"
#include "latchkey/volume.h"
#include "slice.h"
#include "support/corpus.h"
#include "support/crash_explorer.h"
#include "volume_testing.h"

namespace latchkey {
namespace {

using test::CorpusEntry;
using test::CrashPoint;
using test::RecordingDevice;
using test::Slice;

// Header and data of an image; a detached header comes before the data.
struct Image {
    Bytes bytes = {};
    std::uint64_t header_bytes = 0;  // 0 = they are on one device

    [[nodiscard]] Device header(const std::shared_ptr<io::BlockDevice>& disk) const {
        if (header_bytes == 0) return Device(disk);
        return Device(std::make_shared<Slice>(disk, 0, header_bytes));
    }
    [[nodiscard]] Device data(const std::shared_ptr<io::BlockDevice>& disk) const {
        if (header_bytes == 0) return Device(disk);
        return Device(std::make_shared<Slice>(disk, header_bytes, bytes.size() - header_bytes));
    }
};

Image image_of(const test::Corpus& corpus, const CorpusEntry& entry) {
    if (entry.files.size() == 1) return {.bytes = corpus.load(entry)};
    Image image{.bytes = corpus.load(entry, "header")};
    image.header_bytes = image.bytes.size();
    const Bytes data = corpus.load(entry, "data");
    image.bytes.insert(image.bytes.end(), data.begin(), data.end());
    return image;
}

std::shared_ptr<io::BlockDevice> disk_of(const Bytes& bytes) {
    return std::make_shared<io::MemDevice>(bytes);
}

// Tests run in parallel on images of one volume; the machine-wide lock of a reencryption belongs to another test.
struct Alone : Context {
    Alone() { policy.metadata_locks = false; }
};

struct Payload {
    std::size_t length = 0;
    std::string sha256 = {};
};

Payload payload_of(const CorpusEntry& entry) {
    const auto& payload = entry.all.at("payload");
    return {payload.at("length").get<std::size_t>(), payload.at("sha256").get<std::string>()};
}

Result<std::string> sha256_of(const Device& plaintext, std::size_t length) {
    Bytes bytes(length);
    LK_TRY(read_device(plaintext, 0, bytes));
    LK_ASSIGN(const Bytes digest, crypto::digest("sha256", bytes));
    return to_hex(digest);
}

// Returns the present plaintext of the volume, after recovery if necessary.
Result<std::string> plaintext_of(Context& context, const Image& image,
                                 const std::shared_ptr<io::BlockDevice>& disk,
                                 const Passphrase& passphrase, std::size_t length) {
    LK_ASSIGN(Volume volume, Volume::load(context, image.header(disk), {.at_rest = true}));
    const Device data = image.data(disk);
    LK_ASSIGN(const ReencryptionState state, volume.reencryption());
    // Decrypted completely: there is no key any longer.
    if (volume.keyslots().empty()) return sha256_of(data, length);
    LK_ASSIGN(const UnlockedVolume unlocked, volume.unlock(context, passphrase));
    if (state == ReencryptionState::CutShort)
        LK_TRY(volume.recover_reencryption(context, data, unlocked));
    if (volume.keyslots().empty()) return sha256_of(data, length);
    LK_ASSIGN(const MappingPlan plan, volume.plan(context, unlocked));
    LK_ASSIGN(const Device plaintext,
              open_crypt_device(context, plan, unlocked.keys(), data, {.read_only = true}));
    return sha256_of(plaintext, length);
}

Result<void> run(Context& context, const Image& image, const std::shared_ptr<io::BlockDevice>& disk,
                 const Passphrase& passphrase) {
    LK_ASSIGN(Volume volume, Volume::load(context, image.header(disk)));
    LK_ASSIGN(const UnlockedVolume unlocked, volume.unlock(context, passphrase));
    return volume.run_reencryption(context, image.data(disk), unlocked);
}

std::string text_of(const Result<std::string>& result) {
    return result ? *result : result.error().message;
}

std::uint64_t block_of(const CorpusEntry& entry) {
    const auto& area = entry.all.at("reencrypt").at("area");
    return area.value("sector_size", 512U);
}

// An image of the corpus with its passphrase and content.
struct UnderWay {
    UnderWay(const test::Corpus& corpus, const CorpusEntry& its)
        : entry(its),
          image(image_of(corpus, its)),
          payload(payload_of(its)),
          secret(its.keyslots.at(0).secret()) {}

    Result<std::string> plaintext(const std::shared_ptr<io::BlockDevice>& disk) {
        return plaintext_of(context, image, disk, secret, payload.length);
    }

    const CorpusEntry& entry;
    Image image;
    Payload payload;
    Passphrase secret;
    Alone context = {};
};

template <typename Check>
void for_each_under_way(const test::Corpus& corpus, Check check) {
    int seen = 0;
    for (const CorpusEntry& entry : corpus.family("reencrypt")) {
        SCOPED_TRACE(entry.id);
        UnderWay volume(corpus, entry);
        check(volume);
        ++seen;
    }
    EXPECT_GE(seen, 13);
}

TEST(Reencryption, ThePeersVolumesUnderWayOpenAndAreRecovered) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    for_each_under_way(corpus, [](UnderWay& one) {
        EXPECT_EQ(text_of(one.plaintext(disk_of(one.image.bytes))), one.payload.sha256);
    });
}

TEST(Reencryption, ThePeersVolumesUnderWayAreFinished) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    for_each_under_way(corpus, [](UnderWay& one) {
        const auto disk = disk_of(one.image.bytes);
        const auto done = run(one.context, one.image, disk, one.secret);
        ASSERT_TRUE(done) << done.error().message;
        const auto volume = Volume::load(one.context, one.image.header(disk));
        ASSERT_TRUE(volume) << volume.error().message;
        EXPECT_EQ(*volume->reencryption(), ReencryptionState::None);
        EXPECT_EQ(text_of(one.plaintext(disk)), one.payload.sha256);
    });
}

TEST(Reencryption, ThePowerFailsAtEveryInstant) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    for_each_under_way(corpus, [](UnderWay& one) {
        auto recorder = std::make_shared<RecordingDevice>(disk_of(one.image.bytes));
        const auto done = run(one.context, one.image, recorder, one.secret);
        ASSERT_TRUE(done) << done.error().message;
        const auto outcome = test::explore_crashes(
            one.image.bytes, recorder->trace(),
            [&](const std::shared_ptr<io::BlockDevice>& disk, const CrashPoint&) -> std::string {
                const auto found = one.plaintext(disk);
                if (!found) return found.error().message;
                return *found == one.payload.sha256 ? "" : "the plaintext is another";
            },
            // Within a block with one checksum, old and new data cannot be distinguished.
            {.all_subsets_up_to = 2,
             .sampled_subsets = 4,
             .smallest_tear = block_of(one.entry),
             .tears_per_write = 3});
        EXPECT_TRUE(outcome.ends_flushed);
        EXPECT_GE(outcome.windows, 4U);
        for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
    });
}

}  // namespace
}  // namespace latchkey
