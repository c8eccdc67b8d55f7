// SPDX-License-Identifier: LGPL-2.1-or-later
// luksFormat: writes a new header without keyslots.
#include <algorithm>
#include <cctype>
#include <limits>

#include "base/i18n.h"
#include "base/uuid.h"
#include "base/working.h"
#include "crypto/cipher.h"
#include "crypto/kdf.h"
#include "io/wipe.h"
#include "latchkey/ascii.h"
#include "luks1/digest.h"
#include "luks1/keyslot_verbs.h"
#include "luks1/layout.h"
#include "luks1/loaded_header.h"
#include "model/cipher_spec.h"

namespace latchkey::luks1 {
namespace {

constexpr std::string_view kDefaultCipher = "aes-xts-plain64";
constexpr std::string_view kDefaultHash = "sha256";
constexpr std::uint64_t kDigestTimeMs = 125;
constexpr std::uint64_t kDefaultTimeMs = 2000;
// If the payload begins beyond this, it was separated from the header on purpose, and the gap is left alone.
constexpr std::uint64_t kMaxWipeBytes = 128ULL << 20;

using ull = unsigned long long;

std::string hash_of(const FormatParams& params) {
    return params.hash.empty() ? std::string(kDefaultHash) : lower_case(params.hash);
}

Result<model::CipherSpec> cipher_of(const FormatParams& params) {
    const std::string text =
        params.cipher.empty() ? std::string(kDefaultCipher) : model::expand_cipher(params.cipher);
    LK_ASSIGN(auto spec, model::parse_cipher_spec(text));
    for (const auto part : {model::cipher_name_part(text), model::cipher_mode_part(text)})
        if (part.size() > 31)
            return fail(Errc::InvalidArgument, "cipher part \"%s\": %zu bytes > 31, LUKS1's limit",
                        std::string(part).c_str(), part.size());
    return spec;
}

// Uses an eighth of the time of a keyslot, as far as the requested time allows.
Result<std::uint32_t> digest_iterations(Context& context, const FormatParams& params,
                                        const Header& header) {
    if (params.kdf.forced_iterations) return kMinIterations;
    KdfRequest request{.type = std::string(model::kPbkdf2), .hash = header.hash};
    if (params.kdf.time_ms != 0)
        request.time_ms = params.kdf.time_ms;
    else
        request.time_ms = kDefaultTimeMs;
    const Working working(context, N_("measuring %s"), request.type.c_str());
    LK_ASSIGN(const auto kdf, crypto::choose_kdf(request, header.key_bytes, context.cancelled()));
    const std::uint64_t product = checked_multiply(kdf.iterations, kDigestTimeMs)
                                      .value_or(std::numeric_limits<std::uint64_t>::max());
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
        product / request.time_ms, kMinIterations, std::numeric_limits<std::uint32_t>::max()));
}

Result<std::string> uuid_of(Context& context, const FormatParams& params) {
    if (params.uuid.empty()) {
        std::array<std::byte, 16> random{};
        LK_TRY(context.random->fill(random));
        return make_uuid(random);
    }
    return checked_uuid(params.uuid);
}

Result<std::uint32_t> payload_of(const io::Topology& topology, const FormatParams& params,
                                 std::uint32_t key_bytes) {
    return payload_offset({.header_sectors = standard_areas(key_bytes).header_sectors,
                           .offset_sectors = params.data_offset_sectors,
                           .alignment_sectors = params.alignment_sectors,
                           .detached = params.detached,
                           .topology = topology});
}

Result<Header> plan_header(Context& context, const io::BlockDevice& device,
                           const FormatParams& params, const VolumeKey& key) {
    Header header;
    LK_ASSIGN(const auto spec, cipher_of(params));
    header.cipher_name = model::cipher_name_part(spec.text);
    header.cipher_mode = model::cipher_mode_part(spec.text);
    header.hash = hash_of(params);
    header.key_bytes = static_cast<std::uint32_t>(key.size());
    const AreaLayout areas = standard_areas(header.key_bytes);
    for (std::size_t i = 0; i < header.keyslots.size(); ++i)
        header.keyslots[i].area_offset_sectors = areas.offsets_sectors[i];
    LK_ASSIGN(header.payload_offset_sectors,
              payload_of(device.topology(), params, header.key_bytes));
    LK_ASSIGN(header.uuid, uuid_of(context, params));
    LK_TRY(context.random->fill(header.digest_salt));
    LK_ASSIGN(header.digest_iterations, digest_iterations(context, params, header));
    LK_ASSIGN(header.digest, digest_of(context, header, key.bytes()));
    return header;
}

// Returns the length of the area to clear: everything before the data, if it belongs to this header.
std::uint64_t wipe_bytes(std::uint32_t key_bytes, std::uint32_t payload_sectors, bool detached) {
    const std::uint64_t areas =
        std::uint64_t{standard_areas(key_bytes).header_sectors} * io::kSectorSize;
    const std::uint64_t payload = std::uint64_t{payload_sectors} * io::kSectorSize;
    return detached || payload > kMaxWipeBytes ? areas : payload;
}

Result<void> too_small(const io::BlockDevice& device, std::uint64_t bytes) {
    return fail(Errc::DeviceTooSmall, "LUKS1 needs at least %llu bytes, %s has %llu",
                static_cast<ull>(bytes), device.name().c_str(), static_cast<ull>(device.size()));
}

// A file is grown.  A device that holds only the header may end with the last area.
Result<std::uint64_t> make_room(io::BlockDevice& device, const Header& header, bool detached) {
    const std::uint64_t end = wipe_bytes(header.key_bytes, header.payload_offset_sectors, detached);
    if (device.size() >= end) return end;
    if (device.topology().regular_file) {
        LK_TRY(device.grow(end));
        return end;
    }
    const std::uint64_t least = header.areas_end_bytes();
    if (detached && device.size() >= least) return device.size();
    LK_TRY(too_small(device, detached ? least : end));
    return end;
}

// Fills all areas, so that used and unused ones look alike.
Result<void> fill_areas(Context& context, io::BlockDevice& device, const Header& header) {
    for (const Keyslot& keyslot : header.keyslots)
        LK_TRY(io::wipe(context, device,
                        {.offset = std::uint64_t{keyslot.area_offset_sectors} * io::kSectorSize,
                         .length = header.area_bytes()},
                        io::WipePattern::Random));
    return {};
}

}  // namespace

std::uint64_t usual_data_offset(const FormatParams& params) {
    constexpr std::uint64_t kAlignmentSectors = 2048;  // 1 MiB
    return round_up(standard_areas(params.key_bytes).header_sectors, kAlignmentSectors);
}

Result<void> check_create(Context& context, const FormatParams& params) {
    if (params.sector_size != 0 && params.sector_size != 512)
        return fail(Errc::NotSupported, "LUKS1 sector size %u != 512", params.sector_size);
    if (!params.label.empty() || !params.subsystem.empty())
        return fail(Errc::NotSupported, "LUKS1 has no label and no subsystem");
    if (params.metadata_size != 0 || params.keyslots_size != 0)
        return fail(Errc::NotSupported, "LUKS1 metadata and keyslots have no other size");
    if (params.key_bytes > kMaxKeyBytes)
        return fail(Errc::InvalidArgument, "key bytes %u > %u", params.key_bytes, kMaxKeyBytes);
    LK_TRY(check_keyslot_wish(params.kdf.type, "", ""));
    LK_ASSIGN(const auto spec, cipher_of(params));
    if (spec.is_null())
        LK_TRY(formats::check_null_keyslot(context.policy, "LUKS1", spec.text, true));
    if (!params.uuid.empty()) LK_TRY(checked_uuid(params.uuid));
    LK_TRY(check_hash(hash_of(params)));
    if (params.key_bytes == 0) return {};
    LK_TRY(crypto::check_cipher(spec, params.key_bytes));
    // Checks everything about the place of the data except the topology, which only moves it to an aligned place.
    LK_TRY(payload_of({}, params, params.key_bytes));
    return {};
}

Result<void> check_room(const io::BlockDevice& device, const io::BlockDevice*,
                        const FormatParams& params) {
    LK_ASSIGN(const std::uint32_t payload, payload_of(device.topology(), params, params.key_bytes));
    const AreaLayout areas = standard_areas(params.key_bytes);
    const bool grows = device.topology().regular_file && (params.detached || params.header_alone);
    if (grows) return {};
    if (params.detached) {
        const std::uint64_t least = areas.end_sectors * io::kSectorSize;
        return device.size() >= least ? Result<void>() : too_small(device, least);
    }
    if (params.header_alone) {
        const std::uint64_t end = wipe_bytes(params.key_bytes, payload, false);
        return device.size() >= end ? Result<void>() : too_small(device, end);
    }
    const std::uint64_t least = (std::uint64_t{payload} + 1) * io::kSectorSize;
    if (device.size() >= least) return {};
    auto refused = too_small(device, least);
    if (params.data_offset_sectors.value_or(0) == 0 &&
        device.size() >= (std::uint64_t{areas.header_sectors} + 1) * io::kSectorSize)
        return std::move(refused).error().with_hint(
            translate(N_("--align-payload 8 leaves room for data")));
    return refused;
}

Result<std::unique_ptr<formats::LoadedHeader>> create(Context& context,
                                                      std::shared_ptr<io::BlockDevice> device,
                                                      io::BlockDevice* data,
                                                      const FormatParams& params,
                                                      const VolumeKey& key) {
    FormatParams checked = params;
    checked.key_bytes =
        static_cast<std::uint32_t>(std::min<std::size_t>(key.size(), kMaxKeyBytes + 1));
    checked.detached = params.detached || data != nullptr;
    if (params.key_bytes != 0 && params.key_bytes != key.size())
        return fail(Errc::InvalidArgument, "volume key of %zu bytes, %u were asked for", key.size(),
                    params.key_bytes);
    LK_TRY(check_create(context, checked));
    LK_ASSIGN(const Header header, plan_header(context, *device, checked, key));
    LK_TRY(parse(record_bytes(serialize(header))));

    LK_ASSIGN(const auto lock, formats::lock_metadata(context, *device));
    LK_ASSIGN(const std::uint64_t end, make_room(*device, header, checked.detached));
    // Each step is on disk before the next one, so a crash leaves no header or a complete one.
    LK_TRY(io::wipe(context, *device, {.offset = 0, .length = end}, io::WipePattern::Zero));
    LK_TRY(fill_areas(context, *device, header));
    LK_TRY(write_header(*device, header));
    LK_ASSIGN(StoredHeader stored, read_header(*device));
    if (stored.header != header)
        return fail(Errc::Io, "%s does not give back the header that was written",
                    device->name().c_str());
    return make_loaded_header(std::move(device), std::move(stored), checked.detached);
}

}  // namespace latchkey::luks1
