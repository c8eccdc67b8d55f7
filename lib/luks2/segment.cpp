// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/segment.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/strprintf.h"
#include "crypto/cipher.h"
#include "io/block_device.h"
#include "model/cipher_spec.h"

namespace latchkey::luks2 {
namespace {

constexpr std::array<std::string_view, 7> kKnownFlags = {
    "allow-discards",    "same-cpu-crypt",     "submit-from-crypt-cpus", "no-journal",
    "no-read-workqueue", "no-write-workqueue", "high_priority"};

Result<model::CryptSegment> plan_segment(const Segment& segment, std::uint64_t start_sectors,
                                         std::size_t key_bytes) {
    const std::string place = strprintf("segment %d", segment.number);
    if (segment.type != "crypt")
        return fail(Errc::NotSupported, "%s: type %s cannot be mapped", place.c_str(),
                    segment.type.c_str());
    if (!segment.defect.empty())
        return fail(Errc::CorruptHeader, "%s: %s", place.c_str(), segment.defect.c_str());
    if (segment.has_integrity)
        return fail(Errc::NotSupported, "%s: integrity %s cannot be mapped", place.c_str(),
                    segment.integrity_type.c_str());
    if (segment.has_flag("in-reencryption"))
        return fail(Errc::NotSupported, "%s: reencryption has not ended", place.c_str());
    // A header must not choose a driver for us: only ciphers of the list.
    const auto spec = model::parse_cipher_spec(segment.encryption);
    if (!spec) return Error(spec.error()).within(place);
    // What only the kernel can do is the kernel's to refuse.
    if (auto fits = crypto::check_cipher(*spec, key_bytes);
        !fits && fits.error().code != Errc::MissingCipher)
        return std::move(fits).error().within(place);
    model::CryptSegment planned;
    planned.start = start_sectors;
    if (segment.size) planned.length = *segment.size / io::kSectorSize;
    planned.cipher = segment.encryption;
    planned.iv_offset = segment.iv_tweak;
    planned.device_offset = segment.offset / io::kSectorSize;
    planned.sector_size = segment.sector_size;
    return planned;
}

}  // namespace

bool is_known_flag(std::string_view flag) {
    return std::find(kKnownFlags.begin(), kKnownFlags.end(), flag) != kKnownFlags.end();
}

std::optional<std::uint32_t> volume_key_bytes(const Metadata& metadata) {
    const Digest* digest = metadata.digest_of_segment(metadata.default_segment().number);
    if (digest == nullptr) return std::nullopt;
    for (const int number : digest->keyslots)
        if (const Keyslot* keyslot = metadata.keyslot(number);
            keyslot != nullptr && keyslot->is_luks2())
            return keyslot->key_bytes;
    return std::nullopt;
}

Result<model::MappingPlan> plan_segments(const Metadata& metadata, std::size_t key_bytes) {
    const Digest* key_digest = metadata.digest_of_segment(metadata.default_segment().number);
    if (key_digest == nullptr) return fail(Errc::NotSupported, "the data has no volume key");
    model::MappingPlan plan;
    plan.type = "LUKS2";
    plan.uuid = metadata.binary.uuid;
    plan.key_bytes = key_bytes;
    plan.keyring_description =
        strprintf("cryptsetup:%s-d%d", metadata.binary.uuid.c_str(), key_digest->number);
    for (const std::string& flag : metadata.config().flags)
        if (is_known_flag(flag)) plan.flags.push_back(flag);

    // Segments stand in the document in any order; their numbers give the order in the plaintext.
    std::vector<const Segment*> ordered;
    for (const Segment& segment : metadata.segments())
        if (!segment.is_backup()) ordered.push_back(&segment);
    std::sort(ordered.begin(), ordered.end(),
              [](const Segment* a, const Segment* b) { return a->number < b->number; });
    std::uint64_t start_sectors = 0;
    for (const Segment* segment : ordered) {
        // Two keys at once is what a reencryption looks like.
        if (metadata.digest_of_segment(segment->number) != key_digest)
            return fail(Errc::NotSupported, "segment %d: has another key than the volume's",
                        segment->number);
        LK_ASSIGN(model::CryptSegment planned, plan_segment(*segment, start_sectors, key_bytes));
        start_sectors += planned.length.value_or(0);
        plan.segments.push_back(std::move(planned));
    }
    return plan;
}

}  // namespace latchkey::luks2
