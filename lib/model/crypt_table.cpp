// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/crypt_table.h"

#include <cinttypes>

#include "base/secret_text.h"
#include "base/strprintf.h"
#include "latchkey/sectors.h"
#include "model/cipher_spec.h"

namespace latchkey::model {
namespace {

void append_key(SecretText& text, const PlanSegment& segment, const PlanKey& planned,
                const VolumeKey* key) {
    // The null cipher takes no key, whatever key length the header gives; the kernel refuses one.
    if (planned.bytes == 0 || names_null_cipher(segment.cipher))
        text.append("-");
    else if (!planned.keyring_description.empty())
        text.append(keyring_key_field(planned.bytes, planned.keyring_description));
    else if (key != nullptr)
        text.append_hex(key->bytes());
    else
        text.append(std::string(planned.bytes * 2, '0'));
}

std::string optional_arguments(const MappingPlan& plan, const PlanSegment& segment) {
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

SecretBuffer crypt_parameters(const MappingPlan& plan, const PlanSegment& segment,
                              const std::string& device, const KeyRing* keys) {
    SecretText text;
    text.append(segment.cipher).append(" ");
    append_key(text, segment, plan.keys[segment.key],
               keys == nullptr ? nullptr : &(*keys)[segment.key]);
    text.append(strprintf(" %" PRIu64 " %s %" PRIu64, segment.iv_offset, device.c_str(),
                          segment.device_offset));
    text.append(optional_arguments(plan, segment));
    return std::move(text).take();
}

SecretBuffer linear_parameters(const PlanSegment& segment, const std::string& device) {
    return SecretBuffer::copy_of(
        as_byte_view(strprintf("%s %" PRIu64, device.c_str(), segment.device_offset)));
}

TableTarget target_of(const MappingPlan& plan, const PlanSegment& segment,
                      const std::string& device, const KeyRing* keys) {
    switch (segment.kind) {
        case SegmentKind::Crypt:
            return {.type = "crypt", .parameters = crypt_parameters(plan, segment, device, keys)};
        case SegmentKind::Linear:
            return {.type = "linear", .parameters = linear_parameters(segment, device)};
        case SegmentKind::Zero: break;
    }
    return {.type = "zero", .parameters = {}};
}

}  // namespace

std::string keyring_key_field(std::size_t key_bytes, std::string_view description) {
    return strprintf(":%zu:logon:%.*s", key_bytes, static_cast<int>(description.size()),
                     description.data());
}

Result<std::vector<TableTarget>> table_targets(const MappingPlan& plan,
                                               const std::vector<PlanSegment>& segments,
                                               const TableDevice& device, const KeyRing* keys) {
    if (keys != nullptr) LK_TRY(plan.check_keys(*keys));
    std::vector<TableTarget> targets;
    for (const PlanSegment& segment : segments) {
        if (!segment.length && &segment != &segments.back())
            return fail(Errc::InvalidArgument,
                        "segment at sector %" PRIu64 " has no length, but is not the last",
                        segment.start);
        LK_ASSIGN(const std::uint64_t length, length_of(segment, plan.keys.size(), device.shown,
                                                        device.size_bytes / kSectorSize));
        TableTarget target = target_of(plan, segment, device.in_table, keys);
        target.start = segment.start;
        target.length = length;
        targets.push_back(std::move(target));
    }
    return targets;
}

std::uint64_t length_of(const std::vector<TableTarget>& targets) {
    return targets.empty() ? 0 : targets.back().start + targets.back().length;
}

Result<std::string> crypt_table(const MappingPlan& plan, const std::string& device,
                                std::uint64_t device_bytes) {
    std::string table;
    TableDevice lower{device, device, device_bytes};
    const auto add = [&](const std::vector<PlanSegment>& segments) -> Result<void> {
        LK_ASSIGN(const auto targets, table_targets(plan, segments, lower, nullptr));
        for (const TableTarget& target : targets) {
            table += strprintf("%" PRIu64 " %" PRIu64 " %s", target.start, target.length,
                               std::string(target.type).c_str());
            if (target.parameters.size() != 0) table += " ";
            table += as_text(target.parameters.bytes());
            table += '\n';
        }
        lower.size_bytes = length_of(targets) * kSectorSize;
        return {};
    };
    for (const PlanLayer& layer : plan.below) {
        LK_TRY(add(layer.segments));
        lower.in_table = lower.shown = layer.suffix;
    }
    LK_TRY(add(plan.segments));
    return table;
}

}  // namespace latchkey::model
