// SPDX-License-Identifier: LGPL-2.1-or-later
// Starts a reencryption: one commit describes the future of the data; no data are moved.
#include <algorithm>
#include <cinttypes>

#include "base/bytes.h"
#include "base/json.h"
#include "crypto/hash.h"
#include "io/copy_verified.h"
#include "latchkey/sectors.h"
#include "luks2/area_layout.h"
#include "luks2/digest.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/reencrypt/zone.h"
#include "luks2/unlock.h"
#include "model/cipher_spec.h"
#include "model/shift_room.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint32_t kFileBlock = 4096;  // bytes per checksum, on files

// What the header will say of the data.
struct Plan {
    Segment previous;
    Segment final;
    std::optional<Segment> moved = {};
    std::uint64_t shift_bytes = 0;  // 0 = the data stay in their place
    bool forward = true;
};

std::string_view mode_name(ReencryptMode mode) {
    switch (mode) {
        case ReencryptMode::Encrypt: return "encrypt";
        case ReencryptMode::Decrypt: return "decrypt";
        case ReencryptMode::Reencrypt: break;
    }
    return "reencrypt";
}

Segment flagged(Segment segment, const char* flag) {
    segment.flags = {flag};
    return segment;
}

Segment linear(std::uint64_t offset, std::optional<std::uint64_t> size, const char* flag) {
    return {.type = "linear", .offset = offset, .size = size, .flags = {flag}};
}

// What the data become, where that is not what `segment` says.
Result<Segment> final_of(const Segment& segment, const ReencryptParams& params,
                         std::size_t key_bytes) {
    Segment final = flagged(segment, "backup-final");
    if (!params.cipher.empty()) final.encryption = params.cipher;
    if (params.sector_size != 0) final.sector_size = params.sector_size;
    if (model::names_null_cipher(final.encryption))
        return fail(Errc::InvalidArgument, "cipher %s encrypts nothing: --decrypt does that",
                    final.encryption.c_str());
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_spec(final.encryption));
    LK_TRY(crypto::check_cipher(spec, key_bytes));
    return final;
}

Result<Plan> plan_of_new_key(const Segment& old, const ReencryptParams& params,
                             std::size_t key_bytes) {
    LK_ASSIGN(Segment final, final_of(old, params, key_bytes));
    return Plan{.previous = flagged(old, "backup-previous"), .final = std::move(final)};
}

// Data that move come from the beginning of the device; their first bytes wait at its end, because the header takes
// their place.
Result<Plan> plan_of_encryption(const Segment& encrypted, const ReencryptParams& params,
                                std::size_t key_bytes, const io::BlockDevice& data) {
    LK_ASSIGN(Segment final, final_of(encrypted, params, key_bytes));
    if (params.shift_bytes == 0)
        return Plan{.previous = linear(encrypted.offset, params.data_bytes, "backup-previous"),
                    .final = std::move(final)};
    LK_ASSIGN(const std::uint64_t size, model::bytes_after_shift(data.size(), params.shift_bytes));
    if (encrypted.offset != params.shift_bytes)
        return fail(Errc::InvalidArgument,
                    "the data begin at byte %" PRIu64 ", and are moved by %" PRIu64,
                    encrypted.offset, params.shift_bytes);
    return Plan{.previous = linear(0, size, "backup-previous"),
                .final = std::move(final),
                .moved = linear(data.size() - params.shift_bytes, params.shift_bytes,
                                "backup-moved-segment"),
                .shift_bytes = params.shift_bytes,
                .forward = false};
}

// Data behind a header move to the beginning of the device; their first bytes wait there, in the place of the header.
Plan plan_of_decryption(const Segment& old, const ReencryptParams& params) {
    // In place, decryption begins at the end, as in the peer.
    Plan plan{.previous = flagged(old, "backup-previous"),
              .final = flagged(old, "backup-final"),
              .forward = params.moved_bytes != 0};
    plan.final.type = "linear";
    if (params.moved_bytes == 0) return plan;
    plan.final.offset = 0;
    plan.shift_bytes = old.offset;
    plan.moved = flagged(old, "backup-moved-segment");
    plan.moved->offset = 0;
    return plan;
}

Result<void> choose_direction(Plan& plan, ReencryptDirection wanted) {
    if (wanted == ReencryptDirection::Usual) return {};
    const bool forward = wanted == ReencryptDirection::Forward;
    if (plan.shift_bytes != 0 && forward != plan.forward)
        return fail(Errc::InvalidArgument, "data that move by %" PRIu64 " bytes cannot move %s",
                    plan.shift_bytes, forward ? "from their beginning on" : "from their end on");
    plan.forward = forward;
    return {};
}

// Returns how many of the first bytes wait in the place of the header: as many as the area protects while they are
// decrypted where they lie.
Result<std::uint64_t> moved_bytes(const Plan& plan, const Area& area, const ReencryptParams& params,
                                  const io::BlockDevice& data) {
    std::uint64_t most = area.size;
    if (area.type == "datashift-checksum") {
        LK_ASSIGN(const std::size_t hash_bytes, crypto::hash_length(area.hash));
        most = area.size / hash_bytes * area.block_size;
    }
    most = std::min({most, params.moved_bytes, plan.shift_bytes});
    const std::uint64_t size =
        plan.previous.size.value_or(data.size() - std::min(data.size(), plan.previous.offset));
    const std::uint64_t unit = std::max<std::uint64_t>(plan.previous.sector_size, kFileBlock);
    // Some of the data must be left to move.
    most = std::min(most, size - std::min(size, unit));
    most -= most % unit;
    if (most == 0)
        return fail(Errc::NoSpace,
                    "an area of %" PRIu64 " bytes cannot protect %" PRIu64 " bytes of data",
                    area.size, size);
    return most;
}

std::string area_type(const Plan& plan, const ReencryptParams& params) {
    if (plan.shift_bytes == 0) return params.resilience;
    // In an encryption the first bytes are written far from where they wait.
    if (params.mode == ReencryptMode::Encrypt) return "datashift";
    return "datashift-" + params.resilience;
}

Result<Keyslot> reencrypt_keyslot(const Metadata& metadata, const ReencryptParams& params,
                                  const Plan& plan, const io::BlockDevice& data) {
    Keyslot keyslot{.type = "reencrypt", .key_bytes = 1, .area = {.type = area_type(plan, params)}};
    keyslot.mode = mode_name(params.mode);
    keyslot.direction = plan.forward ? "forward" : "backward";
    LK_ASSIGN(keyslot.number, free_keyslot_number(metadata));
    Area& area = keyslot.area;
    LK_ASSIGN(const Extent extent, area.type == "datashift" ? first_gap(metadata, kAreaAlignment)
                                                            : largest_gap(metadata));
    area.offset = extent.offset;
    area.size = extent.size;
    area.shift_size = plan.shift_bytes;
    if (area.type.ends_with("checksum")) {
        const std::uint32_t block =
            data.topology().regular_file ? kFileBlock : data.topology().physical_block;
        area.hash = params.resilience_hash;
        area.block_size = std::max({block, plan.previous.sector_size, plan.final.sector_size});
        LK_ASSIGN([[maybe_unused]] const std::size_t known, crypto::hash_length(area.hash));
    }
    return keyslot;
}

Result<void> check_params(const ReencryptParams& params) {
    for (const std::string_view known : {"none", "checksum", "journal"})
        if (params.resilience == known && (params.moved_bytes == 0 || known != "none")) return {};
    if (params.resilience == "none")
        return fail(Errc::NotSupported, "data that move cannot do so with resilience none");
    return fail(Errc::InvalidArgument, "unknown resilience %s", params.resilience.c_str());
}

Result<void> check_data(const Plan& plan, const io::BlockDevice& data,
                        const io::BlockDevice& metadata_device) {
    const Segment& previous = plan.previous;
    const Segment& final = plan.final;
    if (previous.has_integrity)
        return fail(Errc::NotSupported, "data with integrity %s cannot be reencrypted",
                    previous.integrity_type.c_str());
    if (final.type == "linear" && final.offset != 0)
        return fail(Errc::NotSupported,
                    "the data begin at byte %" PRIu64
                    " behind a header: to decrypt them they would have to be moved, which cannot "
                    "be done yet",
                    final.offset);
    if (previous.type == "crypt" && final.sector_size > previous.sector_size)
        return fail(Errc::NotSupported,
                    "sector size %u > %u: a file system with smaller blocks could not be used any "
                    "more",
                    final.sector_size, previous.sector_size);
    if (previous.offset >= data.size())
        return fail(Errc::DeviceTooSmall, "%s ends at byte %" PRIu64 ", its data begin at %" PRIu64,
                    data.name().c_str(), data.size(), previous.offset);
    const std::uint64_t size = previous.size.value_or(data.size() - previous.offset);
    if (size > data.size() - previous.offset)
        return fail(Errc::InvalidArgument,
                    "%" PRIu64 " bytes of data are more than the %" PRIu64 " that %s has", size,
                    data.size() - previous.offset, data.name().c_str());
    if (const auto unit = std::max(previous.sector_size, final.sector_size); size % unit != 0)
        return fail(Errc::InvalidArgument,
                    "%" PRIu64 " bytes of data on %s are not whole sectors of %u", size,
                    data.name().c_str(), unit);
    if (final.type == "linear" && data.identity().known() &&
        data.identity() == metadata_device.identity())
        return fail(Errc::InvalidArgument, "header and data are on one device");
    return {};
}

constexpr std::uint64_t kMagicBytes = 6;
constexpr std::uint64_t kPiece = 1U << 20;  // bytes

// Refuses to overwrite the beginning of a device that is not the place of this header.  After an interruption its copies
// may have lost their magics, and some of its sectors may be the first of the data already.
Result<void> check_place_of_header(const io::BlockDevice& data, const Metadata& metadata,
                                   const io::BlockDevice& header, std::uint64_t data_offset) {
    if (const auto present = read_metadata(data)) {
        if (present->metadata.document() == metadata.document() &&
            present->metadata.binary.uuid == metadata.binary.uuid)
            return {};
        return fail(Errc::InvalidArgument,
                    "the header on %s is another one: it was changed since "
                    "it was exported",
                    data.name().c_str());
    }
    const Error not_its_place = fail(Errc::NotSupported,
                                     "the data begin at byte %" PRIu64
                                     " of %s, and what is before them is not their "
                                     "header: decryption would overwrite it",
                                     data_offset, data.name().c_str());
    const std::uint64_t end = std::min(metadata.header_area_bytes(), data_offset);
    bool any_content = false;
    Bytes there(kPiece);
    Bytes as_header(kPiece);
    Bytes as_data(kPiece);
    for (std::uint64_t at = 0; at < end; at += kPiece) {
        const std::uint64_t length = std::min(kPiece, end - at);
        LK_TRY(data.read(at, MutableByteView(there).first(length)));
        LK_TRY(header.read(at, MutableByteView(as_header).first(length)));
        LK_TRY(data.read(data_offset + at, MutableByteView(as_data).first(length)));
        for (const std::uint64_t copy : {std::uint64_t{0}, metadata.binary.header_size})
            if (copy >= at && copy + kMagicBytes <= at + length)
                std::fill_n(as_header.begin() + static_cast<std::ptrdiff_t>(copy - at), kMagicBytes,
                            std::byte{});
        for (std::uint64_t i = 0; i < length; i += kSectorSize) {
            const auto sector = [i](ByteView bytes) { return bytes.subspan(i, kSectorSize); };
            if (!std::ranges::equal(sector(there), sector(as_header)) &&
                !std::ranges::equal(sector(there), sector(as_data)))
                return not_its_place;
            any_content = any_content || !std::ranges::all_of(sector(there), [](std::byte byte) {
                              return byte == std::byte{};
                          });
        }
    }
    // Zeros do not prove that the rest of the place belongs to the header, too.
    return any_content || end == data_offset ? Result<void>() : not_its_place;
}

// Moves the first bytes of the data to the place of the header, whose copies vanish first.
Result<void> move_first_bytes(io::BlockDevice& data, const Metadata& metadata, const Plan& plan) {
    for (const std::uint64_t copy : {metadata.binary.header_size, std::uint64_t{0}}) {
        LK_TRY(data.write(copy, Bytes(kMagicBytes)));
        LK_TRY(data.flush());
    }
    Bytes piece(std::min(kPiece, *plan.moved->size));
    for (std::uint64_t at = 0; at < *plan.moved->size; at += kPiece) {
        const auto bytes = MutableByteView(piece).first(std::min(kPiece, *plan.moved->size - at));
        LK_TRY(data.read(plan.previous.offset + at, bytes));
        LK_TRY(data.write(at, bytes));
    }
    return data.flush();
}

}  // namespace

Result<void> Luks2Header::begin_reencryption(Context& context, io::BlockDevice& data,
                                             const VolumeKey& old_key, const VolumeKey* new_key,
                                             std::optional<int> new_keyslot,
                                             const ReencryptParams& params) {
    LK_TRY(check_params(params));
    LK_TRY(check_volume_key(context, metadata(), old_key.bytes()));
    const Segment old = metadata().default_segment();
    if (metadata().segments().size() != 1 || old.type != "crypt")
        return fail(Errc::NotSupported, "volumes of %zu segments cannot be reencrypted",
                    metadata().segments().size());
    Result<Plan> planned = params.mode == ReencryptMode::Encrypt
                               ? plan_of_encryption(old, params, old_key.size(), data)
                           : params.mode == ReencryptMode::Decrypt
                               ? plan_of_decryption(old, params)
                               : plan_of_new_key(old, params, new_key->size());
    LK_ASSIGN(Plan plan, std::move(planned));
    LK_TRY(choose_direction(plan, params.direction));
    LK_TRY(check_data(plan, data, device()));
    const bool to_the_start = plan.moved && plan.forward;
    if (to_the_start) LK_TRY(check_place_of_header(data, metadata(), device(), old.offset));
    if (new_keyslot)
        LK_TRY(check_key_of_keyslot(context, metadata(), *new_keyslot, new_key->bytes()));

    const int present = metadata().digest_of_segment(old.number)->number;
    const Digest* new_digest = new_keyslot ? metadata().digest_of_keyslot(*new_keyslot) : nullptr;
    if (new_digest != nullptr && new_digest->number == present)
        return fail(Errc::InvalidArgument, "keyslot %d holds the key that the data have already",
                    *new_keyslot);
    ReencryptionStart start{.keyslot = {},
                            .previous = plan.previous,
                            .final = plan.final,
                            .moved = plan.moved,
                            .proof = {},
                            // Only data that move to the beginning of their device need version 3.
                            .version = to_the_start ? 3 : 2};
    LK_ASSIGN(start.keyslot, reencrypt_keyslot(metadata(), params, plan, data));
    if (to_the_start) {
        LK_ASSIGN(plan.moved->size, moved_bytes(plan, start.keyslot.area, params, data));
        start.moved = plan.moved;
    }
    if (plan.previous.type == "crypt") start.old_digest = present;
    if (plan.final.type == "crypt")
        start.new_digest = new_digest == nullptr ? present : new_digest->number;
    const Reencryption reencryption{.keyslot = &start.keyslot,
                                    .previous = &start.previous,
                                    .final = &start.final,
                                    .moved = start.moved ? &*start.moved : nullptr,
                                    .version = start.version};
    KeyRing ring(old_key);
    if (new_key != nullptr) ring.add(*new_key);
    LK_ASSIGN(const SecretBuffer proven, proven_bytes(reencryption, ring));
    LK_ASSIGN(const std::uint64_t iterations,
              digest_iterations(context, "sha256", proven.size(), !params.least_digest_cost));
    LK_ASSIGN(start.proof, make_digest(context, proven.bytes(), "sha256", iterations));

    LK_ASSIGN(const auto change, begin(context));
    if (change->current().document() != metadata().document())
        return fail(Errc::ConcurrentChange, "the header was changed by another process");
    LK_ASSIGN(start.proof.number, free_digest_number(change->current()));
    LK_ASSIGN(Metadata next, change->current().edited([&](Json& document) {
        luks2::begin_reencryption(document, start);
    }));
    if (params.mode == ReencryptMode::Encrypt || plan.moved) {
        LK_ASSIGN(const auto begun, reencryption_of(next));
        LK_ASSIGN(next, with_layout(next, *begun, Layout{.size = plan.previous.size}));
    }
    if (to_the_start) {
        LK_TRY(change->prepare(next));
        LK_TRY(move_first_bytes(data, metadata(), plan));
    }
    if (params.first_bytes_move && plan.moved && !plan.forward)
        LK_TRY(io::copy_verified(data, 0, plan.moved->offset, *plan.moved->size));
    return to_the_start ? change->commit() : change->commit(next);
}

}  // namespace latchkey::luks2
