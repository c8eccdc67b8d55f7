// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts a reencryption: one commit describes the future of the data; no data are moved.
#include <algorithm>
#include <cinttypes>

#include "base/json.h"
#include "crypto/hash.h"
#include "luks2/area_layout.h"
#include "luks2/digest.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/reencrypt/zone.h"
#include "luks2/unlock.h"
#include "model/cipher_spec.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint32_t kFileBlock = 4096;  // bytes per checksum, on files

std::string_view mode_name(ReencryptMode mode) {
    return mode == ReencryptMode::Decrypt ? "decrypt" : "reencrypt";
}

Result<Segment> final_segment(const Segment& previous, const ReencryptParams& params,
                              std::size_t key_bytes) {
    Segment final = previous;
    final.flags = {"backup-final"};
    if (params.mode == ReencryptMode::Decrypt) {
        final.type = "linear";
        return final;
    }
    if (!params.cipher.empty()) final.encryption = params.cipher;
    if (params.sector_size != 0) final.sector_size = params.sector_size;
    if (model::names_null_cipher(final.encryption))
        return fail(Errc::InvalidArgument, "cipher %s encrypts nothing: --decrypt does that",
                    final.encryption.c_str());
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_spec(final.encryption));
    LK_TRY(crypto::check_cipher(spec, key_bytes));
    return final;
}

Result<Keyslot> reencrypt_keyslot(const Metadata& metadata, const ReencryptParams& params,
                                  const Segment& previous, const Segment& final,
                                  const io::BlockDevice& data) {
    Keyslot keyslot{.type = "reencrypt", .key_bytes = 1, .area = {.type = params.resilience}};
    keyslot.mode = mode_name(params.mode);
    // Decryption begins at the end, as in the peer.
    keyslot.direction = params.mode == ReencryptMode::Decrypt ? "backward" : "forward";
    LK_ASSIGN(keyslot.number, free_keyslot_number(metadata));
    LK_ASSIGN(const Extent extent, largest_gap(metadata));
    keyslot.area.offset = extent.offset;
    keyslot.area.size = extent.size;
    if (params.resilience == "checksum") {
        const std::uint32_t block =
            data.topology().regular_file ? kFileBlock : data.topology().physical_block;
        keyslot.area.hash = params.resilience_hash;
        keyslot.area.block_size = std::max({block, previous.sector_size, final.sector_size});
        LK_ASSIGN([[maybe_unused]] const std::size_t known, crypto::hash_length(keyslot.area.hash));
    }
    return keyslot;
}

Result<void> check_params(const ReencryptParams& params) {
    for (const std::string_view known : {"none", "checksum", "journal"})
        if (params.resilience == known) return {};
    return fail(Errc::InvalidArgument, "unknown resilience %s", params.resilience.c_str());
}

Result<void> check_data(const Segment& previous, const Segment& final, const io::BlockDevice& data,
                        const io::BlockDevice& metadata_device) {
    if (previous.has_integrity)
        return fail(Errc::NotSupported, "data with integrity %s cannot be reencrypted",
                    previous.integrity_type.c_str());
    if (final.type == "linear" && previous.offset != 0)
        return fail(Errc::NotSupported,
                    "the data begin at byte %" PRIu64
                    " behind a header: to decrypt them they would have to be moved, which cannot "
                    "be done yet",
                    previous.offset);
    if (final.sector_size > previous.sector_size)
        return fail(Errc::NotSupported,
                    "sector size %u > %u: a file system with smaller blocks could not be used any "
                    "more",
                    final.sector_size, previous.sector_size);
    if (previous.offset >= data.size())
        return fail(Errc::DeviceTooSmall, "%s ends at byte %" PRIu64 ", its data begin at %" PRIu64,
                    data.name().c_str(), data.size(), previous.offset);
    const std::uint64_t size = previous.size.value_or(data.size() - previous.offset);
    if (size > data.size() - previous.offset || size % previous.sector_size != 0)
        return fail(Errc::InvalidArgument,
                    "%" PRIu64 " bytes of data on %s are not whole sectors of %u", size,
                    data.name().c_str(), previous.sector_size);
    if (final.type == "linear" && data.identity().known() &&
        data.identity() == metadata_device.identity())
        return fail(Errc::InvalidArgument, "header and data are on one device");
    return {};
}

}  // namespace

Result<void> Header::begin_reencryption(Context& context, io::BlockDevice& data,
                                        const VolumeKey& old_key, const VolumeKey* new_key,
                                        std::optional<int> new_keyslot,
                                        const ReencryptParams& params) {
    LK_TRY(check_params(params));
    LK_TRY(check_volume_key(context, metadata(), old_key.bytes()));
    const Segment old = metadata().default_segment();
    if (metadata().segments().size() != 1 || old.type != "crypt")
        return fail(Errc::NotSupported, "volumes of %zu segments cannot be reencrypted",
                    metadata().segments().size());
    Segment previous = old;
    previous.flags = {"backup-previous"};
    LK_ASSIGN(const Segment final,
              final_segment(old, params, new_key == nullptr ? 0 : new_key->size()));
    LK_TRY(check_data(previous, final, data, device()));
    if (new_keyslot)
        LK_TRY(check_key_of_keyslot(context, metadata(), *new_keyslot, new_key->bytes()));

    const int old_digest = metadata().digest_of_segment(old.number)->number;
    const Digest* new_digest = new_keyslot ? metadata().digest_of_keyslot(*new_keyslot) : nullptr;
    if (new_digest != nullptr && new_digest->number == old_digest)
        return fail(Errc::InvalidArgument, "keyslot %d holds the key that the data have already",
                    *new_keyslot);
    LK_ASSIGN(const Keyslot keyslot, reencrypt_keyslot(metadata(), params, previous, final, data));
    const Reencryption reencryption{
        .keyslot = &keyslot, .previous = &previous, .final = &final, .version = 2};
    KeyRing ring(old_key);
    if (new_key != nullptr) ring.add(*new_key);
    LK_ASSIGN(const SecretBuffer proven, proven_bytes(reencryption, ring));
    LK_ASSIGN(const std::uint64_t iterations,
              digest_iterations(context, "sha256", proven.size(), !params.least_digest_cost));
    LK_ASSIGN(Digest proof, make_digest(context, proven.bytes(), "sha256", iterations));

    LK_ASSIGN(const auto change, begin(context));
    if (change->current().document() != metadata().document())
        return fail(Errc::ConcurrentChange, "the header was changed by another process");
    LK_ASSIGN(proof.number, free_digest_number(change->current()));
    LK_ASSIGN(const Metadata next, change->current().edited([&](Json& document) {
        luks2::begin_reencryption(
            document, {.keyslot = keyslot,
                       .previous = previous,
                       .final = final,
                       .proof = proof,
                       .old_digest = old_digest,
                       .new_digest = new_digest == nullptr ? std::nullopt
                                                           : std::optional(new_digest->number)});
    }));
    return change->commit(next);
}

Result<int> Header::add_keyslot_of_new_key(Context& context, const VolumeKey& key,
                                           const Passphrase& passphrase,
                                           const formats::KeyslotSpec& spec) {
    return add_keyslot_as(context, CandidateKey(SecretBuffer::copy_of(key.bytes())), passphrase,
                          spec, {.role = KeyRole::Unbound, .reuse_digest = true});
}

}  // namespace latchkey::luks2
