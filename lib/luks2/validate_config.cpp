// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cinttypes>

#include "base/strprintf.h"
#include "luks2/header_disk.h"
#include "luks2/validate.h"

namespace latchkey::luks2 {
namespace {

std::string differ(std::uint64_t value, const char* relation, std::uint64_t bound) {
    return strprintf("%" PRIu64 " %s %" PRIu64, value, relation, bound);
}

}  // namespace

Result<Config> read_config(const Node& root, std::uint64_t header_size,
                           std::vector<std::string> requirements) {
    LK_ASSIGN(const Node node, root.object("config"));
    Config config{.requirements = std::move(requirements)};
    LK_ASSIGN(config.json_size, node.digits("json_size"));
    LK_ASSIGN(config.keyslots_size, node.digits("keyslots_size"));
    if (config.json_size != header_size - kBinaryHeaderBytes)
        return node.error("json_size",
                          differ(config.json_size, "!=", header_size - kBinaryHeaderBytes) +
                              " (hdr_size - 4096)");
    if (config.keyslots_size % kKeyslotsSizeUnit != 0)
        return node.error("keyslots_size",
                          differ(config.keyslots_size, "is not a multiple of", kKeyslotsSizeUnit));
    if (config.keyslots_size > kMaxKeyslotsSize)
        return node.error("keyslots_size", differ(config.keyslots_size, ">", kMaxKeyslotsSize));
    LK_ASSIGN(config.flags, node.texts("flags", true));
    return config;
}

std::uint64_t lowest_offset(const std::vector<Segment>& segments) {
    std::uint64_t lowest = UINT64_MAX;
    for (const Segment& segment : segments)
        if (!segment.is_backup()) lowest = std::min(lowest, segment.offset);
    return lowest;
}

Result<void> check_data_offset(const std::vector<Segment>& segments, const Config& config,
                               std::uint64_t header_size) {
    const std::uint64_t data = lowest_offset(segments);
    const std::uint64_t header_area = 2 * header_size + config.keyslots_size;  // at most 136 MiB
    if (data != 0 && data < header_area)
        return fail(Errc::CorruptHeader,
                    "segments: offset %" PRIu64 " < %" PRIu64 " (end of the keyslots area)", data,
                    header_area);
    return {};
}

}  // namespace latchkey::luks2
