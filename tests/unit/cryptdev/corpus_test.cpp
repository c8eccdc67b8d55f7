// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes that other programs wrote: they have the content in their manifest.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "io/mem_device.h"
#include "latchkey/crypt_device.h"
#include "latchkey/volume.h"
#include "support/headerless.h"
#include "support/temp_dir.h"

namespace latchkey {
namespace {

Device device_of(Bytes bytes) {
    return Device(std::make_shared<io::MemDevice>(std::move(bytes)));
}

void expect_payload(const test::CorpusEntry& entry, const MappingPlan& plan, const VolumeKey& key,
                    const Device& data) {
    Context context;
    const auto device = open_crypt_device(context, plan, key, data);
    ASSERT_TRUE(device) << entry.id << ": " << device.error().message;
    Bytes content(entry.all.at("payload").at("length").get<std::size_t>());
    const auto read = read_device(*device, 0, content);
    ASSERT_TRUE(read) << entry.id << ": " << read.error().message;
    EXPECT_EQ(to_hex(*crypto::digest("sha256", content)),
              entry.all.at("payload").at("sha256").get<std::string>())
        << entry.id;
}

void expect_headerless(const char* family, std::size_t at_least) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    std::size_t checked = 0;
    for (const test::CorpusEntry& entry : corpus.family(family)) {
        const auto volume = test::headerless_volume(corpus, entry);
        ASSERT_TRUE(volume) << entry.id << ": " << volume.error().message;
        // The few ciphers that only the kernel has are tested with the kernel.
        const std::string& cipher = volume->plan.segments[0].cipher;
        if (cipher.starts_with("cast6-") || cipher.starts_with("xchacha")) continue;
        expect_payload(entry, volume->plan, volume->key, device_of(corpus.load(entry)));
        ++checked;
    }
    EXPECT_GE(checked, at_least);
}

TEST(CryptDeviceCorpus, Plain) {
    expect_headerless("plain", 32);
}
TEST(CryptDeviceCorpus, LoopAes) {
    expect_headerless("loopaes", 9);
}

void expect_luks(const char* family, std::size_t at_least) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    std::size_t checked = 0;
    for (const test::CorpusEntry& entry : corpus.family(family)) {
        if (entry.opens != true || !entry.all.contains("payload") || entry.volume_key.empty())
            continue;
        // Authenticated data have dm-integrity's format.
        if (!entry.all.value("integrity", nlohmann::json()).is_null()) continue;
        Context context;
        context.policy.allow_null_data = true;
        bool detached = false;
        for (const test::CorpusFile& file : entry.files) detached |= file.role == "header";
        const Device header = device_of(corpus.load(entry, detached ? "header" : "image"));
        const Device data = detached ? device_of(corpus.load(entry, "data")) : header;
        const test::TempDir directory;
        LoadOptions options;
        if (detached) options.data_device = directory.file("data", corpus.load(entry, "data"));
        auto volume = Volume::load(context, header, options);
        ASSERT_TRUE(volume) << entry.id << ": " << volume.error().message;
        auto key = volume->verify(context, CandidateKey(SecretBuffer::copy_of(entry.volume_key)));
        ASSERT_TRUE(key) << entry.id << ": " << key.error().message;
        const UnlockedVolume opened{.key = std::move(key).value()};
        const auto plan = volume->plan(context, opened);
        ASSERT_TRUE(plan) << entry.id << ": " << plan.error().message;
        expect_payload(entry, *plan, opened.key, data);
        ++checked;
    }
    EXPECT_GE(checked, at_least);
}

TEST(CryptDeviceCorpus, Luks1) {
    expect_luks("luks1", 30);
}
TEST(CryptDeviceCorpus, Luks2) {
    expect_luks("luks2", 25);
}

}  // namespace
}  // namespace latchkey
