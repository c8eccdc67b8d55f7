// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/volume.h"
#include "volume/cut_start.h"
#include "volume/header_area.h"

namespace latchkey {

namespace {

// Logs what a support engineer needs to know about a header but cannot see.
void tell_header(const Context& context, const Device& device,
                 const formats::LoadedHeader& header) {
    using ull = unsigned long long;
    const VolumeInfo info = header.info();
    context.debug("header on %s: %s, uuid %s, sequence %llu, area of %llu bytes%s",
                  device.name().c_str(), info.type.c_str(), info.uuid.c_str(),
                  static_cast<ull>(info.sequence_id), static_cast<ull>(header.header_area_bytes()),
                  info.damaged_copy ? ", a copy is damaged" : "");
    context.debug("data: cipher %s, key of %u bytes, from byte %llu, sectors of %u bytes",
                  info.cipher.c_str(), info.key_bytes, static_cast<ull>(info.data_offset),
                  info.sector_size);
    for (const std::string& requirement : info.requirements)
        context.debug("requirement %s", requirement.c_str());
    for (const KeyslotInfo& slot : header.keyslots())
        context.debug(
            "keyslot %d: %s, %s %s, cost %llu, %llu KiB, %u lanes, area of %llu bytes at "
            "byte %llu, %s",
            slot.number, slot.type.c_str(), slot.kdf_type.c_str(), slot.kdf_hash.c_str(),
            static_cast<ull>(slot.kdf_iterations), static_cast<ull>(slot.kdf_memory_kib),
            slot.kdf_lanes, static_cast<ull>(slot.area_size), static_cast<ull>(slot.area_offset),
            slot.area_cipher.c_str());
    for (const TokenInfo& token : header.tokens())
        context.debug("token %d: %s", token.number, token.type.c_str());
}

}  // namespace

Result<Volume> Volume::load(Context& context, Device metadata, const LoadOptions& options) {
    auto header = formats::load(context, metadata.io(), options);
    if (!header && header.error().code == Errc::NotThisFormat)
        if (const auto mark = volume::read_start_mark(*metadata.io()))
            return volume::cut_short(metadata.name(), mark->shift);
    if (!header) return volume::without_header(std::move(header).error(), metadata);
    tell_header(context, metadata, **header);
    return Volume(std::move(metadata), std::move(header).value());
}

}  // namespace latchkey
