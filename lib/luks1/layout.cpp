// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks1/layout.h"

#include <limits>

#include "base/bytes.h"
#include "crypto/af_splitter.h"

namespace latchkey::luks1 {
namespace {

constexpr std::uint64_t kAreaAlignmentSectors = 8;
constexpr std::uint64_t kDefaultAlignmentBytes = 1 << 20;

using ull = unsigned long long;

// Returns 1 MiB, unless the device has units that do not divide it (a RAID of odd width).
std::uint64_t topology_alignment_bytes(const io::Topology& topology) {
    std::uint64_t unit = topology.minimum_io;
    if (unit != 0 && topology.optimal_io > unit && topology.optimal_io % unit == 0 &&
        topology.optimal_io % 4096 == 0)
        unit = topology.optimal_io;
    if (unit == 0 || unit % io::kSectorSize != 0 || kDefaultAlignmentBytes % unit == 0)
        return kDefaultAlignmentBytes;
    return unit;
}

Result<std::uint32_t> as_field(std::uint64_t sectors) {
    if (sectors > std::numeric_limits<std::uint32_t>::max())
        return fail(Errc::InvalidArgument, "data offset %llu sectors > %u, LUKS1's limit",
                    static_cast<ull>(sectors), std::numeric_limits<std::uint32_t>::max());
    return static_cast<std::uint32_t>(sectors);
}

}  // namespace

std::uint64_t area_sectors(std::uint32_t key_bytes, std::uint32_t stripes) {
    return crypto::af_material_length(key_bytes, stripes) / io::kSectorSize;
}

AreaLayout standard_areas(std::uint32_t key_bytes) {
    AreaLayout layout;
    std::uint64_t offset = kFirstAreaSector;
    for (std::uint32_t& area : layout.offsets_sectors) {
        area = static_cast<std::uint32_t>(offset);
        offset = round_up(offset + area_sectors(key_bytes), kAreaAlignmentSectors);
    }
    layout.header_sectors = static_cast<std::uint32_t>(offset);
    layout.end_sectors = layout.offsets_sectors.back() + area_sectors(key_bytes);
    return layout;
}

Result<std::uint32_t> payload_offset(const PayloadRequest& request) {
    if (const std::uint64_t offset = request.offset_sectors.value_or(0); offset != 0) {
        if (request.alignment_sectors != 0 && offset % request.alignment_sectors != 0)
            return fail(Errc::InvalidArgument,
                        "data offset %llu is not a multiple of the alignment %llu sectors",
                        static_cast<ull>(offset), static_cast<ull>(request.alignment_sectors));
        if (offset < request.header_sectors)
            return fail(Errc::InvalidArgument, "data offset %llu < %u sectors, the header's size",
                        static_cast<ull>(offset), request.header_sectors);
        return as_field(offset);
    }
    if (request.detached) return as_field(request.alignment_sectors);

    // A requested alignment is used exactly; an alignment reported by the device has an offset, too.
    if (const std::uint64_t alignment = request.alignment_sectors; alignment != 0) {
        if (alignment > std::numeric_limits<std::uint32_t>::max()) return as_field(alignment);
        return as_field(round_up(request.header_sectors, alignment));
    }
    const std::uint64_t alignment = topology_alignment_bytes(request.topology) / io::kSectorSize;
    if (alignment > std::numeric_limits<std::uint32_t>::max()) return as_field(alignment);
    return as_field(round_up(request.header_sectors, alignment) +
                    request.topology.alignment_offset / io::kSectorSize);
}

}  // namespace latchkey::luks1
