// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/size_plan.h"

#include <algorithm>
#include <bit>
#include <cinttypes>
#include <limits>

#include "base/bytes.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint32_t kPage = 4096;  // bytes: the largest sector size
constexpr std::uint64_t kDataOffsetUnit =
    4096;  // bytes; requested offsets must be multiples of this, for every sector size
constexpr std::uint64_t kMaxOffset = std::numeric_limits<std::int64_t>::max();  // as off_t has it

Result<void> check_request(const SizeRequest& request) {
    const std::uint64_t header = request.header_size;
    if (header != 0 &&
        (header < kMinMetadataSize || header > kMaxMetadataSize || !std::has_single_bit(header)))
        return fail(Errc::InvalidArgument,
                    "metadata size %" PRIu64 " is not a power of two from 16 KiB to 4 MiB", header);
    if (request.keyslots_size % kKeyslotsSizeUnit != 0)
        return fail(Errc::InvalidArgument, "keyslots size %" PRIu64 " is not a multiple of 4096",
                    request.keyslots_size);
    if (request.keyslots_size > kMaxKeyslotsSize)
        return fail(Errc::InvalidArgument, "keyslots size %" PRIu64 " is more than 128 MiB",
                    request.keyslots_size);
    if (request.data_offset && *request.data_offset > kMaxOffset)
        return fail(Errc::InvalidArgument, "data offset %" PRIu64 " is too large",
                    *request.data_offset);
    if (request.data_offset && *request.data_offset % kDataOffsetUnit != 0)
        return fail(Errc::InvalidArgument, "data offset %" PRIu64 " is not a multiple of 4096",
                    *request.data_offset);
    if (request.alignment % io::kSectorSize != 0)
        return fail(Errc::InvalidArgument, "data alignment %" PRIu64 " is not a multiple of 512",
                    request.alignment);
    return {};
}

// Returns the requested data offset; 0 = choose one (for a detached header: none).
std::uint64_t requested_offset(const SizeRequest& request) {
    if (request.data_offset) return *request.data_offset;
    return request.detached ? request.alignment : 0;
}

}  // namespace

Result<SizePlan> plan_sizes(const SizeRequest& request) {
    LK_TRY(check_request(request));
    SizePlan plan;
    plan.header_size = request.header_size != 0 ? request.header_size : kDefaultHeaderSize;
    plan.data_offset = requested_offset(request);
    const std::uint64_t headers = 2 * plan.header_size;
    if (plan.data_offset != 0 && plan.data_offset < headers)
        return fail(Errc::InvalidArgument,
                    "data offset %" PRIu64 " is less than both headers (%" PRIu64 ")",
                    plan.data_offset, headers);

    std::uint64_t keyslots = request.keyslots_size;
    if (keyslots == 0 && plan.data_offset != 0) keyslots = plan.data_offset - headers;
    keyslots = std::min(keyslots - keyslots % kKeyslotsSizeUnit, kMaxKeyslotsSize);
    if (keyslots == 0) {
        keyslots = kDefaultTotalSize - headers;
        const bool too_small = request.device_size < headers + keyslots && !request.device_grows;
        // Takes the remaining space, unless it is not a whole number of pages: the peer refuses that, too.
        if (too_small && request.device_size >= headers &&
            request.device_size % kKeyslotsSizeUnit == 0)
            keyslots = request.device_size - headers;
    }
    if (plan.data_offset != 0) keyslots = std::min(keyslots, plan.data_offset - headers);
    plan.keyslots_size = keyslots - keyslots % kKeyslotsSizeUnit;

    if (plan.data_offset == 0 && !request.detached && request.alignment != 0) {
        const std::uint64_t area = plan.header_area();
        const std::uint64_t past = area % request.alignment;
        const auto aligned =
            past == 0 ? std::optional(area) : checked_add(area - past, request.alignment);
        const auto offset =
            aligned ? checked_add(*aligned, request.alignment_offset) : std::nullopt;
        if (!offset || *offset > kMaxOffset)
            return fail(Errc::InvalidArgument, "data alignment %" PRIu64 " is too large",
                        request.alignment);
        plan.data_offset = *offset;
    }
    if (plan.header_area() > request.device_size && !request.device_grows)
        return fail(Errc::DeviceTooSmall,
                    "LUKS2 headers and keyslots need %" PRIu64 " bytes, the device has %" PRIu64,
                    plan.header_area(), request.device_size);
    return plan;
}

bool suits_large_sectors(const SizeRequest& request) {
    // Here the peer counts a requested offset in 512-byte sectors, and an alignment in bytes.
    const std::uint64_t offset = requested_offset(request);
    if (offset != 0) return offset / io::kSectorSize % kPage == 0;
    return request.alignment % kPage == 0;
}

std::uint32_t choose_sector_size(const io::Topology& topology, std::uint64_t data_device_size,
                                 std::uint64_t data_offset) {
    std::uint32_t size = 512;
    if (topology.logical_block >= kPage) {
        if (topology.logical_block % kPage == 0) size = kPage;
    } else if (topology.regular_file && topology.physical_block > kPage) {
        // Some file systems report their record size, 128 KiB and more.
        if (topology.physical_block % kPage == 0) size = kPage;
    } else if (topology.physical_block > topology.logical_block &&
               topology.physical_block <= kPage &&
               topology.physical_block % topology.logical_block == 0) {
        size = topology.physical_block;
    }
    if (!std::has_single_bit(size)) size = 512;
    const std::uint64_t data_size =
        data_device_size > data_offset ? data_device_size - data_offset : 0;
    if (data_offset % size != 0 || data_size % size != 0) size = 512;
    return size;
}

std::uint64_t data_alignment(const io::Topology& topology) {
    std::uint64_t preferred = topology.minimum_io;
    // An optimal size that is not a multiple of the minimal one is a guess of the driver.
    if (topology.optimal_io > preferred && topology.optimal_io % 4096 == 0 &&
        (preferred == 0 || topology.optimal_io % preferred == 0))
        preferred = topology.optimal_io;
    if (preferred == 0 || preferred % io::kSectorSize != 0 || kMiB % preferred == 0) return kMiB;
    return preferred;
}

}  // namespace latchkey::luks2
