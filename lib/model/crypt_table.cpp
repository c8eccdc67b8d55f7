// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/crypt_table.h"

#include <array>
#include <cinttypes>
#include <string_view>

#include "base/bytes.h"
#include "base/strprintf.h"

namespace latchkey::model {
namespace {

constexpr std::uint64_t kSector = 512;  // bytes

// Names of persistent flags in headers, and of dm-crypt's arguments, in the order of the peer's tables.
struct FlagName {
    std::string_view header;
    std::string_view table;
};
constexpr std::array<FlagName, 6> kFlags = {{
    {"allow-discards", "allow_discards"},
    {"same-cpu-crypt", "same_cpu_crypt"},
    {"submit-from-crypt-cpus", "submit_from_crypt_cpus"},
    {"no-read-workqueue", "no_read_workqueue"},
    {"no-write-workqueue", "no_write_workqueue"},
    {"high_priority", "high_priority"},
}};

Result<std::uint64_t> length_sectors(const CryptSegment& segment, const std::string& device,
                                     std::uint64_t device_bytes) {
    const std::uint64_t device_sectors = device_bytes / kSector;
    if (segment.device_offset >= device_sectors)
        return fail(Errc::DeviceTooSmall,
                    "device %s has %" PRIu64 " sectors, its data begin at sector %" PRIu64
                    ": no space is left for data",
                    device.c_str(), device_sectors, segment.device_offset);
    const std::uint64_t left = device_sectors - segment.device_offset;
    const std::uint64_t length = segment.length.value_or(left);
    if (length > left)
        return fail(Errc::DeviceTooSmall,
                    "device %s has %" PRIu64 " sectors behind sector %" PRIu64 ", needs %" PRIu64,
                    device.c_str(), left, segment.device_offset, length);
    if (length * kSector % segment.sector_size != 0)
        return fail(Errc::InvalidArgument,
                    "data of %" PRIu64 " sectors are no multiple of the sector size %u bytes",
                    length, segment.sector_size);
    return length;
}

std::string key_field(const MappingPlan& plan) {
    if (plan.key_bytes == 0) return "-";
    if (plan.keyring_description.empty()) return std::string(plan.key_bytes * 2, '0');
    return strprintf(":%zu:logon:%s", plan.key_bytes, plan.keyring_description.c_str());
}

std::string optional_arguments(const MappingPlan& plan, const CryptSegment& segment) {
    std::vector<std::string> arguments;
    for (const FlagName& name : kFlags)
        for (const std::string& flag : plan.flags)
            if (flag == name.header) arguments.emplace_back(name.table);
    if (segment.sector_size != kSector)
        arguments.push_back(strprintf("sector_size:%u", segment.sector_size));
    if (segment.iv_large_sectors) arguments.emplace_back("iv_large_sectors");
    std::string text;
    if (!arguments.empty()) text = strprintf(" %zu", arguments.size());
    for (const std::string& argument : arguments) text += " " + argument;
    return text;
}

}  // namespace

Result<std::string> crypt_table(const MappingPlan& plan, const std::string& device,
                                std::uint64_t device_bytes) {
    std::string table;
    for (const CryptSegment& segment : plan.segments) {
        LK_ASSIGN(const std::uint64_t length, length_sectors(segment, device, device_bytes));
        table += strprintf("%" PRIu64 " %" PRIu64 " crypt %s %s %" PRIu64 " %s %" PRIu64,
                           segment.start, length, segment.cipher.c_str(), key_field(plan).c_str(),
                           segment.iv_offset, device.c_str(), segment.device_offset);
        table += optional_arguments(plan, segment) + "\n";
    }
    return table;
}

}  // namespace latchkey::model
