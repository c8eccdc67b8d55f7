// SPDX-License-Identifier: GPL-2.0-or-later
// Volumes that other programs wrote: every keyslot opens, the data decrypt as planned, nothing is written.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hex.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "model/cipher_spec.h"
#include "support/corpus.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

using latchkey::test::Corpus;
using latchkey::test::CorpusEntry;
using latchkey::test::payload_sha256;

bool has_file(const CorpusEntry& entry, std::string_view role) {
    return std::ranges::any_of(entry.files, [&](const auto& file) { return file.role == role; });
}

// Only the kernel knows these ciphers: the volumes do not open here, and the error must give the reason.
bool kernel_only(const CorpusEntry& entry) {
    return entry.id == "luks2-cipher-xchacha12_aes-adiantum-plain64-256";
}

void expect_opens(const Corpus& corpus, const CorpusEntry& entry) {
    SCOPED_TRACE(entry.id);
    Context context;
    const bool detached = has_file(entry, "header");
    const Bytes bytes = corpus.load(entry, detached ? "header" : "image");
    const auto device = test::file_with(bytes);
    const auto header = test::load(device);
    ASSERT_TRUE(header) << header.error().message;
    for (const auto& keyslot : entry.keyslots) {
        const auto unlocked =
            (*header)->unlock(context, keyslot.secret(), UnlockOptions{.keyslot = keyslot.slot});
        if (kernel_only(entry)) {
            EXPECT_EQ(unlocked.error().code, Errc::MissingCipher);
            continue;
        }
        ASSERT_TRUE(unlocked) << unlocked.error().message;
        EXPECT_EQ(unlocked->keyslot, keyslot.slot);
        EXPECT_EQ(unlocked->unbound, keyslot.unbound);
        if (keyslot.unbound) continue;
        EXPECT_EQ(to_hex(unlocked->key.bytes()), to_hex(entry.volume_key));
        // Any passphrase also opens without a number, unless its priority is ignore.
        const auto anywhere = (*header)->unlock(context, keyslot.secret(), {});
        const auto infos = (*header)->keyslots();
        const auto info = std::ranges::find(infos, *keyslot.slot, &KeyslotInfo::number);
        ASSERT_NE(info, infos.end());
        EXPECT_EQ(anywhere.has_value(), info->priority != Priority::Ignore);
    }
    EXPECT_FALSE((*header)->unlock(context, test::passphrase("no such passphrase"), {}));
    if (!entry.volume_key.empty() && !kernel_only(entry)) {
        const auto key =
            (*header)->verify(context, CandidateKey(SecretBuffer::copy_of(entry.volume_key)));
        ASSERT_TRUE(key) << key.error().message;
        const auto plan = (*header)->plan(context, *key);
        if (entry.all.contains("integrity") && !entry.all["integrity"].is_null()) {
            EXPECT_EQ(plan.error().code, Errc::NotSupported);
        } else if (entry.all.contains("payload")) {
            ASSERT_TRUE(plan) << plan.error().message;
            const auto data = detached ? test::file_with(corpus.load(entry, "data")) : device;
            const auto cipher = model::parse_cipher_spec(plan->segments.at(0).cipher);
            ASSERT_TRUE(cipher);
            if (crypto::check_cipher(*cipher, key->size())) {
                EXPECT_EQ(payload_sha256(*plan, *key, *data,
                                         entry.all["payload"]["length"].get<std::size_t>()),
                          entry.all["payload"]["sha256"].get<std::string>());
            }
        }
    }
    EXPECT_EQ(bytes, test::bytes_of(*device));
}

TEST(Luks2Corpus, EveryKeyslotOpens) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int seen = 0;
    for (const char* family : {"luks2", "tokens"})
        for (const CorpusEntry& entry : corpus.family(family)) {
            expect_opens(corpus, entry);
            ++seen;
        }
    EXPECT_GE(seen, 42);
}

TEST(Luks2Corpus, DamagedOnesBehaveAsTheManifestSays) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int seen = 0;
    for (const CorpusEntry& entry : corpus.family("damaged")) {
        if (entry.format != "luks2" || !entry.opens || entry.keyslots.empty()) continue;
        // For these the passphrase test succeeds in the peer as well; only activation must fail.
        if (entry.id == "damaged2-no-data-area") continue;
        SCOPED_TRACE(entry.id);
        ++seen;
        Context context;
        const Bytes bytes = corpus.load(entry);
        const auto device = test::file_with(bytes);
        const auto header = test::load(device);
        bool opens = header.has_value();
        std::string why = header ? "" : header.error().message;
        if (header) {
            const auto unlocked = (*header)->unlock(context, entry.keyslots.front().secret(), {});
            opens = unlocked.has_value();
            why = unlocked ? "" : unlocked.error().message;
            // A segment that cannot be mapped is refused when it is mapped.
            if (unlocked && !*entry.opens)
                opens = (*header)->plan(context, unlocked->key).has_value();
        }
        EXPECT_EQ(opens, *entry.opens) << why << " (" << entry.reason << ")";
        EXPECT_EQ(bytes, test::bytes_of(*device));
    }
    EXPECT_GE(seen, 40);
}

TEST(Luks2Corpus, KeyslotVerbsLeaveAVolumeUnderReencryptionAlone) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int seen = 0;
    for (const CorpusEntry& entry : corpus.family("reencrypt")) {
        if (has_file(entry, "header")) continue;
        SCOPED_TRACE(entry.id);
        Context context;
        const Bytes bytes = corpus.load(entry);
        const auto device = test::file_with(bytes);
        const auto header = test::load(device);
        ASSERT_TRUE(header) << header.error().message;
        if ((*header)->info().requirements.empty()) continue;
        ++seen;
        EXPECT_EQ((*header)->set_label(context, "x", {}).error().code, Errc::NotSupported);
        EXPECT_EQ((*header)->kill_keyslot(context, 0).error().code, Errc::NotSupported);
        for (const auto& keyslot : entry.keyslots) {
            const auto unlocked = (*header)->unlock(context, keyslot.secret(),
                                                    UnlockOptions{.keyslot = keyslot.slot});
            EXPECT_TRUE(unlocked) << unlocked.error().message;
        }
        EXPECT_EQ(bytes, test::bytes_of(*device));
    }
    EXPECT_GE(seen, 5);
}

}  // namespace
}  // namespace latchkey::luks2
