// SPDX-License-Identifier: LGPL-2.1-or-later
// repair: fixes the records of unused keyslots, and two old spellings.  Does not fix what would need a guess.
#include <algorithm>
#include <cctype>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "crypto/af_splitter.h"
#include "latchkey/ascii.h"
#include "luks1/layout.h"
#include "luks1/loaded_header.h"

namespace latchkey::luks1 {
namespace {

using Lines = std::vector<std::string>;

bool printable(char c) {
    return c >= 0x20 && c <= 0x7e;
}

// Accepts only printable text, because the repaired value is shown and must not contain terminal control sequences.
bool has_iv_for_ecb(std::string_view mode) {
    return mode.starts_with("ecb-") && std::ranges::all_of(mode, printable);
}
bool has_upper_case(std::string_view hash) {
    return std::ranges::any_of(hash, is_upper);
}

// Refuses headers whose areas are not where the peer puts them, because the offsets below would be wrong for them.
Result<void> check_preconditions(const HeaderDisk& disk) {
    const std::uint32_t key_bytes = disk.key_bytes.value();
    if (key_bytes != 16 && key_bytes != 32 && key_bytes != 64)
        return fail(
            Errc::CorruptHeader,
            "non standard key size, manual repair required: key bytes %u is not 16, 32 or 64",
            key_bytes);
    if (const std::uint32_t offset = disk.keyslots[0].area_offset.value();
        offset < kFirstAreaSector)
        return fail(Errc::CorruptHeader,
                    "non standard keyslots alignment, manual repair required: "
                    "keyslot 0: area offset %u < %u",
                    offset, kFirstAreaSector);
    return {};
}

void repair_mode(HeaderDisk& disk, Lines& done) {
    const std::string mode(disk.cipher_mode.view());
    if (!has_iv_for_ecb(mode)) return;
    disk.cipher_mode = TextField<32>::of("ecb");
    done.push_back(strprintf(translate("Cipher mode repaired (%s -> %s)."), mode.c_str(), "ecb"));
}

void repair_hash(HeaderDisk& disk, Lines& done) {
    if (!has_upper_case(disk.hash.view())) return;
    const std::string hash = lower_case(disk.hash.view());
    disk.hash = TextField<32>::of(hash);
    done.push_back(strprintf(translate("Cipher hash repaired to lowercase (%s)."), hash.c_str()));
}

// Returns whether the salt of keyslot 6 contains the signature of a boot sector, which another program has written
// there.
bool has_partition_signature(const HeaderDisk& disk, std::size_t number) {
    const auto bytes = record_bytes(disk);
    return number == 6 && bytes[0x1fe] == std::byte{0x55} && bytes[0x1ff] == std::byte{0xaa};
}

void repair_keyslot(HeaderDisk& disk, std::size_t number, std::uint32_t offset,
                    std::uint32_t stripes, Lines& done) {
    KeyslotDisk& keyslot = disk.keyslots[number];
    if (keyslot.state.value() == kStateEnabled) return;
    const std::size_t before = done.size();
    if (const std::uint32_t was = keyslot.area_offset.value(); was != offset) {
        keyslot.area_offset = Be32(offset);
        done.push_back(
            strprintf(translate("Keyslot %zu: offset repaired (%u -> %u)."), number, was, offset));
    }
    if (const std::uint32_t was = keyslot.stripes.value(); was != stripes) {
        keyslot.stripes = Be32(stripes);
        done.push_back(strprintf(translate("Keyslot %zu: stripes repaired (%u -> %u)."), number,
                                 was, stripes));
    }
    if (has_partition_signature(disk, number))
        done.push_back(strprintf(translate("Keyslot %zu: bogus partition signature."), number));
    if (done.size() == before) return;
    keyslot.state = Be32(kStateDisabled);
    keyslot.iterations = Be32(0);
    keyslot.salt = {};
    done.push_back(strprintf(translate("Keyslot %zu: salt wiped."), number));
}

// Returns the error that parse() gives for the magic alone.
Result<void> check_magic(ByteView bytes) {
    auto header = parse(bytes);
    if (!header &&
        (header.error().code == Errc::NotThisFormat || bytes.size() < sizeof(HeaderDisk)))
        return std::move(header).error();
    const auto version = read_record<HeaderDisk>(bytes).version.value();
    if (version != kVersion) return std::move(header).error();
    return {};
}

}  // namespace

Result<Lines> repair(Context& context, std::shared_ptr<io::BlockDevice> device) {
    LK_ASSIGN(const auto lock, formats::lock_metadata(context, *device));
    LK_ASSIGN(const Bytes bytes, read_first_bytes(*device));
    LK_TRY(check_magic(bytes));
    const auto before = parse(bytes);
    auto disk = read_record<HeaderDisk>(bytes);
    if (before && !has_iv_for_ecb(disk.cipher_mode.view()) && !has_upper_case(disk.hash.view())) {
        LK_TRY(check_device_size(*before, device->size()));
        return Lines{};
    }

    LK_TRY(check_preconditions(disk));
    Lines done;
    repair_mode(disk, done);
    repair_hash(disk, done);
    const AreaLayout areas = standard_areas(disk.key_bytes.value());
    const std::uint32_t stripes = common_stripes(disk).value_or(crypto::kAfStripes);
    for (std::size_t number = 0; number < disk.keyslots.size(); ++number)
        repair_keyslot(disk, number, areas.offsets_sectors[number], stripes, done);

    auto after = parse(record_bytes(disk));
    if (!after) return std::move(after).error().within(translate("repair failed"));
    LK_TRY(check_device_size(*after, device->size()));
    LK_TRY(write_header(*device, *after));
    return done;
}

}  // namespace latchkey::luks1
