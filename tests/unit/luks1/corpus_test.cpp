// SPDX-License-Identifier: GPL-2.0-or-later
// Headers that other programs wrote, and the effects of damage.
#include "support/corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/hex.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "latchkey/volume.h"
#include "luks1_testing.h"
#include "model/cipher_spec.h"

namespace latchkey::luks1 {
namespace {

using latchkey::test::Corpus;
using latchkey::test::CorpusEntry;

bool has_file(const CorpusEntry& entry, std::string_view role) {
    return std::ranges::any_of(entry.files, [&](const auto& file) { return file.role == role; });
}

// Returns the hash of the payload's beginning, decrypted according to the plan.
std::string payload_sha256(const formats::LoadedHeader& header, const VolumeKey& key,
                           const io::BlockDevice& data, std::size_t length) {
    Context context;
    const auto plan = header.plan(context, key);
    if (!plan) return plan.error().message;
    return latchkey::test::payload_sha256(*plan, key, data, length);
}

void expect_opens(const Corpus& corpus, const CorpusEntry& entry) {
    SCOPED_TRACE(entry.id);
    Context context;
    const bool detached = has_file(entry, "header");
    const Bytes bytes = corpus.load(entry, detached ? "header" : "image");
    const auto device = test::file_with(bytes);
    const auto data = detached ? test::file_with(corpus.load(entry, "data")) : device;
    const auto header = test::load(device, {.data_device = detached ? "data" : ""});
    ASSERT_TRUE(header) << header.error().message;
    for (const auto& keyslot : entry.keyslots) {
        const auto unlocked =
            (*header)->unlock(context, keyslot.secret(), UnlockOptions{.keyslot = keyslot.slot});
        ASSERT_TRUE(unlocked) << unlocked.error().message;
        // For a few images of others only the payload is recorded, not the key.
        if (!entry.volume_key.empty()) {
            EXPECT_EQ(to_hex(unlocked->key.bytes()), to_hex(entry.volume_key));
        }
        if (!entry.all.contains("payload")) continue;
        EXPECT_EQ(payload_sha256(**header, unlocked->key, *data,
                                 entry.all["payload"]["length"].get<std::size_t>()),
                  entry.all["payload"]["sha256"].get<std::string>());
    }
    ASSERT_FALSE(entry.keyslots.empty());
    const auto any = (*header)->unlock(context, entry.keyslots.back().secret(), {});
    ASSERT_TRUE(any) << any.error().message;
    EXPECT_EQ(any->keyslot, entry.keyslots.back().slot);
    for (const auto& dead : entry.all.value("dead_passphrases", nlohmann::json::array())) {
        const Bytes secret = *from_hex(dead["passphrase_hex"].get<std::string>());
        const auto opened =
            (*header)->unlock(context, Passphrase(SecretBuffer::copy_of(secret)), {});
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, Errc::WrongPassphrase);
    }
    EXPECT_TRUE(std::ranges::equal(bytes, device->bytes()));  // reading never writes
}

TEST(Luks1Corpus, OpensEveryImageWithEveryPassphrase) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int images = 0;
    for (const CorpusEntry& entry : corpus.entries()) {
        if (entry.format != "luks1" || entry.opens != true) continue;
        expect_opens(corpus, entry);
        ++images;
    }
    EXPECT_GE(images, 44);
}

struct RefusedSample {
    Errc code;
    const char* message;
};
const std::map<std::string, RefusedSample> kRefusals = {
    {"damaged1-cipher-unknown",
     {Errc::MissingCipher, "cipher 'nocipher-cbc-plain': unknown cipher 'nocipher'"}},
    {"damaged1-digest", {Errc::WrongPassphrase, "no keyslot opens with this passphrase"}},
    {"damaged1-hash-unknown", {Errc::MissingCipher, "LUKS hash \"sha1337\" is not supported"}},
    {"damaged1-key-bytes-0", {Errc::CorruptHeader, "key bytes 0 is not between 1 and 512"}},
    {"damaged1-key-bytes-huge",
     {Errc::CorruptHeader, "key bytes 2147483647 is not between 1 and 512"}},
    {"damaged1-keyslot-area", {Errc::WrongPassphrase, "no keyslot opens with this passphrase"}},
    {"damaged1-magic", {Errc::NotThisFormat, "no LUKS1 header on <file>"}},
    {"damaged1-mk-iterations-0", {Errc::CorruptHeader, "volume key digest: iterations 0 < 1"}},
    {"damaged1-payload-inside-keyslots",
     {Errc::CorruptHeader, "keyslot 0: area ends at sector 133 > payload offset 16"}},
    {"damaged1-payload-offset-0",
     {Errc::InvalidArgument,
      "data offset 0: <file> is a detached header, not the device with the data"}},
    {"damaged1-slot-iterations-0", {Errc::CorruptHeader, "keyslot 0: iterations 0 < 1"}},
    {"damaged1-slot-offset-overlap",
     {Errc::CorruptHeader, "keyslot 0: area offset 1 < 2 sectors, inside the header"}},
    {"damaged1-slot-state-garbage",
     {Errc::CorruptHeader,
      "keyslot 0: state 0x12345678 is neither enabled 0x00ac71f3 nor disabled 0x0000dead"}},
    {"damaged1-stripes-1", {Errc::CorruptHeader, "keyslot 0: AF stripes 1 != 4000"}},
    {"damaged1-truncated-header",
     {Errc::DeviceTooSmall, "LUKS1 header needs at least 1024 bytes, not 592"}},
    {"damaged1-truncated-keyslot",
     {Errc::DeviceTooSmall, "LUKS1 header needs at least 526848 bytes, not 24576"}},
    {"damaged1-uuid-no-nul", {Errc::CorruptHeader, "UUID: 40 bytes without a NUL"}},
    {"damaged1-version-9", {Errc::CorruptHeader, "unsupported LUKS version 9"}},
};

// Loads, unlocks and plans, as activation does.
Result<void> open(Context& context, const std::shared_ptr<io::BlockDevice>& device,
                  const Passphrase& passphrase) {
    const Device data(device);
    LK_ASSIGN(const Volume volume, Volume::load(context, data, {.type = "LUKS1"}));
    LK_ASSIGN(const UnlockedVolume unlocked, volume.unlock(context, passphrase));
    LK_ASSIGN(const MappingPlan plan, volume.plan(context, unlocked));
    return plan.check_apart(data.storage(), data.name());
}

TEST(Luks1Corpus, RefusesEveryDamagedImageByName) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    std::size_t images = 0;
    for (const CorpusEntry& entry : corpus.entries()) {
        if (entry.format != "luks1" || entry.opens != false) continue;
        SCOPED_TRACE(entry.id);
        ++images;
        Context context;
        const auto opened =
            open(context, test::file_with(corpus.load(entry)), entry.keyslots.at(0).secret());
        ASSERT_FALSE(opened);
        const auto expected = kRefusals.find(entry.id);
        ASSERT_NE(expected, kRefusals.end()) << opened.error().message;
        EXPECT_EQ(opened.error().code, expected->second.code);
        EXPECT_EQ(opened.error().message, expected->second.message);
    }
    EXPECT_EQ(images, kRefusals.size());
}

TEST(Luks1Corpus, RefusesHeadersThatMustNotBeAccepted) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int images = 0;
    for (const CorpusEntry& entry : corpus.entries()) {
        if (entry.format != "luks1" || entry.header_valid != false) continue;
        SCOPED_TRACE(entry.id);
        ++images;
        const auto header = test::load(test::file_with(corpus.load(entry)));
        ASSERT_FALSE(header);
        EXPECT_NE(header.error().code, Errc::NotThisFormat) << header.error().message;
    }
    EXPECT_GE(images, 3);
}

}  // namespace
}  // namespace latchkey::luks1
