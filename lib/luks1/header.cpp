// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks1/header.h"

#include <algorithm>

#include "base/strprintf.h"
#include "crypto/af_splitter.h"
#include "crypto/hash.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/sectors.h"
#include "luks1/layout.h"

namespace latchkey::luks1 {
namespace {

// A header's text is printed and becomes part of paths and names: only printable ASCII without '/' is allowed.
template <std::size_t N>
Result<std::string> parse_text(const TextField<N>& field, const char* name) {
    const auto& chars = field.chars;
    const auto end = std::find(chars.begin(), chars.end(), '\0');
    if (end == chars.end())
        return fail(Errc::CorruptHeader, "%s: %zu bytes without a NUL", name, N);
    for (auto c = chars.begin(); c != end; ++c)
        if (*c < 0x20 || *c > 0x7e || *c == '/')
            return fail(Errc::CorruptHeader, "%s: byte 0x%02x at %td is not allowed", name,
                        static_cast<unsigned char>(*c), c - chars.begin());
    return std::string(chars.begin(), end);
}

Result<Keyslot> parse_keyslot(const KeyslotDisk& disk, bool stripes_agree) {
    Keyslot keyslot{disk.state.value(), disk.iterations.value(), disk.salt,
                    disk.area_offset.value()};
    if (!stripes_agree && disk.stripes.value() != crypto::kAfStripes)
        return fail(Errc::CorruptHeader, "AF stripes %u != %u", disk.stripes.value(),
                    crypto::kAfStripes);
    constexpr std::uint32_t kHeaderSectors = sizeof(HeaderDisk) / kSectorSize;
    if (keyslot.area_offset_sectors < kHeaderSectors)
        return fail(Errc::CorruptHeader, "area offset %u < %u sectors, inside the header",
                    keyslot.area_offset_sectors, kHeaderSectors);
    return keyslot;
}

Result<void> check_areas(const Header& header) {
    const std::uint64_t length = header.area_bytes() / kSectorSize;
    std::array<int, kKeyslotCount> order{};
    for (int number = 0; number < kKeyslotCount; ++number) {
        order[static_cast<std::size_t>(number)] = number;
        const std::uint64_t end = header.keyslot(number).area_offset_sectors + length;
        if (header.payload_offset_sectors != 0 && end > header.payload_offset_sectors)
            return fail(Errc::CorruptHeader,
                        "keyslot %d: area ends at sector %llu > payload offset %u", number,
                        static_cast<unsigned long long>(end), header.payload_offset_sectors);
    }
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        return header.keyslot(a).area_offset_sectors < header.keyslot(b).area_offset_sectors;
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
        const std::uint64_t end = header.keyslot(order[i - 1]).area_offset_sectors + length;
        const std::uint32_t next = header.keyslot(order[i]).area_offset_sectors;
        if (next < end)
            return fail(Errc::CorruptHeader,
                        "keyslot %d: area offset %u < %llu, the end of keyslot %d", order[i], next,
                        static_cast<unsigned long long>(end), order[i - 1]);
    }
    return {};
}

}  // namespace

std::optional<int> Header::free_keyslot() const {
    for (int number = 0; number < kKeyslotCount; ++number)
        if (keyslot(number).disabled()) return number;
    return std::nullopt;
}

int Header::enabled_keyslots() const {
    return static_cast<int>(std::count_if(keyslots.begin(), keyslots.end(),
                                          [](const Keyslot& slot) { return slot.enabled(); }));
}

std::uint64_t Header::areas_end_bytes() const {
    std::uint64_t last = 0;
    for (const Keyslot& slot : keyslots)
        last = std::max<std::uint64_t>(last, slot.area_offset_sectors);
    return last * kSectorSize + area_bytes();
}

std::uint64_t Header::area_bytes() const {
    return area_sectors(key_bytes, stripes) * kSectorSize;
}

Result<Header> parse(ByteView bytes) {
    if (bytes.size() < kMagic.size() + sizeof(Be16) ||
        std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0)
        return fail(Errc::NotThisFormat, "no LUKS magic");
    const auto version = read_record<Be16>(bytes, kMagic.size()).value();
    if (version == 2) return fail(Errc::NotThisFormat, "LUKS version 2 != 1");
    if (version != kVersion)
        return fail(Errc::CorruptHeader, "unsupported LUKS version %u", version);
    if (bytes.size() < sizeof(HeaderDisk))
        return fail(Errc::DeviceTooSmall, "LUKS1 header needs at least %zu bytes, not %zu",
                    sizeof(HeaderDisk), bytes.size());

    const auto disk = read_record<HeaderDisk>(bytes);
    Header header;
    LK_ASSIGN(header.cipher_name, parse_text(disk.cipher_name, "cipher name"));
    LK_ASSIGN(header.cipher_mode, parse_text(disk.cipher_mode, "cipher mode"));
    LK_ASSIGN(header.hash, parse_text(disk.hash, "hash"));
    LK_ASSIGN(header.uuid, parse_text(disk.uuid, "UUID"));
    LK_TRY(check_hash(header.hash));
    header.payload_offset_sectors = disk.payload_offset.value();
    header.key_bytes = disk.key_bytes.value();
    if (header.key_bytes == 0 || header.key_bytes > kMaxKeyBytes)
        return fail(Errc::CorruptHeader, "key bytes %u is not between 1 and %u", header.key_bytes,
                    kMaxKeyBytes);
    header.digest = disk.digest;
    header.digest_salt = disk.digest_salt;
    header.digest_iterations = disk.digest_iterations.value();
    const auto stripes = common_stripes(disk);
    header.stripes = stripes.value_or(crypto::kAfStripes);
    for (int number = 0; number < kKeyslotCount; ++number) {
        auto keyslot =
            parse_keyslot(disk.keyslots[static_cast<std::size_t>(number)], stripes.has_value());
        if (!keyslot) return std::move(keyslot).error().within(strprintf("keyslot %d", number));
        header.keyslot(number) = *keyslot;
    }
    LK_TRY(check_areas(header));
    return header;
}

Result<void> check_device_size(const Header& header, std::uint64_t device_bytes) {
    if (device_bytes < header.areas_end_bytes())
        return fail(Errc::DeviceTooSmall, "LUKS1 header needs at least %llu bytes, not %llu",
                    static_cast<unsigned long long>(header.areas_end_bytes()),
                    static_cast<unsigned long long>(device_bytes));
    return {};
}

HeaderDisk serialize(const Header& header) {
    HeaderDisk disk{};
    disk.magic = kMagic;
    disk.version = Be16(kVersion);
    disk.cipher_name = TextField<32>::of(header.cipher_name);
    disk.cipher_mode = TextField<32>::of(header.cipher_mode);
    disk.hash = TextField<32>::of(header.hash);
    disk.payload_offset = Be32(header.payload_offset_sectors);
    disk.key_bytes = Be32(header.key_bytes);
    disk.digest = header.digest;
    disk.digest_salt = header.digest_salt;
    disk.digest_iterations = Be32(header.digest_iterations);
    disk.uuid = TextField<40>::of(header.uuid);
    for (std::size_t i = 0; i < header.keyslots.size(); ++i) {
        const Keyslot& keyslot = header.keyslots[i];
        disk.keyslots[i] = {Be32(keyslot.state), Be32(keyslot.iterations), keyslot.salt,
                            Be32(keyslot.area_offset_sectors), Be32(header.stripes)};
    }
    return disk;
}

Result<void> check_hash(const std::string& hash) {
    auto length = crypto::hash_length(hash);
    if (!length && length.error().code != Errc::MissingCipher) return std::move(length).error();
    if (!length)
        return fail(Errc::MissingCipher, "LUKS hash \"%s\" is not supported", hash.c_str());
    if (*length < kDigestBytes)
        return fail(Errc::MissingCipher, "LUKS hash \"%s\" is not supported: %zu bytes < %zu",
                    hash.c_str(), *length, kDigestBytes);
    return {};
}

std::optional<std::uint32_t> common_stripes(const HeaderDisk& disk) {
    const std::uint32_t first = disk.keyslots.front().stripes.value();
    const bool agree = std::ranges::all_of(
        disk.keyslots, [&](const KeyslotDisk& slot) { return slot.stripes.value() == first; });
    if (!agree || first == 0 || first > crypto::kAfStripes) return std::nullopt;
    return first;
}

Result<void> check_keyslot_number(int number) {
    return formats::check_keyslot_number(number, kKeyslotCount);
}

Error no_iterations_error(int number) {
    return fail(Errc::CorruptHeader, "keyslot %d: iterations 0 < 1", number);
}

Error invalid_state_error(int number, const Keyslot& keyslot) {
    return fail(Errc::CorruptHeader,
                "keyslot %d: state 0x%08x is neither enabled 0x%08x nor disabled 0x%08x", number,
                keyslot.state, kStateEnabled, kStateDisabled);
}

}  // namespace latchkey::luks1
