// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes whether a key is the volume key, and the requirements that a header has for programs.

#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "crypto/cipher.h"
#include "crypto/kdf.h"
#include "formats/keyslot_refusal.h"
#include "formats/outcome.h"
#include "luks2/area_layout.h"
#include "luks2/digest.h"
#include "luks2/json_edit.h"
#include "luks2/keyslot_token.h"
#include "luks2/loaded_header.h"
#include "luks2/names.h"
#include "luks2/segment.h"
#include "luks2/unlock.h"

namespace latchkey::luks2 {
namespace {

// The requirements that may be set already when requirements are set: the caller replaces the whole set, and may
// remove known ones.
constexpr Requirements kKnown = Requirement::OfflineReencrypt | Requirement::OnlineReencrypt |
                                Requirement::Opal | Requirement::InlineHwTags;

Result<const Digest*> digest_that_verifies(Context& context, const Metadata& metadata,
                                           ByteView key) {
    crypto::KdfTotal total;
    for (const Digest& digest : metadata.digests()) add_digest(total, digest, context.policy.kdf);
    LK_TRY(total.check(context.policy.kdf, metadata.keyslots().size()));
    for (const Digest& digest : metadata.digests()) {
        const auto verified = check_digest(context, digest, key);
        if (verified) return &digest;
        if (verified.error().code == Errc::Interrupted) return verified.error();
    }
    return nullptr;
}

// Checks that the data's cipher accepts the length of a new volume key.
Result<void> check_length(const Metadata& metadata, std::size_t key_bytes) {
    LK_ASSIGN(const auto spec, model::parse_cipher_spec(metadata.default_segment().encryption));
    const auto fits = crypto::check_cipher(spec, key_bytes);
    if (fits || fits.error().code == Errc::MissingCipher) return {};
    return fail(Errc::InvalidArgument, "key of %zu bytes does not fit %s", key_bytes,
                spec.text.c_str());
}

// Returns the segments of the current volume key, which a new one takes over.
std::vector<int> volume_segments(const Metadata& metadata) {
    const Digest* digest = metadata.digest_of_segment(metadata.default_segment().number);
    if (digest == nullptr) return {metadata.default_segment().number};
    return digest->segments;
}

}  // namespace

Result<int> Header::add_keyslot_as(Context& context, CandidateKey key, const Passphrase& passphrase,
                                   const formats::KeyslotSpec& spec, const KeyBinding& binding) {
    LK_TRY(check_requirements(metadata().config()));
    LK_TRY(check_name(spec.name));
    LK_TRY(check_keyslot_token(metadata(), spec.token));
    if (key.size() == 0) return fail(Errc::InvalidArgument, "a key of 0 bytes");
    if (binding.role == KeyRole::NewVolume) LK_TRY(check_length(metadata(), key.size()));

    const Digest* found = nullptr;
    if (binding.reuse_digest) {
        LK_ASSIGN(found, digest_that_verifies(context, metadata(), key.bytes()));
    } else if (binding.role == KeyRole::Volume) {
        LK_TRY(check_volume_key(context, metadata(), key.bytes()));
        found = metadata().digest_of_segment(metadata().default_segment().number);
    }
    if (found == nullptr && binding.role == KeyRole::Volume)
        return formats::as_key_mismatch(
            fail(Errc::WrongPassphrase, "no digest of the data agrees with this volume key"));
    Digest digest;
    const bool new_digest = found == nullptr;
    if (new_digest) {
        const std::string hash = spec.af_hash.empty() ? "sha256" : spec.af_hash;
        LK_ASSIGN(const std::uint64_t iterations,
                  digest_iterations(context, hash, key.size(), !spec.least_digest_cost));
        LK_ASSIGN(digest, make_digest(context, key.bytes(), hash, iterations));
    } else {
        digest = *found;
    }
    const std::size_t data_key_bytes = binding.role == KeyRole::Unbound
                                           ? volume_key_bytes(metadata()).value_or(kDefaultKeyBytes)
                                           : key.size();
    LK_ASSIGN(const AreaCipher cipher, choose_area_cipher(metadata(), data_key_bytes, spec));
    LK_ASSIGN(SealedKeyslot sealed, seal_key(context, key.bytes(), passphrase, spec, cipher));

    LK_ASSIGN(const auto change, begin(context));
    const Metadata& current = change->current();
    if (new_digest) {
        LK_ASSIGN(digest.number, free_digest_number(current));
    } else {
        const Digest* now = current.digest(digest.number);
        if (now == nullptr || now->salt != digest.salt || now->digest != digest.digest)
            return fail(Errc::ConcurrentChange, "digest %d was changed by another process",
                        digest.number);
    }
    std::vector<int> segments;
    if (binding.role == KeyRole::NewVolume) segments = volume_segments(current);
    return store_keyslot(*change, std::move(sealed), digest, spec, [&](Json& document) {
        for (const int segment : segments) link_segment(document, digest.number, segment);
    });
}

Result<void> Header::make_volume_key(Context& context, int keyslot, const VolumeKey& key,
                                     const std::optional<KeyslotToken>& token) {
    LK_TRY(check_keyslot_token(metadata(), token));
    LK_TRY(check_key_of_keyslot(context, metadata(), keyslot, key.bytes()));
    LK_TRY(check_length(metadata(), key.size()));
    LK_ASSIGN(const auto change, begin(context));
    LK_TRY(change->expect_unchanged(keyslot));
    const Digest* digest = change->current().digest_of_keyslot(keyslot);
    if (digest == nullptr)
        return fail(Errc::ConcurrentChange, "keyslot %d has no digest any more", keyslot);
    LK_ASSIGN(Metadata next, change->current().edited([&](Json& document) {
        for (const int segment : volume_segments(change->current()))
            link_segment(document, digest->number, segment);
    }));
    LK_ASSIGN(next, with_keyslot_token(next, token, keyslot));
    return change->commit(next);
}

Result<void> Header::set_requirements(Context& context, const std::vector<std::string>& mandatory) {
    LK_ASSIGN(const auto change, begin(context, kKnown));
    LK_ASSIGN(Metadata next, change->current().edited([&](Json& document) {
        luks2::set_requirements(document, mandatory);
    }));
    return change->commit(next);
}

}  // namespace latchkey::luks2
