// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/segment.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/strprintf.h"
#include "crypto/cipher.h"
#include "io/block_device.h"
#include "luks2/reencryption.h"
#include "luks2/requirements.h"
#include "model/cipher_spec.h"

namespace latchkey::luks2 {
namespace {

constexpr std::array<std::string_view, 7> kKnownFlags = {
    "allow-discards",    "same-cpu-crypt",     "submit-from-crypt-cpus", "no-journal",
    "no-read-workqueue", "no-write-workqueue", "high_priority"};

// Returns the digest that verified a key of a ring; if the key does not name it, the digest of the data.
int digest_number(const Metadata& metadata, const VolumeKey& key) {
    if (key.digest() >= 0) return key.digest();
    const Digest* digest = metadata.digest_of_segment(metadata.default_segment().number);
    return digest == nullptr ? -1 : digest->number;
}

std::optional<std::size_t> index_of(const Metadata& metadata, const KeyRing& keys,
                                    const Digest& digest) {
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (digest_number(metadata, keys[i]) == digest.number) return i;
    return std::nullopt;
}

Result<model::PlanSegment> plan_crypt(const Metadata& metadata, const Segment& segment,
                                      const KeyRing& keys) {
    const std::string place = strprintf("segment %d", segment.number);
    if (segment.has_integrity)
        return fail(Errc::NotSupported, "%s: integrity %s cannot be mapped", place.c_str(),
                    segment.integrity_type.c_str());
    const Digest* digest = metadata.digest_of_segment(segment.number);
    const auto key = digest == nullptr ? std::nullopt : index_of(metadata, keys, *digest);
    if (!key)
        return fail(Errc::NotSupported, "%s: has another key than the volume's", place.c_str());
    // A header must not choose a kernel driver for us: only listed ciphers are allowed.
    const auto spec = model::parse_cipher_spec(segment.encryption);
    if (!spec) return Error(spec.error()).within(place);
    // Leaves it to the kernel to refuse what only the kernel can do.
    if (auto fits = crypto::check_cipher(*spec, keys[*key].size());
        !fits && fits.error().code != Errc::MissingCipher)
        return std::move(fits).error().within(place);
    return model::PlanSegment{.cipher = segment.encryption,
                              .iv_offset = segment.iv_tweak,
                              .sector_size = segment.sector_size,
                              .key = *key};
}

// Refuses what no key can map.
Result<void> check_segment(const Segment& segment, bool reencrypting) {
    if (segment.type != "crypt" && !(segment.type == "linear" && reencrypting))
        return fail(Errc::NotSupported, "segment %d: type %s cannot be mapped", segment.number,
                    segment.type.c_str());
    if (!segment.defect.empty())
        return fail(Errc::CorruptHeader, "segment %d: %s", segment.number, segment.defect.c_str());
    return {};
}

Result<model::PlanSegment> plan_segment(const Metadata& metadata, const Segment& segment,
                                        const KeyRing& keys, bool reencrypting) {
    LK_TRY(check_segment(segment, reencrypting));
    if (segment.has_flag("in-reencryption"))
        return fail(Errc::NotSupported,
                    "segment %d: reencryption was cut short while it wrote here", segment.number);
    if (segment.type == "crypt") return plan_crypt(metadata, segment, keys);
    return model::PlanSegment{.kind = SegmentKind::Linear};
}

// The digest does not say how long its key is; its keyslots do.
std::optional<std::uint32_t> key_bytes_of(const Metadata& metadata, const Digest* digest) {
    if (digest == nullptr) return std::nullopt;
    for (const int number : digest->keyslots)
        if (const Keyslot* keyslot = metadata.keyslot(number);
            keyslot != nullptr && keyslot->is_luks2())
            return keyslot->key_bytes;
    return std::nullopt;
}

}  // namespace

bool is_known_flag(std::string_view flag) {
    return std::find(kKnownFlags.begin(), kKnownFlags.end(), flag) != kKnownFlags.end();
}

Result<void> check_segments(const Metadata& metadata) {
    const bool reencrypting = requirements_of(metadata.config()).has(Requirement::OnlineReencrypt);
    for (const Segment& segment : metadata.segments())
        if (!segment.is_backup()) LK_TRY(check_segment(segment, reencrypting));
    return {};
}

std::optional<std::uint32_t> volume_key_bytes(const Metadata& metadata) {
    return key_bytes_of(metadata, metadata.digest_of_segment(metadata.default_segment().number));
}

std::optional<std::uint32_t> old_key_bytes(const Metadata& metadata) {
    const auto reencryption = reencryption_of(metadata);
    if (!reencryption || !*reencryption) return std::nullopt;
    return key_bytes_of(metadata, (*reencryption)->old_key);
}

std::vector<int> volume_segments(const Metadata& metadata) {
    const Digest* digest = metadata.digest_of_segment(metadata.default_segment().number);
    if (digest == nullptr) return {metadata.default_segment().number};
    return digest->segments;
}

Result<void> check_new_volume_key(const Metadata& metadata, std::size_t key_bytes) {
    LK_ASSIGN(const auto spec, model::parse_cipher_spec(metadata.default_segment().encryption));
    const auto fits = crypto::check_cipher(spec, key_bytes);
    if (fits || fits.error().code == Errc::MissingCipher) return {};
    return fail(Errc::InvalidArgument, "key of %zu bytes does not fit %s", key_bytes,
                spec.text.c_str());
}

Result<KeyRing> keys_of_data(const Metadata& metadata, const KeyRing& given) {
    std::optional<KeyRing> ring;
    for (const Digest* digest : data_digests(metadata)) {
        const auto index = index_of(metadata, given, *digest);
        if (!index)
            return fail(Errc::NoUsableKeyslot,
                        "the volume is being reencrypted and has two keys: that of digest %d is "
                        "missing, which the same passphrase has to open",
                        digest->number);
        if (ring)
            ring->add(given[*index]);
        else
            ring.emplace(given[*index]);
    }
    if (!ring) return fail(Errc::NotSupported, "the data has no volume key");
    return *std::move(ring);
}

Result<model::MappingPlan> plan_segments(const Metadata& metadata, const KeyRing& keys) {
    if (metadata.digest_of_segment(metadata.default_segment().number) == nullptr &&
        data_digests(metadata).empty())
        return fail(Errc::NotSupported, "the data has no volume key");
    const bool reencrypting = requirements_of(metadata.config()).has(Requirement::OnlineReencrypt);
    model::MappingPlan plan;
    plan.type = "LUKS2";
    plan.uuid = metadata.binary.uuid;
    for (std::size_t i = 0; i < keys.size(); ++i)
        plan.keys.push_back(
            {.bytes = keys[i].size(),
             .keyring_description = strprintf("cryptsetup:%s-d%d", metadata.binary.uuid.c_str(),
                                              digest_number(metadata, keys[i]))});
    for (const std::string& flag : metadata.config().flags)
        if (is_known_flag(flag)) plan.flags.push_back(flag);

    // Segments have any order in the document; their numbers give the order in the plaintext.
    std::vector<const Segment*> ordered;
    for (const Segment& segment : metadata.segments())
        if (!segment.is_backup()) ordered.push_back(&segment);
    std::sort(ordered.begin(), ordered.end(),
              [](const Segment* a, const Segment* b) { return a->number < b->number; });
    std::uint64_t start_sectors = 0;
    for (const Segment* segment : ordered) {
        LK_ASSIGN(model::PlanSegment planned, plan_segment(metadata, *segment, keys, reencrypting));
        planned.start = start_sectors;
        planned.device_offset = segment->offset / io::kSectorSize;
        if (segment->size) planned.length = *segment->size / io::kSectorSize;
        start_sectors += planned.length.value_or(0);
        plan.segments.push_back(std::move(planned));
    }
    return plan;
}

}  // namespace latchkey::luks2
