// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "cryptdev/crypt_device.h"
#include "latchkey/crypt_device.h"
#include "latchkey/sectors.h"
#include "latchkey/swap_guard.h"
#include "model/cipher_spec.h"

namespace latchkey {
namespace {

// Returns null for a segment that is not encrypted.
Result<std::unique_ptr<crypto::SectorCipher>> cipher_of(const cryptdev::PlacedSegment& place,
                                                        const KeyRing& keys) {
    if (place.cipher.empty()) return std::unique_ptr<crypto::SectorCipher>();
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_for_kernel(place.cipher));
    return crypto::make_sector_cipher(
        spec, keys[place.key].bytes(),
        {.sector_size = place.sector_size, .iv_large_sectors = place.iv_large_sectors});
}

void tell_tail(Context& context, const std::vector<PlanSegment>& layer, const Device& data,
               const cryptdev::PlacedSegment& last) {
    const std::uint64_t end = last.device_offset + last.length;
    const std::uint64_t rest = data.size() - std::min(data.size(), end);
    if (layer.back().length || rest < kSectorSize || rest >= last.sector_size) return;
    context.log(LogLevel::Warning,
                "the last %llu bytes of %s are not a whole sector of %u bytes: they are ignored",
                static_cast<unsigned long long>(rest), data.name().c_str(), last.sector_size);
}

// Makes the device of one layer over the one below.
Result<Device> open_layer(Context& context, const MappingPlan& plan,
                          const std::vector<PlanSegment>& layer, const KeyRing& keys,
                          const Device& below, const CryptDeviceOptions& options) {
    LK_ASSIGN(auto places,
              cryptdev::place_segments(
                  layer, plan.keys.size(), options.size_sectors, below.name(), below.size(),
                  options.read_only ? cryptdev::Tail::LeftOut : cryptdev::Tail::Refused));
    if (options.read_only && options.size_sectors.value_or(0) == 0)
        tell_tail(context, layer, below, places.back());
    std::vector<cryptdev::CryptDevice::Segment> segments;
    for (cryptdev::PlacedSegment& place : places) {
        LK_ASSIGN(auto cipher, cipher_of(place, keys));
        segments.push_back({std::move(place), std::move(cipher)});
    }
    return Device(std::make_shared<cryptdev::CryptDevice>(
        below.io(), std::move(segments), options.read_only, options.holes_read_as_zeros));
}

}  // namespace

Result<Device> open_crypt_device(Context& context, const MappingPlan& plan, const KeyRing& keys,
                                 const Device& data, const CryptDeviceOptions& options) {
    LK_TRY(plan.check_keys(keys));
    LK_TRY(plan.check_apart(data.storage(), data.name()));
    if (!options.read_only) LK_TRY(check_key_for_device(keys.front(), plan, data));
    Device layer = data;
    for (const PlanLayer& below : plan.below) {
        CryptDeviceOptions whole = options;
        whole.size_sectors.reset();
        LK_ASSIGN(layer, open_layer(context, plan, below.segments, keys, layer, whole));
    }
    return open_layer(context, plan, plan.segments, keys, layer, options);
}

Result<void> read_device(const Device& device, std::uint64_t offset_bytes,
                         std::span<std::byte> into) {
    return device.io()->read(offset_bytes, into);
}

Result<void> write_device(const Device& device, std::uint64_t offset_bytes,
                          std::span<const std::byte> bytes) {
    return device.io()->write(offset_bytes, bytes);
}

Result<void> flush_device(const Device& device) {
    return device.io()->flush();
}

}  // namespace latchkey
