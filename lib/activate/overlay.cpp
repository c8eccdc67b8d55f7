// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/overlay.h"

#include <algorithm>
#include <charconv>
#include <cinttypes>

#include "activate/crypt_params.h"
#include "activate/kernel_backend.h"
#include "base/secret_text.h"
#include "base/strprintf.h"
#include "latchkey/sectors.h"
#include "model/crypt_table.h"

namespace latchkey::activate {
namespace {

// What a line of a table does with its sectors.  Two lines that follow each other and do the same are one.
struct Strip {
    std::uint64_t start = 0;
    std::uint64_t length = 0;
    bool crypt = false;
    DeviceNumber device = {};
    std::uint64_t place = 0;          // of sector `start` on the device
    std::uint64_t iv = 0;             // of sector `start`
    CryptParams params = {};          // of type crypt
    std::string_view key_field = {};  // refers to the table

    [[nodiscard]] bool same_form(const Strip& other) const {
        return crypt == other.crypt && device == other.device &&
               (!crypt || (params.cipher == other.params.cipher &&
                           params.key_bytes == other.params.key_bytes &&
                           params.sector_size == other.params.sector_size &&
                           params.iv_large_sectors == other.params.iv_large_sectors &&
                           params.integrity == other.params.integrity));
    }
    [[nodiscard]] bool same_key(const Strip& other) const {
        return !crypt ||
               equal_in_constant_time(as_byte_view(key_field), as_byte_view(other.key_field));
    }
    [[nodiscard]] bool continues(const Strip& before) const {
        return start == before.start + before.length && same_form(before) && same_key(before) &&
               place == before.place + before.length && (!crypt || iv == before.iv + before.length);
    }
};

std::optional<Strip> strip_of(const DmTarget& target, const OverlayDevices& devices) {
    const std::string_view text = as_text(target.parameters.bytes());
    Strip strip{.start = target.start, .length = target.length};
    if (target.type == "crypt") {
        auto params = parse_crypt_params(text);
        if (!params) return std::nullopt;
        strip.crypt = true;
        strip.params = *std::move(params);
        strip.key_field = strip.params.key_field;
        strip.device = {strip.params.major, strip.params.minor};
        strip.place = strip.params.offset;
        strip.iv = strip.params.iv_offset;
    } else if (target.type == "linear") {
        const auto place = linear_place(target);
        if (!place) return std::nullopt;
        strip.device = place->device;
        strip.place = place->offset;
    } else {
        return std::nullopt;
    }
    if (devices.hotzone && strip.device == *devices.hotzone) {
        strip.device = devices.data;
        strip.place += devices.hotzone_offset;
    }
    return strip;
}

std::optional<std::vector<Strip>> strips_of(const std::vector<DmTarget>& table,
                                            const OverlayDevices& devices) {
    std::vector<Strip> strips;
    for (const DmTarget& target : table) {
        auto strip = strip_of(target, devices);
        if (!strip) return std::nullopt;
        if (!strips.empty() && strip->continues(strips.back()))
            strips.back().length += strip->length;
        else
            strips.push_back(*std::move(strip));
    }
    return strips;
}

bool same_place(const Strip& a, const Strip& b) {
    return a.start == b.start && a.length == b.length && a.place == b.place &&
           (!a.crypt || a.iv == b.iv);
}

// Returns the segments with `part`, in sectors, as one of its own, and its index.
struct Cut {
    std::vector<PlanSegment> segments;
    std::size_t part = 0;
};
Result<Cut> cut_out(const std::vector<PlanSegment>& segments, std::uint64_t from,
                    std::uint64_t length) {
    Cut cut;
    bool found = false;
    const auto add = [&](const PlanSegment& whole, std::uint64_t start, std::uint64_t end) {
        if (start >= end) return;
        PlanSegment piece = whole;
        piece.start = start;
        piece.length = end - start;
        piece.device_offset += start - whole.start;
        piece.iv_offset += start - whole.start;
        cut.segments.push_back(std::move(piece));
    };
    for (const PlanSegment& segment : segments) {
        const std::uint64_t end = segment.start + *segment.length;
        if (from < segment.start || from + length > end) {
            cut.segments.push_back(segment);
            continue;
        }
        add(segment, segment.start, from);
        cut.part = cut.segments.size();
        add(segment, from, from + length);
        add(segment, from + length, end);
        found = true;
    }
    if (!found || length == 0)
        return fail(Errc::InvalidArgument,
                    "the part of %" PRIu64 " sectors at sector %" PRIu64 " is not in one segment",
                    length, from);
    return cut;
}

}  // namespace

std::string DeviceNumber::text() const {
    return strprintf("%u:%u", major, minor);
}

std::string overlay_name(std::string_view name) {
    return std::string(name) + "-overlay";
}

std::string hotzone_name(std::string_view name, bool forward) {
    return std::string(name) + (forward ? "-hotzone-forward" : "-hotzone-backward");
}

DmTarget linear_target(std::uint64_t length, const DeviceNumber& device, std::uint64_t offset) {
    return {.length = length,
            .type = "linear",
            .parameters = SecretBuffer::copy_of(
                as_byte_view(strprintf("%s %" PRIu64, device.text().c_str(), offset)))};
}

std::optional<LinearPlace> linear_place(const DmTarget& target) {
    if (target.type != "linear") return std::nullopt;
    const std::string_view text = as_text(target.parameters.bytes());
    const auto blank = text.find(' ');
    const auto number = parse_device_number(text.substr(0, blank));
    if (!number || blank == std::string_view::npos) return std::nullopt;
    const std::string_view offset = text.substr(blank + 1);
    LinearPlace place{.device = {number->first, number->second}};
    const auto [end, error] =
        std::from_chars(offset.data(), offset.data() + offset.size(), place.offset);
    if (error != std::errc() || end != offset.data() + offset.size()) return std::nullopt;
    return place;
}

DmTarget error_target(std::uint64_t length) {
    return {.length = length, .type = "error", .parameters = {}};
}

Result<std::vector<DmTarget>> overlay_table(const MappingPlan& plan, const KeyRing& keys,
                                            const OverlayDevices& devices,
                                            std::uint64_t size_sectors,
                                            const std::optional<PlainPart>& part) {
    std::vector<PlanSegment> segments = plan.segments;
    for (PlanSegment& segment : segments) {
        const bool last = &segment == &segments.back();
        if (segment.start >= size_sectors || (!last && !segment.length))
            return fail(Errc::InvalidArgument,
                        "segment at sector %" PRIu64 " does not fit %" PRIu64 " sectors",
                        segment.start, size_sectors);
        if (last && !segment.length) segment.length = size_sectors - segment.start;
    }
    std::optional<std::size_t> on_hotzone;
    if (part) {
        LK_ASSIGN(Cut cut,
                  cut_out(segments, part->offset / kSectorSize, part->length / kSectorSize));
        segments = std::move(cut.segments);
        on_hotzone = cut.part;
    }
    LK_ASSIGN(auto table,
              model::table_targets(
                  plan, segments, {devices.data.text(), devices.shown, devices.data_bytes}, &keys));
    if (model::length_of(table) != size_sectors)
        return fail(Errc::InvalidArgument,
                    "the data have %" PRIu64 " sectors, the mapping has %" PRIu64,
                    model::length_of(table), size_sectors);
    if (!on_hotzone) return dm_targets(std::move(table));
    if (!devices.hotzone) return fail(Errc::InvalidArgument, "there is no device for the hotzone");
    // The same segment, on the device above the data device.
    PlanSegment hot = segments[*on_hotzone];
    if (hot.device_offset < devices.hotzone_offset)
        return fail(Errc::InvalidArgument,
                    "new data at sector %" PRIu64 " lie before sector %" PRIu64, hot.device_offset,
                    devices.hotzone_offset);
    hot.device_offset -= devices.hotzone_offset;
    LK_ASSIGN(auto one,
              model::table_targets(
                  plan, {hot}, {devices.hotzone->text(), devices.shown, size_sectors * kSectorSize},
                  &keys));
    table[*on_hotzone] = std::move(one.front());
    return dm_targets(std::move(table));
}

std::optional<PlainPart> part_on_hotzone(const std::vector<DmTarget>& table,
                                         const OverlayDevices& devices) {
    std::optional<PlainPart> part;
    OverlayDevices as_they_are = devices;
    as_they_are.hotzone.reset();
    for (const DmTarget& target : table) {
        const auto strip = strip_of(target, as_they_are);
        if (!strip || !devices.hotzone || strip->device != *devices.hotzone) continue;
        if (part) return std::nullopt;
        part =
            PlainPart{.offset = target.start * kSectorSize, .length = target.length * kSectorSize};
    }
    return part;
}

bool does_the_same(const std::vector<DmTarget>& table, const WantedTables& wanted,
                   const OverlayDevices& devices) {
    const auto strips = strips_of(table, devices);
    const auto keyed = strips_of(wanted.with_keys, devices);
    const auto described = strips_of(wanted.with_descriptions, devices);
    if (!strips || !keyed || !described || strips->size() != keyed->size() ||
        strips->size() != described->size())
        return false;
    for (std::size_t i = 0; i < strips->size(); ++i) {
        const Strip& strip = (*strips)[i];
        const Strip& other = strip.params.key_in_keyring ? (*described)[i] : (*keyed)[i];
        if (!strip.same_form(other) || !strip.same_key(other) || !same_place(strip, other))
            return false;
    }
    return true;
}

}  // namespace latchkey::activate
