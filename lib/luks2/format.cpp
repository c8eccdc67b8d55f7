// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes new headers: sizes, an empty keyslots area, one segment and its digest.
#include <algorithm>
#include <array>
#include <cinttypes>

#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "base/uuid.h"
#include "crypto/hash.h"
#include "io/wipe.h"
#include "luks2/digest.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/size_plan.h"

namespace latchkey::luks2 {
namespace {

static_assert(formats::kLargestHeaderArea == 2 * kHeaderSizes.back() + kMaxKeyslotsSize);

Result<std::uint64_t> in_bytes(const char* what, std::uint64_t sectors) {
    if (const auto bytes = checked_multiply(sectors, io::kSectorSize)) return *bytes;
    return fail(Errc::InvalidArgument, "%s of %" PRIu64 " sectors is too large", what, sectors);
}

// Returns the requested sizes; size_request adds those that depend on the devices.
Result<SizeRequest> requested_sizes(const FormatParams& params) {
    SizeRequest request{.header_size = params.metadata_size,
                        .keyslots_size = params.keyslots_size,
                        .detached = params.detached,
                        .device_grows = true};
    LK_ASSIGN(request.alignment, in_bytes("data alignment", params.alignment_sectors));
    if (params.data_offset_sectors) {
        LK_ASSIGN(request.data_offset, in_bytes("data offset", *params.data_offset_sectors));
        if (request.alignment != 0 && *request.data_offset % request.alignment != 0)
            return fail(Errc::InvalidArgument,
                        "data offset %" PRIu64 " is not a multiple of the alignment %" PRIu64,
                        *request.data_offset, request.alignment);
    }
    return request;
}

Result<SizePlan> plan_for(const io::BlockDevice& device, const FormatParams& params,
                          bool may_grow) {
    LK_ASSIGN(SizeRequest request, requested_sizes(params));
    const io::Topology topology = device.topology();
    request.device_size = device.size();
    request.device_grows = topology.regular_file && may_grow;
    if (request.alignment == 0 && !params.detached) {
        request.alignment = data_alignment(topology);
        request.alignment_offset = topology.alignment_offset;
    }
    return plan_sizes(request);
}

Result<void> check_sector_size(std::uint32_t sector_size) {
    constexpr std::array<std::uint32_t, 5> kSizes = {0, 512, 1024, 2048, 4096};  // 0 = choose
    if (std::find(kSizes.begin(), kSizes.end(), sector_size) == kSizes.end())
        return fail(Errc::InvalidArgument, "sector size %" PRIu32 " is not 512, 1024, 2048 or 4096",
                    sector_size);
    return {};
}

Result<std::uint32_t> sector_size_for(const io::BlockDevice* data, const FormatParams& params,
                                      std::uint64_t offset) {
    // Without a data device its properties are unknown; every device accepts 512.
    const std::uint64_t size = data != nullptr ? data->size() : 0;
    if (params.sector_size == 0) {
        LK_ASSIGN(const SizeRequest request, requested_sizes(params));
        return data != nullptr && suits_large_sectors(request)
                   ? choose_sector_size(data->topology(), size, offset)
                   : 512;
    }
    if (offset % params.sector_size != 0)
        return fail(Errc::InvalidArgument, "data offset %" PRIu64 " is not a multiple of %" PRIu32,
                    offset, params.sector_size);
    const std::uint64_t data_size = size > offset ? size - offset : 0;
    if (data_size % params.sector_size != 0)
        return fail(Errc::InvalidArgument,
                    "data size %" PRIu64 " is not a multiple of the sector size %" PRIu32,
                    data_size, params.sector_size);
    return params.sector_size;
}

Result<Metadata> first_metadata(Context& context, const FormatParams& params, const SizePlan& plan,
                                std::uint32_t sector_size, const VolumeKey& key) {
    LK_ASSIGN(const std::uint64_t iterations,
              digest_iterations(context, params.hash, key.size(), !params.kdf.forced_iterations));
    LK_ASSIGN(Digest digest, make_digest(context, key.bytes(), params.hash, iterations));
    digest.segments = {0};
    const Segment segment{.type = "crypt",
                          .offset = plan.data_offset,
                          .encryption = params.cipher,
                          .sector_size = sector_size};
    Json document = empty_document(plan.header_size, plan.keyslots_size);
    add_segment(document, segment);
    add_digest(document, digest);

    BinaryFields binary{.header_size = plan.header_size,
                        .sequence_id = 1,
                        .label = params.label,
                        .subsystem = params.subsystem,
                        .uuid = params.uuid};
    if (binary.uuid.empty()) {
        std::array<std::byte, 16> random{};
        LK_TRY(context.random->fill(random));
        binary.uuid = make_uuid(random);
    } else {
        LK_ASSIGN(binary.uuid, checked_uuid(params.uuid));
    }
    return Metadata::from_json(std::move(binary), std::move(document));
}

void warn_of_sizes(const Context& context, const SizePlan& plan, const io::BlockDevice* data) {
    if (plan.keyslots_size < kSmallKeyslotsSize)
        context.log(LogLevel::Warning,
                    "WARNING: keyslots area (%" PRIu64
                    " bytes) is very small, available LUKS2 "
                    "keyslot count is very limited",
                    plan.keyslots_size);
    if (data != nullptr && data->size() <= plan.data_offset)
        context.log(LogLevel::Warning,
                    "device %s is too small for activation, there is no remaining space "
                    "for data",
                    data->name().c_str());
}

// Returns which option would make such a device large enough; "" if none would.
std::string advice_for_small(const io::BlockDevice& device, const FormatParams& params) {
    constexpr std::uint64_t kEnough = 0x40000;  // bytes of keyslots: one with a key of 512 bits
    FormatParams smaller = params;
    smaller.metadata_size = 0;
    smaller.keyslots_size = kEnough;
    const auto fits = [&] {
        const auto plan = plan_for(device, smaller, false);
        return plan && device.size() >= plan->data_offset + io::kSectorSize;
    };
    if (fits()) return translate(N_("--luks2-keyslots-size 256k leaves room for data"));
    const std::uint64_t least = (2 * kDefaultHeaderSize + kEnough) / io::kSectorSize;
    smaller.data_offset_sectors = least;
    smaller.alignment_sectors = 0;
    if (!fits()) return {};
    return strprintf(
        translate("--luks2-keyslots-size 256k --offset %" PRIu64 " leaves room for data"), least);
}

// Clears second copies of older headers from `offset` on, where a header with larger areas had them.
Result<void> clear_second_copies(Context& context, io::BlockDevice& device, std::uint64_t offset) {
    for (const std::uint64_t place : kHeaderSizes) {
        if (place < offset || place + sizeof(HeaderDisk) > device.size()) continue;
        std::array<std::byte, kSecondaryMagic.size()> begin{};
        LK_TRY(device.read(place, begin));
        if (!std::ranges::equal(begin, std::as_bytes(std::span(kSecondaryMagic)))) continue;
        LK_TRY(io::wipe(context, device, {.offset = place, .length = sizeof(HeaderDisk)},
                        io::WipePattern::Zero));
    }
    return {};
}

}  // namespace

std::uint64_t usual_data_offset(const FormatParams& params) {
    constexpr std::uint64_t kAlignment = 0x100000;  // bytes
    const std::uint64_t header =
        params.metadata_size != 0 ? params.metadata_size : kDefaultHeaderSize;
    const std::uint64_t keyslots =
        params.keyslots_size != 0 ? params.keyslots_size : kDefaultTotalSize - 2 * header;
    return round_up(2 * header + keyslots, kAlignment) / io::kSectorSize;
}

Result<void> check_room(const io::BlockDevice& device, const io::BlockDevice* data,
                        const FormatParams& params) {
    const bool attached = !params.detached && !params.header_alone;
    auto plan = plan_for(device, params, !attached);
    if (!plan && attached && plan.error().code == Errc::DeviceTooSmall)
        return std::move(plan).error().with_hint(advice_for_small(device, params));
    if (!plan) return std::move(plan).error();
    LK_ASSIGN(const std::uint32_t sector_size,
              sector_size_for(params.detached ? data : &device, params, plan->data_offset));
    if (!attached || device.size() >= plan->data_offset + sector_size) return {};
    return fail(Errc::DeviceTooSmall,
                "device %s of %" PRIu64 " bytes is too small: data would begin at %" PRIu64,
                device.name().c_str(), device.size(), plan->data_offset)
        .with_hint(advice_for_small(device, params));
}

Result<void> check_create(Context&, const FormatParams& params) {
    LK_ASSIGN(const SizeRequest request, requested_sizes(params));
    LK_ASSIGN([[maybe_unused]] const SizePlan plan, plan_sizes(request));
    LK_TRY(check_labels(params.label, params.subsystem));
    LK_TRY(check_sector_size(params.sector_size));
    LK_ASSIGN([[maybe_unused]] const std::size_t hash, crypto::hash_length(params.hash));
    if (!params.uuid.empty()) LK_TRY(checked_uuid(params.uuid));
    return {};
}

Result<std::unique_ptr<formats::LoadedHeader>> create_header(
    Context& context, std::shared_ptr<io::BlockDevice> device, io::BlockDevice* data,
    const FormatParams& params, const VolumeKey& key) {
    LK_TRY(check_create(context, params));
    LK_ASSIGN(const SizePlan plan, plan_for(*device, params, true));
    LK_ASSIGN(const auto lock, formats::lock_metadata(context, *device));
    if (device->size() < plan.header_area()) LK_TRY(device->grow(plan.header_area()));
    const io::BlockDevice* data_device = params.detached ? data : device.get();
    LK_ASSIGN(const std::uint32_t sector_size,
              sector_size_for(data_device, params, plan.data_offset));
    LK_ASSIGN(Metadata metadata, first_metadata(context, params, plan, sector_size, key));

    // No part of an older header or file system may stay visible, at any offset where programs look for one.  What
    // follows a detached header is not part of the volume.
    const std::uint64_t room =
        params.detached ? plan.header_area() : std::min(plan.data_offset, device->size());
    // Clears old content that the largest header would cover.
    const std::uint64_t length = std::min(room, formats::kLargestHeaderArea);
    LK_TRY(io::wipe(context, *device, {.offset = 0, .length = length}, io::WipePattern::Zero));
    if (params.detached) LK_TRY(clear_second_copies(context, *device, length));
    LK_TRY(io::wipe(context, *device,
                    {.offset = 2 * plan.header_size, .length = plan.keyslots_size},
                    io::WipePattern::Random));
    LK_TRY(write_metadata(context, *device, metadata));
    warn_of_sizes(context, plan, data_device);
    return std::make_unique<Luks2Header>(std::move(device),
                                         StoredMetadata{.metadata = std::move(metadata)}, true);
}

}  // namespace latchkey::luks2
