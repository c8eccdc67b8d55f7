// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/order.h"

#include <array>
#include <cinttypes>

#include "base/strprintf.h"
#include "latchkey/sectors.h"

namespace latchkey::userspace {
namespace {

constexpr std::uint64_t kMostSectors = UINT64_MAX / kSectorSize;
constexpr std::size_t kMostSegments = 64;  // a volume has three during its reencryption

constexpr std::size_t kMostLayers = 4;
constexpr std::size_t kMostKeys = 4;  // the old and the new; one for each cipher of a cascade

// What stands in place of a cipher.
constexpr std::string_view kInClear = "-";
constexpr std::string_view kZeros = "0";

std::string_view cipher_word(const PlanSegment& segment) {
    switch (segment.kind) {
        case SegmentKind::Crypt: return segment.cipher;
        case SegmentKind::Linear: return kInClear;
        case SegmentKind::Zero: break;
    }
    return kZeros;
}

// Writes "start length cipher iv_offset device_offset sector_size large key".  Length '-' means up to the end.
std::string segment_text(const PlanSegment& segment) {
    return strprintf("%" PRIu64 " %s %.*s %" PRIu64 " %" PRIu64 " %u %d %zu", segment.start,
                     segment.length ? std::to_string(*segment.length).c_str() : "-",
                     static_cast<int>(cipher_word(segment).size()), cipher_word(segment).data(),
                     segment.iv_offset, segment.device_offset, segment.sector_size,
                     segment.iv_large_sectors ? 1 : 0, segment.key);
}

constexpr std::size_t kSegmentWords = 8;

std::optional<std::array<std::string_view, kSegmentWords>> words_of(std::string_view text) {
    std::array<std::string_view, kSegmentWords> words;
    for (std::size_t i = 0; i < kSegmentWords; ++i) {
        const std::size_t blank = text.find(' ');
        if ((blank == std::string_view::npos) != (i + 1 == kSegmentWords)) return std::nullopt;
        words[i] = text.substr(0, blank);
        if (blank != std::string_view::npos) text.remove_prefix(blank + 1);
    }
    return words;
}

Error bad_segment(std::string_view field, std::string_view value) {
    return fail(Errc::InvalidArgument, "order: %.*s of a segment is '%.*s'",
                static_cast<int>(field.size()), field.data(), static_cast<int>(value.size()),
                value.data());
}

Result<PlanSegment> parse_segment(std::string_view text) {
    const auto words = words_of(text);
    if (!words)
        return fail(Errc::InvalidArgument, "order: segment '%.*s' has not %zu words",
                    static_cast<int>(text.size()), text.data(), kSegmentWords);
    const auto& [start, length, cipher, iv_offset, device_offset, sector_size, large, key] = *words;
    PlanSegment segment;
    const auto number = [](std::string_view field, std::string_view digits, std::uint64_t most,
                           std::uint64_t& value) -> Result<void> {
        const auto parsed = parse_number(digits);
        if (!parsed || *parsed > most) return bad_segment(field, digits);
        value = *parsed;
        return {};
    };
    std::uint64_t bytes = 0;
    std::uint64_t is_large = 0;
    std::uint64_t key_index = 0;
    LK_TRY(number("start", start, kMostSectors, segment.start));
    LK_TRY(number("iv_offset", iv_offset, UINT64_MAX, segment.iv_offset));
    LK_TRY(number("device_offset", device_offset, kMostSectors, segment.device_offset));
    LK_TRY(number("sector_size", sector_size, 4096, bytes));
    LK_TRY(number("large", large, 1, is_large));
    LK_TRY(number("key", key, kMostKeys - 1, key_index));
    if (length != "-") {
        LK_TRY(number("length", length, kMostSectors, segment.length.emplace()));
    }
    if (bytes < 512 || (bytes & (bytes - 1)) != 0) return bad_segment("sector_size", sector_size);
    if (cipher.empty()) return bad_segment("cipher", cipher);
    if (cipher == kInClear)
        segment.kind = SegmentKind::Linear;
    else if (cipher == kZeros)
        segment.kind = SegmentKind::Zero;
    else
        segment.cipher = cipher;
    segment.key = static_cast<std::size_t>(key_index);
    segment.sector_size = static_cast<std::uint32_t>(bytes);
    segment.iv_large_sectors = is_large != 0;
    return segment;
}

Result<std::string> text_in(const Message& message, const char* name) {
    const std::string_view value = message.text(name);
    if (value.empty()) return fail(Errc::InvalidArgument, "order without %s", name);
    return std::string(value);
}

Result<std::uint64_t> number_in(const Message& message, const char* name, std::uint64_t most) {
    const auto value = parse_number(message.text(name));
    if (value && *value <= most) return *value;
    return fail(Errc::InvalidArgument, "order: %s is '%s'", name,
                std::string(message.text(name)).c_str());
}

Result<std::vector<PlanKey>> keys_in(const Message& message) {
    std::vector<PlanKey> keys;
    for (const std::string_view text : message.all("key_bytes")) {
        const auto bytes = parse_number(text);
        if (!bytes || *bytes > kLongestKey || keys.size() == kMostKeys)
            return fail(Errc::InvalidArgument, "order: key_bytes is '%s'",
                        std::string(text).c_str());
        keys.push_back({.bytes = static_cast<std::size_t>(*bytes)});
    }
    if (keys.empty()) return fail(Errc::InvalidArgument, "order without key_bytes");
    return keys;
}

Result<std::vector<PlanSegment>> segments_in(const Message& message, const std::string& field,
                                             std::size_t keys) {
    const auto texts = message.all(field);
    if (texts.empty() || texts.size() > kMostSegments)
        return fail(Errc::InvalidArgument, "order with %zu segments, not 1 to %zu", texts.size(),
                    kMostSegments);
    std::vector<PlanSegment> segments;
    for (const std::string_view text : texts) {
        LK_ASSIGN(PlanSegment segment, parse_segment(text));
        if (segment.key >= keys) return bad_segment("key", std::to_string(segment.key));
        segments.push_back(std::move(segment));
    }
    return segments;
}

// Returns the name of the segments of a layer below the top, the lowest being 0.
std::string layer_field(std::size_t layer) {
    return "segment_of_layer_" + std::to_string(layer);
}

// Visits what a serving process reports about itself: calls `field(name, member)` for each, for reading or writing.
template <typename Info, typename Field>
void each_field(Info& info, const Field& field) {
    field("name", info.name);
    field("path", info.path);
    field("type", info.type);
    field("uuid", info.uuid);
    field("cipher", info.cipher);
    field("device", info.device);
    field("loop_file", info.loop_file);
    field("data_kind", info.data.kind);
    field("data_device", info.data.device);
    field("data_inode", info.data.inode);
    field("key_bits", info.key_bits);
    field("sector_size", info.sector_size);
    field("offset_sectors", info.offset_sectors);
    field("size_sectors", info.size_sectors);
    field("iv_offset_sectors", info.iv_offset_sectors);
    field("iv_large_sectors", info.iv_large_sectors);
    field("in_use", info.in_use);
    field("suspended", info.suspended);
    field("deferred_remove", info.deferred_remove);
    field("read_only", info.read_only);
    field("reencrypting", info.reencrypting);
    field("allow_discards", info.flags.allow_discards);
}

void read_field(const Message& message, std::string_view name, std::string& into) {
    into = message.text(name);
}
void read_field(const Message& message, std::string_view name, bool& into) {
    into = message.flag(name);
}
void read_field(const Message& message, std::string_view name, DeviceIdentity::Kind& into) {
    using Kind = DeviceIdentity::Kind;
    // The identity in the kernel; a process of an older version sends none.
    for (const Kind kind : {Kind::File, Kind::Block})
        if (message.number(name) == static_cast<std::uint64_t>(kind)) into = kind;
}
void read_field(const Message& message, std::string_view name, std::uint32_t& into) {
    into = static_cast<std::uint32_t>(message.number(name));
}
void read_field(const Message& message, std::string_view name, std::uint64_t& into) {
    into = message.number(name);
}

}  // namespace

Message to_message(const Order& order) {
    Message message;
    message.add("name", order.name);
    message.add("file", order.file);
    message.add("control", order.control);
    message.add("device", order.device);
    message.add_flag("read_only", order.read_only);
    message.add_flag("allow_discards", order.allow_discards);
    if (order.size_sectors) message.add("size_sectors", *order.size_sectors);
    message.add("type", order.plan.type);
    message.add("uuid", order.plan.uuid);
    for (const PlanKey& key : order.plan.keys) message.add("key_bytes", key.bytes);
    for (std::size_t i = 0; i < order.plan.below.size(); ++i)
        for (const PlanSegment& segment : order.plan.below[i].segments)
            message.add(layer_field(i), segment_text(segment));
    for (const PlanSegment& segment : order.plan.segments)
        message.add("segment", segment_text(segment));
    return message;
}

Result<Order> parse_order(const Message& message) {
    Order order;
    LK_ASSIGN(order.name, text_in(message, "name"));
    LK_ASSIGN(order.file, text_in(message, "file"));
    LK_ASSIGN(order.control, text_in(message, "control"));
    LK_ASSIGN(order.device, text_in(message, "device"));
    LK_ASSIGN(order.plan.type, text_in(message, "type"));
    order.plan.uuid = message.text("uuid");
    LK_ASSIGN(order.plan.keys, keys_in(message));
    LK_ASSIGN(const std::uint64_t read_only, number_in(message, "read_only", 1));
    LK_ASSIGN(const std::uint64_t discards, number_in(message, "allow_discards", 1));
    order.read_only = read_only != 0;
    order.allow_discards = discards != 0;
    if (message.has("size_sectors")) {
        LK_ASSIGN(order.size_sectors, number_in(message, "size_sectors", kMostSectors));
    }
    for (std::size_t i = 0; message.has(layer_field(i)); ++i) {
        if (i == kMostLayers)
            return fail(Errc::InvalidArgument, "order with more than %zu layers", kMostLayers);
        PlanLayer& layer = order.plan.below.emplace_back();
        LK_ASSIGN(layer.segments, segments_in(message, layer_field(i), order.plan.keys.size()));
    }
    LK_ASSIGN(order.plan.segments, segments_in(message, "segment", order.plan.keys.size()));
    return order;
}

Message to_message(const MappingInfo& info) {
    Message message;
    each_field(info, [&message](std::string_view name, const auto& value) {
        if constexpr (requires { std::string_view(value); })
            message.add(name, std::string_view(value));
        else
            message.add(name, static_cast<std::uint64_t>(value));
    });
    return message;
}

MappingInfo parse_info(const Message& message) {
    MappingInfo info{.active = true, .backend = "userspace"};
    each_field(info,
               [&message](std::string_view name, auto& into) { read_field(message, name, into); });
    return info;
}

}  // namespace latchkey::userspace
