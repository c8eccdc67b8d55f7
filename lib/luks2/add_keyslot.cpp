// SPDX-License-Identifier: LGPL-2.1-or-later
// Adds keyslots.  Slow work is done before the lock is taken.  The area is written before the header that refers to
// it, so that nothing of the old state changes until the commit.

#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
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

Result<int> choose_number(const Metadata& metadata, std::optional<int> wanted) {
    if (!wanted) return free_keyslot_number(metadata);
    LK_TRY(formats::check_keyslot_number(*wanted, kMaxKeyslots));
    if (metadata.keyslot(*wanted) != nullptr) return formats::keyslot_full(*wanted);
    return *wanted;
}

// Makes the cheap checks, before time is spent on a KDF.
Result<void> check_spec(const Metadata& metadata, const formats::KeyslotSpec& spec) {
    LK_TRY(check_requirements(metadata.config()));
    LK_TRY(check_new_name(metadata, std::nullopt, spec.name));
    LK_TRY(check_keyslot_token(metadata, spec.token));
    LK_ASSIGN([[maybe_unused]] const int number, choose_number(metadata, spec.number));
    return {};
}

// Checks that the digest that verified the key before the lock is still in the header.
Result<void> check_same_digest(const Digest& verified, const Digest* now) {
    if (now == nullptr || now->salt != verified.salt || now->digest != verified.digest)
        return fail(Errc::ConcurrentChange, "digest %d was changed by another process",
                    verified.number);
    return {};
}

// Returns a digest of the header that verifies the key; nothing if there is none.
Result<std::optional<Digest>> digest_that_verifies(Context& context, const Metadata& metadata,
                                                   ByteView key) {
    crypto::KdfTotal total;
    for (const Digest& digest : metadata.digests()) add_digest(total, digest, context.policy.kdf);
    LK_TRY(total.check(context.policy.kdf, metadata.keyslots().size()));
    for (const Digest& digest : metadata.digests()) {
        const auto verified = check_digest(context, digest, key);
        if (verified) return std::optional<Digest>(digest);
        if (verified.error().code == Errc::Interrupted) return verified.error();
    }
    return std::optional<Digest>();
}

// Returns whether the key must be the one that the data have now.
bool is_of_data(const KeyBinding& binding) {
    return binding.role == KeyRole::Volume && !binding.reuse_digest;
}

// Returns the digest of the header that the keyslot uses; nothing if the key needs a new one.
Result<std::optional<Digest>> known_digest(Context& context, const Metadata& metadata, ByteView key,
                                           const KeyBinding& binding) {
    if (is_of_data(binding)) {
        LK_TRY(check_volume_key(context, metadata, key));
        return std::optional<Digest>(
            *metadata.digest_of_segment(metadata.default_segment().number));
    }
    if (!binding.reuse_digest) return std::optional<Digest>();
    LK_ASSIGN(std::optional<Digest> found, digest_that_verifies(context, metadata, key));
    if (!found && binding.role == KeyRole::Volume)
        return formats::as_key_mismatch(
            fail(Errc::WrongPassphrase, "no digest of the data agrees with this volume key"));
    return found;
}

Result<Digest> new_digest(Context& context, ByteView key, const formats::KeyslotSpec& spec) {
    const std::string hash = spec.af_hash.empty() ? kDefaultAfHash : spec.af_hash;
    LK_ASSIGN(const std::uint64_t iterations,
              digest_iterations(context, hash, key.size(), !spec.least_digest_cost));
    return make_digest(context, key, hash, iterations);
}

// Returns the text for an error after the commit.
std::string has_its_passphrase(const formats::KeyslotSpec& spec, int number) {
    return strprintf(
        translate(spec.same_passphrase ? N_("keyslot %d is converted, its passphrase is the same")
                                       : N_("keyslot %d has its new passphrase")),
        number);
}

}  // namespace

Result<int> Luks2Header::store_keyslot(Transaction& change, SealedKeyslot sealed,
                                       const Digest& digest, const formats::KeyslotSpec& spec,
                                       const std::function<void(Json&)>& also) {
    Keyslot& keyslot = sealed.keyslot;
    LK_ASSIGN(keyslot.number, choose_number(change.current(), spec.number));
    LK_ASSIGN(const Extent extent, first_gap(change.current(), keyslot.area.size));
    keyslot.area.offset = extent.offset;
    const bool new_digest = change.current().digest(digest.number) == nullptr;
    LK_ASSIGN(Metadata next, change.current().edited([&](Json& document) {
        luks2::add_keyslot(document, keyslot);
        if (new_digest) add_digest(document, digest);
        link_keyslot(document, digest.number, keyslot.number);
        if (also) also(document);
    }));
    if (!spec.name.empty()) {
        LK_ASSIGN(next, with_name(next, keyslot.number, spec.name));
    }
    LK_ASSIGN(next, with_keyslot_token(next, spec.token, keyslot.number));
    const int number = keyslot.number;
    LK_TRY(change.prepare(next));
    LK_TRY(change.write_area(keyslot.area.range(), sealed.area));
    LK_TRY(formats::if_unfinished(change.commit(),
                                  strprintf(translate("keyslot %d is added"), number)));
    return number;
}

Result<int> Luks2Header::add_key(Context& context, ByteView key, const Passphrase& passphrase,
                                 const formats::KeyslotSpec& spec, const KeyBinding& binding) {
    LK_TRY(check_spec(metadata(), spec));
    if (key.empty()) return fail(Errc::InvalidArgument, "a key of 0 bytes");
    if (binding.role == KeyRole::NewVolume) LK_TRY(check_new_volume_key(metadata(), key.size()));
    const int segment = metadata().default_segment().number;
    LK_ASSIGN(const std::optional<Digest> known, known_digest(context, metadata(), key, binding));
    Digest digest;
    if (known) {
        digest = *known;
    } else {
        LK_ASSIGN(digest, new_digest(context, key, spec));
    }
    const std::size_t data_key_bytes = binding.role == KeyRole::Unbound
                                           ? volume_key_bytes(metadata()).value_or(kDefaultKeyBytes)
                                           : key.size();
    LK_ASSIGN(const AreaCipher cipher, choose_area_cipher(metadata(), data_key_bytes, spec));
    LK_ASSIGN(SealedKeyslot sealed, seal_key(context, key, passphrase, spec, cipher));

    LK_ASSIGN(const auto change, begin(context));
    const Metadata& current = change->current();
    std::vector<int> segments;
    if (binding.role == KeyRole::NewVolume) segments = volume_segments(current);
    if (known) {
        // Another process may have given the data another key.
        const Digest* now = is_of_data(binding) ? current.digest_of_segment(segment)
                                                : current.digest(known->number);
        LK_TRY(check_same_digest(*known, now));
        digest.number = now->number;
    } else {
        LK_ASSIGN(digest.number, free_digest_number(current));
    }
    return store_keyslot(*change, std::move(sealed), digest, spec, [&](Json& document) {
        for (const int one : segments) link_segment(document, digest.number, one);
    });
}

Result<int> Luks2Header::add_keyslot(Context& context, const VolumeKey& key,
                                     const Passphrase& passphrase,
                                     const formats::KeyslotSpec& spec) {
    return add_key(context, key.bytes(), passphrase, spec, {.role = KeyRole::Volume});
}

Result<int> Luks2Header::add_unbound_keyslot(Context& context, CandidateKey key,
                                             const Passphrase& passphrase,
                                             const formats::KeyslotSpec& spec) {
    return add_key(context, key.bytes(), passphrase, spec, {.role = KeyRole::Unbound});
}

Result<int> Luks2Header::add_keyslot_as(Context& context, CandidateKey key,
                                        const Passphrase& passphrase,
                                        const formats::KeyslotSpec& spec,
                                        const KeyBinding& binding) {
    return add_key(context, key.bytes(), passphrase, spec, binding);
}

Result<int> Luks2Header::add_keyslot_of_new_key(Context& context, const VolumeKey& key,
                                                const Passphrase& passphrase,
                                                const formats::KeyslotSpec& spec) {
    return add_key(context, key.bytes(), passphrase, spec,
                   {.role = KeyRole::Unbound, .reuse_digest = true});
}

Result<int> Luks2Header::change_keyslot(Context& context, int number, const VolumeKey& key,
                                        const Passphrase& passphrase,
                                        const formats::KeyslotSpec& spec) {
    LK_TRY(check_requirements(metadata().config()));
    LK_TRY(check_new_name(metadata(), number, spec.name));
    LK_TRY(check_keyslot_token(metadata(), spec.token));
    const int target = spec.number.value_or(number);
    if (target != number) {
        LK_ASSIGN([[maybe_unused]] const int free, choose_number(metadata(), target));
    }
    LK_TRY(check_key_of_keyslot(context, metadata(), number, key.bytes()));
    const Digest verified = *metadata().digest_of_keyslot(number);
    const std::uint32_t data_key_bytes = volume_key_bytes(metadata()).value_or(kDefaultKeyBytes);
    LK_ASSIGN(const AreaCipher cipher, choose_area_cipher(metadata(), data_key_bytes, spec));
    LK_ASSIGN(SealedKeyslot sealed, seal_key(context, key.bytes(), passphrase, spec, cipher));

    LK_ASSIGN(const auto change, begin(context));
    LK_TRY(change->expect_unchanged(number));
    LK_TRY(check_same_digest(verified, change->current().digest_of_keyslot(number)));
    if (target != number) {
        LK_ASSIGN([[maybe_unused]] const int free, choose_number(change->current(), target));
    }
    const Area old_area = change->current().keyslot(number)->area;
    Keyslot& keyslot = sealed.keyslot;
    keyslot.number = number;
    // The area moves, so that one commit replaces the old passphrase by the new one.
    const auto gap = first_gap(change->current(), keyslot.area.size);
    if (!gap && gap.error().code != Errc::NoSpace) return gap.error();
    const bool in_place = !gap;
    if (in_place && old_area.size < sealed.area.size())
        return fail(Errc::NoSpace, "keyslot %d: no space for a new area", number);
    keyslot.area.offset = in_place ? old_area.offset : gap->offset;
    if (in_place) keyslot.area.size = old_area.size;

    const std::string name =
        spec.name.empty() ? keyslot_name(change->current(), number) : spec.name;
    LK_ASSIGN(Metadata next, change->current().edited([&](Json& document) {
        replace_keyslot(document, keyslot);
        if (target != number) renumber_keyslot(document, number, target);
    }));
    if (!spec.name.empty() || (target != number && !name.empty())) {
        LK_ASSIGN(next, with_name(next, target, name));
    }
    LK_ASSIGN(next, with_keyslot_token(next, spec.token, target));
    LK_TRY(change->prepare(next));
    if (in_place) {
        // From here to the commit neither passphrase opens this keyslot: the space for a second area is missing.
        context.log(LogLevel::Warning,
                    "keyslot %d is rewritten in place, as there is no room for a second "
                    "area: a power failure now would destroy it, and leave the others "
                    "as they are",
                    number);
        LK_TRY(formats::rewritten_in_place(change->wipe_area_to_the_end(old_area.range()), number));
    }
    auto done = change->write_area(keyslot.area.range(), sealed.area);
    const std::string holds = has_its_passphrase(spec, target);
    if (done) done = formats::if_unfinished(change->commit(), holds);
    if (in_place) done = formats::rewritten_in_place(std::move(done), number);
    if (done && !in_place)
        if (auto wiped = change->wipe_area(old_area.range()); !wiped)
            done = formats::unfinished(
                std::move(wiped).error().within(translate("its old area is not wiped")), holds);
    LK_TRY(std::move(done));
    return target;
}

}  // namespace latchkey::luks2
