// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/crypt_table.h"

#include <cinttypes>

#include "base/secret_text.h"
#include "base/strprintf.h"
#include "latchkey/sectors.h"
#include "model/cipher_spec.h"

namespace latchkey::model {
namespace {

Result<std::uint64_t> length_sectors(const CryptSegment& segment, const TableDevice& device) {
    const std::uint64_t device_sectors = device.size_bytes / kSectorSize;
    if (device_sectors == 0)
        return fail(Errc::DeviceTooSmall, "device %s has zero size", device.shown.c_str());
    if (segment.device_offset >= device_sectors)
        return fail(Errc::DeviceTooSmall,
                    "device %s has %" PRIu64 " sectors, its data begin at sector %" PRIu64
                    ": no space is left for data",
                    device.shown.c_str(), device_sectors, segment.device_offset);
    const std::uint64_t left = device_sectors - segment.device_offset;
    const std::uint64_t length = segment.length.value_or(left);
    if (length > left)
        return fail(Errc::DeviceTooSmall,
                    "device %s has %" PRIu64 " sectors behind sector %" PRIu64 ", needs %" PRIu64,
                    device.shown.c_str(), left, segment.device_offset, length);
    if (length * kSectorSize % segment.sector_size != 0)
        return fail(Errc::InvalidArgument,
                    "data of %" PRIu64 " sectors are no multiple of the sector size %u bytes",
                    length, segment.sector_size);
    return length;
}

void append_key(SecretText& text, const MappingPlan& plan, const CryptSegment& segment,
                std::optional<ByteView> key) {
    // It takes no key, however long the header's is; the kernel refuses one.
    if (plan.key_bytes == 0 || names_null_cipher(segment.cipher))
        text.append("-");
    else if (!plan.keyring_description.empty())
        text.append(keyring_key_field(plan.key_bytes, plan.keyring_description));
    else if (key)
        text.append_hex(*key);
    else
        text.append(std::string(plan.key_bytes * 2, '0'));
}

std::string optional_arguments(const MappingPlan& plan, const CryptSegment& segment) {
    std::vector<std::string> arguments;
    for (const FlagName& name : kFlagNames)
        for (const std::string& flag : plan.flags)
            if (flag == name.header) {
                arguments.emplace_back(name.table);
                break;
            }
    if (segment.sector_size != kSectorSize)
        arguments.push_back(strprintf("sector_size:%u", segment.sector_size));
    if (segment.iv_large_sectors) arguments.emplace_back("iv_large_sectors");
    std::string text;
    if (!arguments.empty()) text = strprintf(" %zu", arguments.size());
    for (const std::string& argument : arguments) text += " " + argument;
    return text;
}

SecretBuffer parameters(const MappingPlan& plan, const CryptSegment& segment,
                        const std::string& device, std::optional<ByteView> key) {
    SecretText text;
    text.append(segment.cipher).append(" ");
    append_key(text, plan, segment, key);
    text.append(strprintf(" %" PRIu64 " %s %" PRIu64, segment.iv_offset, device.c_str(),
                          segment.device_offset));
    text.append(optional_arguments(plan, segment));
    return std::move(text).take();
}

}  // namespace

std::string keyring_key_field(std::size_t key_bytes, std::string_view description) {
    return strprintf(":%zu:logon:%.*s", key_bytes, static_cast<int>(description.size()),
                     description.data());
}

Result<std::vector<CryptTarget>> crypt_targets(const MappingPlan& plan, const TableDevice& device,
                                               std::optional<ByteView> key) {
    std::vector<CryptTarget> targets;
    for (const CryptSegment& segment : plan.segments) {
        if (!segment.length && &segment != &plan.segments.back())
            return fail(Errc::InvalidArgument,
                        "segment at sector %" PRIu64 " has no length, but is not the last",
                        segment.start);
        LK_ASSIGN(const std::uint64_t length, length_sectors(segment, device));
        targets.push_back({.start = segment.start,
                           .length = length,
                           .parameters = parameters(plan, segment, device.in_table, key)});
    }
    return targets;
}

Result<std::string> crypt_table(const MappingPlan& plan, const std::string& device,
                                std::uint64_t device_bytes) {
    LK_ASSIGN(const auto targets, crypt_targets(plan, {device, device, device_bytes}, {}));
    std::string table;
    for (const CryptTarget& target : targets) {
        table += strprintf("%" PRIu64 " %" PRIu64 " crypt ", target.start, target.length);
        table += as_text(target.parameters.bytes());
        table += '\n';
    }
    return table;
}

}  // namespace latchkey::model
