// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/unlock.h"

#include <algorithm>

#include "base/strprintf.h"
#include "crypto/af_splitter.h"
#include "crypto/cipher.h"
#include "crypto/kdf.h"
#include "formats/keyslot_refusal.h"
#include "formats/unlock_walk.h"
#include "luks2/digest.h"
#include "luks2/keyslot.h"
#include "luks2/reencryption.h"
#include "luks2/segment.h"

namespace latchkey::luks2 {
namespace {

// Returns whether the digest's key encrypts data, including data that a reencryption replaces.
bool bound_to_data(const Digest& digest) {
    return !digest.segments.empty();
}

// Checks that the data's cipher accepts the length.  The lengths of a cipher known only to the kernel are unknown
// here.
Result<void> check_length(const Segment& segment, std::size_t key_bytes) {
    if (segment.type != "crypt" || segment.has_integrity) return {};
    const auto spec = model::parse_cipher_spec(segment.encryption);
    if (!spec) return {};
    const auto fits = crypto::check_cipher(*spec, key_bytes);
    if (fits || fits.error().code == Errc::MissingCipher) return {};
    return fail(Errc::WrongPassphrase, "key of %zu bytes does not fit %s", key_bytes,
                segment.encryption.c_str());
}

// Checks that a segment of the digest accepts the length.  One is enough: a segment in reencryption is listed under
// the old and the new key.
Result<void> check_length_for(const Metadata& metadata, const Digest& digest,
                              std::size_t key_bytes) {
    Result<void> refused;
    for (const int number : digest.segments) {
        const Segment* segment = metadata.segment(number);
        if (segment == nullptr) continue;
        refused = check_length(*segment, key_bytes);
        if (refused) break;
    }
    return refused;
}

Result<formats::Unlocked> try_keyslot(Context& context, const io::BlockDevice& device,
                                      const Metadata& metadata, const Keyslot& keyslot,
                                      const Passphrase& passphrase, const UnlockOptions& options,
                                      crypto::DeriveAhead& keys) {
    const Digest* digest = metadata.digest_of_keyslot(keyslot.number);
    if (!keyslot.is_luks2() || digest == nullptr)
        return fail(Errc::NoUsableKeyslot, "type %s cannot be opened", keyslot.type.c_str());
    const bool bound = bound_to_data(*digest);
    if (!bound && !options.any_segment)
        return fail(Errc::NoUsableKeyslot, "its key belongs to no segment of the data");
    LK_TRY(check_length_for(metadata, *digest, keyslot.key_bytes));
    LK_ASSIGN(CandidateKey candidate, open_area(context, device, keyslot, passphrase, keys));
    if (auto agrees = check_digest(context, *digest, candidate.bytes()); !agrees) {
        if (agrees.error().code != Errc::WrongPassphrase) return std::move(agrees).error();
        return fail(Errc::WrongPassphrase, "the passphrase does not open it");
    }
    return formats::Unlocked{
        VolumeKey(Vouched::ByDigest, std::move(candidate).release(), digest->number),
        keyslot.number, !bound};
}

// Without keyslots, nothing in the header gives the length of the key, and PBKDF2 gives the same result for a key
// followed by zeros.  Any length that the cipher accepts is therefore taken as stated.
Result<void> check_length_without_keyslots(const Segment& segment, ByteView key) {
    constexpr std::size_t kLongestKey = 128;  // bytes; no listed cipher accepts more
    if (key.empty() || key.size() > kLongestKey)
        return fail(Errc::WrongPassphrase, "volume key of %zu bytes fits no cipher", key.size());
    return check_length(segment, key.size());
}

ByteRange material_of(const Keyslot& keyslot) {
    return {.offset = keyslot.area.offset,
            .length = std::min<std::uint64_t>(keyslot.area.size,
                                              crypto::af_material_length(keyslot.key_bytes))};
}

// Returns the keyslots in the order of the document, which is the order in which they were added.
std::vector<formats::KeyslotToTry> candidates(const Metadata& metadata,
                                              const UnlockOptions& options) {
    std::vector<formats::KeyslotToTry> keyslots;
    for (const Keyslot& keyslot : metadata.keyslots()) {
        const Digest* digest = metadata.digest_of_keyslot(keyslot.number);
        const bool of_data = digest != nullptr && bound_to_data(*digest);
        if (!of_data && !options.any_segment && !options.keyslot) continue;
        keyslots.push_back({.number = keyslot.number,
                            .priority = keyslot.priority,
                            .material = material_of(keyslot)});
    }
    return keyslots;
}

// Returns the keyslots that hold the key of `digest`.
std::vector<formats::KeyslotToTry> candidates_for(const Metadata& metadata, const Digest& digest) {
    std::vector<formats::KeyslotToTry> keyslots = candidates(metadata, {});
    std::erase_if(keyslots, [&](const formats::KeyslotToTry& keyslot) {
        return metadata.digest_of_keyslot(keyslot.number) != &digest;
    });
    return keyslots;
}

}  // namespace

Result<formats::Unlocked> unlock(Context& context, const io::BlockDevice& device,
                                 const Metadata& metadata, const Passphrase& passphrase,
                                 const UnlockOptions& options) {
    const auto keyslots = formats::keyslots_to_try(candidates(metadata, options), options.keyslot);
    const std::vector<int> numbers = formats::numbers_of(keyslots);
    LK_TRY(check_cost(context, metadata, numbers));
    crypto::DeriveAhead keys(passphrase.bytes(), wanted_keys(context, metadata, numbers),
                             context.cancelled());
    const auto open = [&](int number) {
        auto opened = try_keyslot(context, device, metadata, *metadata.keyslot(number), passphrase,
                                  options, keys);
        if (opened) return opened;
        Error error = std::move(opened).error().within(strprintf("keyslot %d", number));
        return Result<formats::Unlocked>(std::move(error));
    };
    LK_ASSIGN(formats::Unlocked unlocked,
              formats::unlock_walk(context, device, keyslots, options, open));
    if (unlocked.unbound) return unlocked;
    // The code that makes a plan decides whether a missing key matters.
    for (const Digest* digest : data_digests(metadata)) {
        if (digest->number == unlocked.key.digest()) continue;
        const auto others =
            formats::keyslots_to_try(candidates_for(metadata, *digest), std::nullopt);
        if (others.empty()) continue;
        LK_TRY(check_cost(context, metadata, formats::numbers_of(others)));
        auto other = formats::unlock_walk(context, device, others, {}, open);
        if (other)
            unlocked.more_keys.push_back(std::move(other->key));
        else if (other.error().code != Errc::WrongPassphrase &&
                 other.error().code != Errc::NoUsableKeyslot)
            return std::move(other).error();
    }
    return unlocked;
}

Result<void> check_cost(const Context& context, const Metadata& metadata,
                        const std::vector<int>& keyslots) {
    KdfPolicy alone = context.policy.kdf;
    alone.check_available_memory = false;  // changes between keyslots
    crypto::KdfTotal total;
    std::size_t tried = 0;
    for (const int number : keyslots) {
        const Keyslot* keyslot = metadata.keyslot(number);
        const Digest* digest = metadata.digest_of_keyslot(number);
        if (keyslot == nullptr || digest == nullptr || !keyslot->is_luks2()) continue;
        // A keyslot that would be refused is not derived.
        if (!keyslot->defect.empty() || !crypto::check_kdf_cost(keyslot->kdf, alone)) continue;
        ++tried;
        total.add(keyslot->kdf, keyslot->area.key_bytes);
        add_digest(total, *digest, alone);
    }
    return total.check(alone, tried);
}

Result<void> check_volume_key(Context& context, const Metadata& metadata, ByteView key) {
    const Segment& segment = metadata.default_segment();
    const Digest* digest = metadata.digest_of_segment(segment.number);
    if (digest == nullptr) return fail(Errc::NotSupported, "the data has no volume key");
    const auto length = volume_key_bytes(metadata);
    if (!length) {
        LK_TRY(check_length_without_keyslots(segment, key));
    } else if (key.size() != *length) {
        return fail(Errc::WrongPassphrase, "volume key of %zu bytes, the volume's has %u",
                    key.size(), static_cast<unsigned>(*length));
    }
    return check_digest(context, *digest, key);
}

Result<void> check_key_of_keyslot(Context& context, const Metadata& metadata, int number,
                                  ByteView key) {
    const Keyslot* keyslot = metadata.keyslot(number);
    const Digest* digest = metadata.digest_of_keyslot(number);
    if (keyslot == nullptr || digest == nullptr) return formats::keyslot_empty(number);
    if (key.size() != keyslot->key_bytes)
        return fail(Errc::WrongPassphrase, "key of %zu bytes, that of keyslot %d has %u",
                    key.size(), number, static_cast<unsigned>(keyslot->key_bytes));
    return check_digest(context, *digest, key);
}

}  // namespace latchkey::luks2
