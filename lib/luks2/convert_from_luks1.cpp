// SPDX-License-Identifier: LGPL-2.1-or-later
// Converts LUKS1 to LUKS2 in place (docs/formats/luks2.md section 10).  At every moment one of the headers opens, by
// the keyslots that take a detour (detour.h).  These are all keyslots if there is room after the areas, or if there
// are few keyslots.
#include <algorithm>
#include <cinttypes>

#include "base/base64.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "crypto/af_splitter.h"
#include "crypto/cipher.h"
#include "io/mem_device.h"
#include "luks1/layout.h"
#include "luks1/loaded_header.h"
#include "luks1/store.h"
#include "luks2/area_layout.h"
#include "luks2/detour.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/size_plan.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kFirstArea = 4096;  // bytes; where LUKS1's areas must begin
constexpr std::uint64_t kHeadersEnd = 2 * kConvertedHeaderSize;
constexpr std::string_view kLuksmetaMagic = "LUKSMETA";

std::string decimal(std::uint64_t value) {
    return std::to_string(value);
}

// Uses the member order of the peer's conversion, which differs from that of its new keyslots.
Json keyslot_json(const luks1::Header& header, const luks1::Keyslot& keyslot) {
    const std::uint64_t offset =
        std::uint64_t{keyslot.area_offset_sectors} * io::kSectorSize + kConversionShift;
    return {{"type", "luks2"},
            {"key_size", header.key_bytes},
            {"kdf",
             {{"type", "pbkdf2"},
              {"hash", header.hash},
              {"iterations", keyslot.iterations},
              {"salt", to_base64(keyslot.salt)}}},
            {"af", {{"type", "luks1"}, {"hash", header.hash}, {"stripes", crypto::kAfStripes}}},
            {"area",
             {{"type", "raw"},
              {"encryption", header.cipher()},
              {"key_size", header.key_bytes},
              {"offset", decimal(offset)},
              {"size", decimal(area_size_for_key(header.key_bytes))}}}};
}

Result<Metadata> converted_metadata(const luks1::Header& header, std::uint64_t areas_limit) {
    const std::uint64_t room = areas_limit - kHeadersEnd;
    const std::uint64_t keyslots_size = std::min(room - room % kKeyslotsSizeUnit, kMaxKeyslotsSize);
    Json document = empty_document(kConvertedHeaderSize, keyslots_size);
    Json names = Json::array();
    for (int i = 0; i < luks1::kKeyslotCount; ++i) {
        if (!header.keyslot(i).enabled()) continue;
        document["keyslots"][decimal(static_cast<std::uint64_t>(i))] =
            keyslot_json(header, header.keyslot(i));
        names.push_back(decimal(static_cast<std::uint64_t>(i)));
    }
    const std::uint64_t data_offset =
        std::uint64_t{header.payload_offset_sectors} * io::kSectorSize;
    document["segments"]["0"] = {
        {"type", "crypt"},   {"offset", decimal(data_offset)}, {"iv_tweak", "0"},
        {"size", "dynamic"}, {"encryption", header.cipher()},  {"sector_size", 512}};
    document["digests"]["0"] = {{"type", "pbkdf2"},
                                {"keyslots", std::move(names)},
                                {"segments", Json::array({"0"})},
                                {"hash", header.hash},
                                {"salt", to_base64(header.digest_salt)},
                                {"digest", to_base64(header.digest)},
                                {"iterations", header.digest_iterations}};
    BinaryFields binary{.header_size = kConvertedHeaderSize, .sequence_id = 1, .uuid = header.uuid};
    return Metadata::from_json(std::move(binary), std::move(document));
}

Result<void> check_convertible(const luks1::Header& header) {
    std::uint32_t lowest = header.keyslots[0].area_offset_sectors;
    for (int i = 0; i < luks1::kKeyslotCount; ++i) {
        const luks1::Keyslot& keyslot = header.keyslot(i);
        lowest = std::min(lowest, keyslot.area_offset_sectors);
        if (keyslot.invalid()) return luks1::invalid_state_error(i, keyslot);
    }
    if (lowest != luks1::kFirstAreaSector)
        return fail(Errc::NotSupported,
                    "cannot convert: first keyslot area at sector %" PRIu32 " != %" PRIu32, lowest,
                    luks1::kFirstAreaSector);
    if (header.stripes != crypto::kAfStripes)
        return fail(Errc::NotSupported,
                    "cannot convert: keyslots have %" PRIu32 " AF stripes, not %" PRIu32,
                    header.stripes, crypto::kAfStripes);
    // LUKS2 has no keyslot cipher that equals the data's.
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_spec(header.cipher()));
    if (spec.is_null() || !spec.kernel_name.empty())
        return fail(Errc::NotSupported, "cannot convert: cipher %s cannot encrypt LUKS2 keyslots",
                    spec.text.c_str());
    return crypto::check_cipher(spec, header.key_bytes);
}

// Refuses if the conversion would overwrite data of the program luksmeta after the keyslots.
Result<void> refuse_luksmeta(const io::BlockDevice& device, std::uint64_t offset) {
    if (device.size() < offset + kLuksmetaMagic.size()) return {};
    Bytes bytes(kLuksmetaMagic.size());
    LK_TRY(device.read(offset, bytes));
    if (std::ranges::equal(bytes, as_byte_view(kLuksmetaMagic)))
        return fail(Errc::NotSupported, "cannot convert: LUKSMETA data at byte %" PRIu64, offset);
    return {};
}

// Returns the headers as they will lie on the device; made in memory.
Result<Bytes> header_bytes(Context& context, Metadata& metadata) {
    io::MemDevice scratch(Bytes(metadata.header_area_bytes()), "<converted header>");
    LK_TRY(write_metadata(context, scratch, metadata));
    const ByteView headers = scratch.bytes().first(kHeadersEnd);
    return Bytes(headers.begin(), headers.end());
}

// The previous content of the device, from the first area on.
class OldBytes {
  public:
    static Result<OldBytes> read(const io::BlockDevice& device, std::uint64_t end) {
        OldBytes old;
        old.bytes_.resize(end - kFirstArea);
        // Bytes after the end of a file are zeros.
        const std::uint64_t there = std::min(end, device.size()) - kFirstArea;
        LK_TRY(device.read(kFirstArea, MutableByteView(old.bytes_).first(there)));
        return old;
    }
    [[nodiscard]] ByteView at(std::uint64_t offset, std::uint64_t length) const {
        return ByteView(bytes_).subspan(offset - kFirstArea, length);
    }

  private:
    Bytes bytes_;
};

Result<void> write_and_flush(io::BlockDevice& device, std::uint64_t offset, ByteView bytes) {
    LK_TRY(device.write(offset, bytes));
    return device.flush();
}

// Writes LUKS2's headers over LUKS1's.  Until the first sector changes, the header is LUKS1's, which refers only to
// detours.  After that the secondary copy counts until the primary is complete.
Result<void> write_headers(io::BlockDevice& device, ByteView headers) {
    LK_TRY(write_and_flush(device, kFirstArea, headers.subspan(kFirstArea)));
    LK_TRY(write_and_flush(device, 0, headers.first(io::kSectorSize)));
    return write_and_flush(device, io::kSectorSize,
                           headers.subspan(io::kSectorSize, kFirstArea - io::kSectorSize));
}

}  // namespace

Result<std::unique_ptr<formats::LoadedHeader>> convert_from_luks1(Context& context,
                                                                  formats::LoadedHeader& other) {
    if (other.type() != "LUKS1")
        return fail(Errc::NotSupported, "conversion from %s to LUKS2 is not supported",
                    std::string(other.type()).c_str());
    LK_ASSIGN(const auto change, luks1::begin_change(context, other));
    const luks1::Header header = change->current();
    std::shared_ptr<io::BlockDevice> device = change->device();
    LK_TRY(check_convertible(header));

    const std::uint64_t old_end = round_up(header.areas_end_bytes(), kAreaAlignment);
    const std::uint64_t new_end = old_end + kConversionShift;
    // Includes disabled keyslots, because nothing else limits their areas.
    if (new_end > kHeadersEnd + kMaxKeyslotsSize)
        return fail(Errc::NotSupported,
                    "cannot convert: keyslot areas end at byte %" PRIu64 ", LUKS2's at %" PRIu64
                    " at most",
                    old_end, kHeadersEnd + kMaxKeyslotsSize - kConversionShift);
    LK_TRY(refuse_luksmeta(*device, old_end));
    const bool detached = header.payload_offset_sectors == 0;
    const std::uint64_t payload = std::uint64_t{header.payload_offset_sectors} * io::kSectorSize;
    if (!detached && payload < new_end)
        return fail(Errc::NoSpace, "cannot convert: data at byte %" PRIu64 ", LUKS2 needs %" PRIu64,
                    payload, new_end);
    // Growing a file is the last step that can be refused.
    const bool grows = device->size() < new_end && device->topology().regular_file;
    if (device->size() < new_end && !grows)
        return fail(Errc::DeviceTooSmall,
                    "cannot convert: %s has %" PRIu64 " bytes, LUKS2 needs %" PRIu64,
                    device->name().c_str(), device->size(), new_end);
    const std::uint64_t size = std::max(device->size(), new_end);
    // Data may begin after the end of a detached header's file; the keyslots area may not.
    const std::uint64_t limit = detached ? size : std::min(payload, size);
    LK_ASSIGN(Metadata metadata, converted_metadata(header, limit));
    LK_ASSIGN(const Bytes headers, header_bytes(context, metadata));

    const std::uint64_t area_size = area_size_for_key(header.key_bytes);
    const std::vector<Detour> detours = plan_detours({header, area_size, kHeadersEnd, limit});
    if (std::ssize(detours) < header.enabled_keyslots())
        context.log(LogLevel::Warning,
                    "no space to keep a copy of every keyslot: do not interrupt the conversion");
    std::uint64_t end = new_end;
    for (const Detour& detour : detours) end = std::max(end, detour.place + area_size);
    LK_ASSIGN(const OldBytes old, OldBytes::read(*device, std::min(end, size)));
    LK_TRY(device->grow(size));

    const std::uint64_t area_bytes = luks1::area_sectors(header.key_bytes) * io::kSectorSize;
    const auto old_area = [&](int keyslot) {
        return old.at(std::uint64_t{header.keyslot(keyslot).area_offset_sectors} * io::kSectorSize,
                      area_bytes);
    };
    for (const Detour& detour : detours)
        LK_TRY(device->write(detour.place, old_area(detour.keyslot)));
    LK_TRY(device->flush());
    LK_TRY(change->commit(with_detours(header, detours)));
    for (const Keyslot& keyslot : metadata.keyslots())
        LK_TRY(device->write(keyslot.area.offset, old_area(keyslot.number)));
    LK_TRY(device->flush());
    LK_TRY(write_headers(*device, headers));

    // Everything else moves too, over the detours, so that no second copy of an area is left.
    for (const Detour& detour : detours) {
        const std::uint64_t from = std::max(detour.place, new_end);
        if (const std::uint64_t to = detour.place + area_bytes; from < to)
            LK_TRY(device->write(from, old.at(from, to - from)));
    }
    LK_TRY(write_and_flush(*device, kHeadersEnd, old.at(kFirstArea, old_end - kFirstArea)));
    return std::make_unique<Luks2Header>(std::move(device),
                                         StoredMetadata{.metadata = std::move(metadata)}, true);
}

}  // namespace latchkey::luks2
