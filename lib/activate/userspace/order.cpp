// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/order.h"

#include <array>
#include <charconv>
#include <cinttypes>

#include "base/strprintf.h"

namespace latchkey::userspace {
namespace {

// "start length cipher iv_offset device_offset sector_size large"; a length of '-' is to the end.
std::string segment_text(const CryptSegment& segment) {
    return strprintf("%" PRIu64 " %s %s %" PRIu64 " %" PRIu64 " %u %d", segment.start,
                     segment.length ? std::to_string(*segment.length).c_str() : "-",
                     segment.cipher.c_str(), segment.iv_offset, segment.device_offset,
                     segment.sector_size, segment.iv_large_sectors ? 1 : 0);
}

constexpr std::size_t kSegmentWords = 7;

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

template <typename T>
bool parse_number(std::string_view text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

Result<CryptSegment> parse_segment(std::string_view text) {
    const auto words = words_of(text);
    CryptSegment segment;
    int large = 0;
    bool good = words.has_value();
    if (good && (*words)[1] != "-") {
        segment.length.emplace();
        good = parse_number((*words)[1], *segment.length);
    }
    good = good && parse_number((*words)[0], segment.start) &&
           parse_number((*words)[3], segment.iv_offset) &&
           parse_number((*words)[4], segment.device_offset) &&
           parse_number((*words)[5], segment.sector_size) && parse_number((*words)[6], large);
    if (!good) return fail(Errc::InvalidArgument, "order with a segment that is none");
    segment.cipher = (*words)[2];
    segment.iv_large_sectors = large != 0;
    return segment;
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
    message.add("key_bytes", order.plan.key_bytes);
    for (const CryptSegment& segment : order.plan.segments)
        message.add("segment", segment_text(segment));
    return message;
}

Result<Order> parse_order(const Message& message) {
    Order order{.name = std::string(message.text("name")),
                .file = std::string(message.text("file")),
                .control = std::string(message.text("control")),
                .device = std::string(message.text("device")),
                .read_only = message.flag("read_only"),
                .allow_discards = message.flag("allow_discards"),
                .plan = {.type = std::string(message.text("type")),
                         .uuid = std::string(message.text("uuid")),
                         .key_bytes = message.number("key_bytes")}};
    if (message.has("size_sectors")) order.size_sectors = message.number("size_sectors");
    for (const std::string_view text : message.all("segment")) {
        LK_ASSIGN(CryptSegment segment, parse_segment(text));
        order.plan.segments.push_back(std::move(segment));
    }
    if (order.name.empty() || order.file.empty() || order.control.empty() ||
        order.plan.segments.empty())
        return fail(Errc::InvalidArgument, "order without name, file, control or segment");
    return order;
}

Message to_message(const MappingInfo& info) {
    Message message;
    message.add("name", info.name);
    message.add("path", info.path);
    message.add("type", info.type);
    message.add("uuid", info.uuid);
    message.add("cipher", info.cipher);
    message.add("device", info.device);
    message.add("loop_file", info.loop_file);
    message.add("key_bits", info.key_bits);
    message.add("sector_size", info.sector_size);
    message.add("offset_sectors", info.offset_sectors);
    message.add("size_sectors", info.size_sectors);
    message.add("iv_offset_sectors", info.iv_offset_sectors);
    message.add_flag("iv_large_sectors", info.iv_large_sectors);
    message.add_flag("in_use", info.in_use);
    message.add_flag("suspended", info.suspended);
    message.add_flag("read_only", info.read_only);
    message.add_flag("allow_discards", info.flags.allow_discards);
    return message;
}

MappingInfo parse_info(const Message& message) {
    return {.active = true,
            .in_use = message.flag("in_use"),
            .suspended = message.flag("suspended"),
            .read_only = message.flag("read_only"),
            .backend = "userspace",
            .name = std::string(message.text("name")),
            .path = std::string(message.text("path")),
            .type = std::string(message.text("type")),
            .uuid = std::string(message.text("uuid")),
            .cipher = std::string(message.text("cipher")),
            .key_bits = static_cast<std::uint32_t>(message.number("key_bits")),
            .device = std::string(message.text("device")),
            .loop_file = std::string(message.text("loop_file")),
            .sector_size = static_cast<std::uint32_t>(message.number("sector_size")),
            .iv_large_sectors = message.flag("iv_large_sectors"),
            .offset_sectors = message.number("offset_sectors"),
            .size_sectors = message.number("size_sectors"),
            .iv_offset_sectors = message.number("iv_offset_sectors"),
            .flags = {.allow_discards = message.flag("allow_discards")}};
}

}  // namespace latchkey::userspace
