// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts LUKS2 to LUKS1 in place (docs/formats/luks2.md section 10).  At every moment one of the headers opens, by
// the keyslots that take a detour (detour.h).  Keyslots areas that LUKS2 made have room for all detours.
#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <limits>

#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "crypto/hash.h"
#include "luks1/layout.h"
#include "luks1/store.h"
#include "luks2/area_layout.h"
#include "luks2/detour.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/names.h"
#include "model/cipher_spec.h"

namespace latchkey {
namespace luks1 {
extern const formats::Format kFormat;
}

namespace luks2 {
namespace {

constexpr std::size_t kMaxTextField = 31;  // bytes of cipher name, mode and hash

[[gnu::format(printf, 1, 2)]] Error refuse(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const std::string reason = vstrprintf(translate(format), arguments);
    va_end(arguments);
    return fail(Errc::NotSupported, "cannot convert to LUKS1: %s", reason.c_str());
}

Result<void> check_volume(const Metadata& metadata) {
    LK_TRY(check_requirements(metadata.config()));
    if (metadata.segments().size() != 1)
        return refuse("%zu segments, LUKS1 has one", metadata.segments().size());
    const Segment& segment = metadata.default_segment();
    if (segment.type != "crypt" || segment.has_integrity || !segment.defect.empty())
        return refuse("the segment's type or integrity is unknown to LUKS1");
    if (segment.sector_size != 512)
        return refuse("sector size %u != 512", static_cast<unsigned>(segment.sector_size));
    if (segment.iv_tweak != 0 || segment.size)
        return refuse("the segment has an IV offset or a fixed size");
    if (segment.offset / io::kSectorSize > std::numeric_limits<std::uint32_t>::max())
        return refuse("data offset %" PRIu64 " is too large", segment.offset);
    if (metadata.digests().size() != 1)
        return refuse("%zu digests, LUKS1 has one", metadata.digests().size());
    const Digest& digest = metadata.digests().front();
    if (digest.type != model::kPbkdf2 || !digest.defect.empty())
        return refuse("digest type %s", digest.type.c_str());
    if (digest.salt.size() != luks1::kSaltBytes || digest.digest.size() < luks1::kDigestBytes ||
        digest.iterations > std::numeric_limits<std::uint32_t>::max())
        return refuse("the digest does not fit LUKS1's fields");
    for (const Token& token : metadata.tokens())
        if (token.type != kNamesTokenType) return refuse("token %d, LUKS1 has none", token.number);
    if (metadata.keyslots().empty()) return refuse("no keyslot is active");
    return {};
}

Result<void> check_keyslot(const Metadata& metadata, const Keyslot& keyslot) {
    const Segment& segment = metadata.default_segment();
    const std::string& hash = metadata.digests().front().hash;
    const int number = keyslot.number;
    if (number >= luks1::kKeyslotCount) return refuse("keyslot %d, LUKS1 has 0 to 7", number);
    if (!keyslot.is_luks2() || !keyslot.defect.empty())
        return refuse("keyslot %d is of type %s", number, keyslot.type.c_str());
    if (keyslot.kdf.type != model::kPbkdf2)
        return refuse("keyslot %d has the KDF %s", number, keyslot.kdf.type.c_str());
    if (keyslot.kdf.hash != hash || keyslot.af_hash != hash)
        return refuse("keyslot %d has the hashes %s and %s, the digest %s", number,
                      keyslot.kdf.hash.c_str(), keyslot.af_hash.c_str(), hash.c_str());
    if (keyslot.kdf.iterations > std::numeric_limits<std::uint32_t>::max() ||
        keyslot.kdf_salt.size() != luks1::kSaltBytes)
        return refuse("keyslot %d: the KDF's parameters do not fit LUKS1's fields", number);
    if (keyslot.area.encryption != segment.encryption ||
        keyslot.area.key_bytes != keyslot.key_bytes)
        return refuse("keyslot %d is encrypted with %s, the data with %s", number,
                      keyslot.area.encryption.c_str(), segment.encryption.c_str());
    if (keyslot.af_stripes != kAfStripes ||
        keyslot.area.size != area_size_for_key(keyslot.key_bytes))
        return refuse("keyslot %d: area of %" PRIu64 " bytes, LUKS1 has %" PRIu64, number,
                      keyslot.area.size, area_size_for_key(keyslot.key_bytes));
    if (keyslot.area.offset % io::kSectorSize != 0)
        return refuse("keyslot %d: area at byte %" PRIu64, number, keyslot.area.offset);
    if (keyslot.key_bytes != metadata.keyslots().front().key_bytes)
        return refuse("keyslot %d: key of %u bytes", number,
                      static_cast<unsigned>(keyslot.key_bytes));
    return {};
}

std::uint32_t luks1_sector(std::uint64_t luks2_offset) {
    return static_cast<std::uint32_t>((luks2_offset - kConversionShift) / io::kSectorSize);
}

// Gives areas to disabled keyslots, as LUKS1 requires: the next ones that LUKS2 would allocate.
Result<void> place_disabled(const Metadata& metadata, luks1::Header& header) {
    const std::uint64_t size = area_size_for_key(header.key_bytes);
    std::vector<Extent> taken;
    for (const Keyslot& keyslot : metadata.keyslots())
        taken.push_back({keyslot.area.offset, keyslot.area.size});
    const std::uint64_t start = 2 * metadata.binary.header_size;
    const std::uint64_t end = metadata.header_area_bytes();
    for (luks1::Keyslot& keyslot : header.keyslots) {
        if (keyslot.enabled()) continue;
        std::sort(taken.begin(), taken.end(),
                  [](const Extent& a, const Extent& b) { return a.offset < b.offset; });
        std::uint64_t place = start;
        for (const Extent& extent : taken) {
            if (place + size <= extent.offset) break;
            place = std::max(place, extent.offset + extent.size);
        }
        if (place + size > end) return refuse("no space for the areas of 8 keyslots");
        keyslot.area_offset_sectors = luks1_sector(place);
        taken.push_back({place, size});
    }
    return {};
}

Result<luks1::Header> converted_header(const Metadata& metadata) {
    LK_TRY(check_volume(metadata));
    for (const Keyslot& keyslot : metadata.keyslots()) LK_TRY(check_keyslot(metadata, keyslot));
    const Segment& segment = metadata.default_segment();
    const Digest& digest = metadata.digests().front();
    luks1::Header header;
    header.cipher_name = model::cipher_name_part(segment.encryption);
    header.cipher_mode = model::cipher_mode_part(segment.encryption);
    header.hash = digest.hash;
    if (std::max({header.cipher_name.size(), header.cipher_mode.size(), header.hash.size()}) >
        kMaxTextField)
        return refuse("cipher %s or hash %s is too long", segment.encryption.c_str(),
                      digest.hash.c_str());
    LK_TRY(luks1::check_hash(header.hash));
    header.payload_offset_sectors = static_cast<std::uint32_t>(segment.offset / io::kSectorSize);
    header.key_bytes = metadata.keyslots().front().key_bytes;
    std::copy_n(digest.digest.begin(), luks1::kDigestBytes, header.digest.begin());
    std::copy_n(digest.salt.begin(), luks1::kSaltBytes, header.digest_salt.begin());
    header.digest_iterations = static_cast<std::uint32_t>(digest.iterations);
    header.uuid = metadata.binary.uuid;
    for (const Keyslot& keyslot : metadata.keyslots()) {
        luks1::Keyslot& record = header.keyslot(keyslot.number);
        record.state = luks1::kStateEnabled;
        record.iterations = static_cast<std::uint32_t>(keyslot.kdf.iterations);
        std::copy_n(keyslot.kdf_salt.begin(), luks1::kSaltBytes, record.salt.begin());
        record.area_offset_sectors = luks1_sector(keyslot.area.offset);
    }
    LK_TRY(place_disabled(metadata, header));
    // Our parser must accept what we write.
    LK_ASSIGN(const luks1::Header read_back, luks1::parse(record_bytes(luks1::serialize(header))));
    return read_back;
}

// Writes the second sector first: this invalidates the primary LUKS2 copy, and the secondary counts.  Then writes all
// of the first sector, which makes the device LUKS1.
Result<void> write_first_luks1_header(io::BlockDevice& device, const luks1::Header& header) {
    const luks1::HeaderDisk disk = luks1::serialize(header);
    const ByteView bytes = record_bytes(disk);
    LK_TRY(device.write(io::kSectorSize, bytes.subspan(io::kSectorSize)));
    LK_TRY(device.flush());
    LK_TRY(device.write(0, bytes.first(io::kSectorSize)));
    return device.flush();
}

Result<void> move_areas(Context& context, io::BlockDevice& device, Metadata metadata,
                        const luks1::Header& header) {
    const std::uint64_t low_end = 2 * metadata.binary.header_size;
    const std::uint64_t high_end = metadata.header_area_bytes();
    Bytes old(high_end - low_end);
    LK_TRY(device.read(low_end, old));
    const auto old_area = [&](const Area& area) {
        return ByteView(old).subspan(area.offset - low_end, area.size);
    };
    const std::vector<Keyslot> keyslots = metadata.keyslots();
    const auto area_of = [&](int number) {
        return std::find_if(keyslots.begin(), keyslots.end(),
                            [&](const Keyslot& keyslot) { return keyslot.number == number; })
            ->area;
    };
    const std::vector<Detour> detours =
        plan_detours({header, area_size_for_key(header.key_bytes), low_end, high_end});
    if (detours.size() < keyslots.size())
        context.log(LogLevel::Warning,
                    "no space to keep a copy of every keyslot: do not interrupt the conversion");

    LK_ASSIGN(metadata, metadata.edited([&](Json& document) {
        for (const Detour& detour : detours) {
            Keyslot moved = *std::find_if(
                keyslots.begin(), keyslots.end(),
                [&](const Keyslot& keyslot) { return keyslot.number == detour.keyslot; });
            moved.area.offset = detour.place;
            replace_keyslot(document, moved);
        }
    }));
    LK_ASSIGN(const PreparedMetadata with_detours_taken,
              prepare_metadata(context, device, metadata));
    for (const Detour& detour : detours)
        LK_TRY(device.write(detour.place, old_area(area_of(detour.keyslot))));
    LK_TRY(device.flush());
    LK_TRY(write_prepared(device, with_detours_taken));
    LK_TRY(write_first_luks1_header(device, with_detours(header, detours)));
    for (const Keyslot& keyslot : keyslots)
        LK_TRY(device.write(keyslot.area.offset - kConversionShift, old_area(keyslot.area)));
    LK_TRY(device.flush());
    LK_TRY(luks1::write_header(device, header));

    // Everything else moves too, over the detours, so that no second copy of an area is left.
    const std::uint64_t new_start = low_end - kConversionShift;
    LK_TRY(device.write(sizeof(luks1::HeaderDisk), Bytes(new_start - sizeof(luks1::HeaderDisk))));
    LK_TRY(device.write(new_start, old));
    const std::uint64_t rest = high_end - kConversionShift;
    LK_TRY(device.write(rest, ByteView(old).subspan(rest - low_end)));
    return device.flush();
}

}  // namespace

Result<std::unique_ptr<formats::LoadedHeader>> convert_to_luks1(Context& context,
                                                                formats::LoadedHeader& own,
                                                                std::string_view type) {
    if (type != "LUKS1")
        return fail(Errc::NotSupported, "conversion from LUKS2 to %s is not supported",
                    std::string(type).c_str());
    auto* known = dynamic_cast<Luks2Header*>(&own);
    if (known == nullptr) return fail(Errc::InvalidArgument, "not a LUKS2 header");
    LK_ASSIGN(const auto change, known->begin_conversion(context));
    LK_ASSIGN(const luks1::Header header, converted_header(change->current()));
    const BinaryFields& binary = change->current().binary;
    if (!binary.label.empty() || !binary.subsystem.empty() ||
        !change->current().config().flags.empty() || !change->current().tokens().empty())
        context.log(LogLevel::Warning,
                    "LUKS1 keeps no label, subsystem, flags and names of keyslots: they are lost");
    LK_TRY(move_areas(context, *change->device(), change->current(), header));
    return luks1::kFormat.load(context, change->device(), {});
}

}  // namespace luks2
}  // namespace latchkey
