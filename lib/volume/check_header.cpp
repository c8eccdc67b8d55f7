// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks whether a mapping was made with this header or key.  UUIDs alone do not prove it: they can be copied and
// changed.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "latchkey/ascii.h"
#include "latchkey/crypt_device.h"
#include "latchkey/mapping.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"
#include "model/mapping_plan.h"
#include "volume/mapping_changes.h"

namespace latchkey::mapping {
namespace {

constexpr unsigned kSamples = 16;
constexpr unsigned kTries = 4;  // for each sample, because another program may be writing there

const char* name_or_none(const std::string& text) {
    return text.empty() ? "none" : text.c_str();
}

// Returns the fifth word of the table's first line, which is the key in hexadecimal digits; empty for another table.
SecretBuffer key_in_table(std::span<const std::byte> table) {
    constexpr int kWordsBefore = 4;  // start, length, "crypt", cipher
    auto from = table.begin();
    for (int i = 0; i < kWordsBefore; ++i) {
        from = std::find(from, table.end(), std::byte{' '});
        if (from != table.end()) ++from;
    }
    const auto end = std::find(from, table.end(), std::byte{' '});
    const auto digits = static_cast<std::size_t>(end - from);
    SecretBuffer key(digits / 2);
    for (std::size_t i = 0; i < key.size(); ++i) {
        const int high = hex_digit(static_cast<char>(from[static_cast<std::ptrdiff_t>(2 * i)]));
        const int low = hex_digit(static_cast<char>(from[static_cast<std::ptrdiff_t>(2 * i + 1)]));
        if (high < 0 || low < 0) return {};
        key.bytes()[i] = static_cast<std::byte>(high << 4 | low);
    }
    return key;
}

// Returns nothing if one of the devices cannot be read.
std::optional<bool> same_at(const Device& a, const Device& b, std::uint64_t offset,
                            std::size_t bytes) {
    std::vector<std::byte> left(bytes);
    std::vector<std::byte> right(bytes);
    for (unsigned i = 0; i < kTries; ++i) {
        if (!read_device(a, offset, left) || !read_device(b, offset, right)) return std::nullopt;
        if (left == right) return true;
    }
    return false;
}

}  // namespace

Result<void> check_header(Context& context, const Volume& header, const MappingInfo& info) {
    const VolumeInfo found = header.info();
    const std::string device = header.device().name();
    if (found.type != info.type || found.uuid != info.uuid)
        return fail(Errc::InvalidArgument,
                    "the header on %s is of %s volume %s, but device %s is of %s volume %s",
                    device.c_str(), found.type.c_str(), name_or_none(found.uuid), info.name.c_str(),
                    info.type.c_str(), name_or_none(info.uuid));
    if (info.key_in_keyring || info.suspended || info.key_bits == 0) return {};
    const auto table = active_table(context, info.name, true);
    if (!table) return {};
    SecretBuffer key = key_in_table(table->bytes());
    if (key.empty()) return {};
    const auto verified = header.verify(context, CandidateKey(std::move(key)));
    if (verified || verified.error().code != Errc::WrongPassphrase) return {};
    return fail(Errc::InvalidArgument, "the header on %s has another volume key than device %s",
                device.c_str(), info.name.c_str());
}

Result<void> check_resumable(Context& context, const Volume& header, const MappingInfo& info) {
    LK_TRY(check_header(context, header, info));
    // plan() would refuse to resume with these requirements; it supports a reencryption in progress.
    for (const std::string& name : header.info().requirements)
        if (!name.starts_with("online-reencrypt"))
            return fail(Errc::UnmetRequirement,
                        "LUKS2 requirement \"%s\" is not met: device %s could not be resumed",
                        name.c_str(), info.name.c_str());
    const auto slots = header.keyslots();
    if (std::ranges::any_of(slots, [](const KeyslotInfo& slot) { return !slot.unbound; }))
        return {};
    return fail(Errc::NoUsableKeyslot, "no keyslot on %s could give device %s its key back",
                header.device().name().c_str(), info.name.c_str());
}

Result<void> check_key(Context& context, const MappingInfo& info, const VolumeKey& key) {
    if (!info.key_in_keyring || info.suspended || key.size() != info.key_bits / 8 ||
        !info.integrity.empty())
        return {};
    const auto data = Device::open(context, info.device, Access::ReadOnly);
    const auto mapped = Device::open(context, info.path, Access::ReadOnly);
    if (!data || !mapped) return {};
    const auto expected =
        open_crypt_device(context, model::plan_of(info), key, *data, {.read_only = true});
    if (!expected) return {};
    const std::uint64_t sectors = info.size_sectors * kSectorSize / info.sector_size;
    bool compared = false;
    for (unsigned i = 0; i < kSamples; ++i) {
        const std::uint64_t offset = sectors / kSamples * i * info.sector_size;
        const auto same = same_at(*expected, *mapped, offset, info.sector_size);
        if (same.value_or(false)) return {};
        compared = compared || same.has_value();
    }
    if (!compared) return {};
    return fail(Errc::InvalidArgument, "the volume key that was opened is not the key of device %s",
                info.name.c_str());
}

}  // namespace latchkey::mapping
