// SPDX-License-Identifier: GPL-2.0-or-later
// Keys and ciphers of the plain and loop-AES volumes in the corpus, from their owners' input.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "support/headerless.h"

namespace latchkey {
namespace {

void expect_manifest(const test::Corpus& corpus, const char* family, std::size_t at_least) {
    std::size_t checked = 0;
    for (const test::CorpusEntry& entry : corpus.family(family)) {
        const auto volume = test::headerless_volume(corpus, entry);
        ASSERT_TRUE(volume) << entry.id << ": " << volume.error().message;
        EXPECT_EQ(to_hex(volume->key.bytes()), to_hex(entry.volume_key)) << entry.id;
        EXPECT_EQ(volume->plan.segments.at(0).cipher, entry.all.at("dm_cipher").get<std::string>())
            << entry.id;
        EXPECT_EQ(volume->loopaes_version, entry.all.value("loopaes_version", 0)) << entry.id;
        ++checked;
    }
    EXPECT_GE(checked, at_least);
}

TEST(PlainCorpus, KeysAreTheManifests) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    expect_manifest(corpus, "plain", 34);
}

TEST(LoopAesCorpus, KeysAreTheManifests) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    expect_manifest(corpus, "loopaes", 9);
}

}  // namespace
}  // namespace latchkey
