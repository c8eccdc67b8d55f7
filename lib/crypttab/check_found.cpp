// SPDX-License-Identifier: LGPL-2.1-or-later
// Compares the numbers of a line with the header, the device and the key file that it names.
#include <algorithm>

#include "crypttab/checker.h"

namespace latchkey::crypttab {
namespace {

constexpr std::uint64_t kSector = 512;
constexpr std::uint64_t kKeyslotsOfLuks2 = 32;  // LUKS1 has fewer

unsigned long long shown_number(std::uint64_t number) {
    return number;
}

std::string list_of(const std::vector<int>& numbers) {
    std::string list;
    for (const int number : numbers) list += (list.empty() ? "" : ", ") + std::to_string(number);
    return list;
}

void check_keyslot(Checker& on) {
    const Option* option = on.entry.find("key-slot");
    if (option == nullptr || !on.volume.key_slot) return;
    const std::uint64_t number = *on.volume.key_slot;
    const bool known = on.look.keyslots_possible > 0;
    const std::uint64_t possible =
        known ? static_cast<std::uint64_t>(on.look.keyslots_possible) : kKeyslotsOfLuks2;
    if (number >= possible)
        on.add(option->value_column, Severity::Error, "no-keyslot",
               N_("%s has the keyslots 0 to %llu, not %llu: nothing opens the volume"),
               known ? on.look.header_type.c_str() : "LUKS", shown_number(possible - 1),
               shown_number(number));
    else if (known && std::ranges::find(on.look.keyslots, static_cast<int>(number)) ==
                          on.look.keyslots.end())
        on.add(option->value_column, Severity::Error, "no-keyslot",
               N_("the volume has no keyslot %llu (it has: %s): nothing opens it"),
               shown_number(number), list_of(on.look.keyslots).c_str());
}

// Checks where a plain volume begins, and whether it consists of whole sectors.
void check_place(Checker& on) {
    const Meaning& volume = on.volume;
    const bool plain =
        volume.type == Type::Plain || (volume.type == Type::AsFound && on.look.header_type.empty());
    if (!plain) return;
    const std::uint64_t sector = volume.sector_size.value_or(kSector);
    if (!is_sector_size(sector)) return;
    const std::uint64_t begin = volume.offset_sectors.value_or(0);
    const Option* offset = on.entry.find("offset");
    const Option* size = on.entry.find("sector-size");
    if (size != nullptr && begin % (sector / kSector) != 0)
        on.add(size->value_column, Severity::Error, "ragged-sectors",
               N_("offset=%llu is not a multiple of the %llu sectors of sector-size=%llu"),
               shown_number(begin), shown_number(sector / kSector), shown_number(sector));
    if (!on.look.device_bytes) return;
    const std::uint64_t sectors = *on.look.device_bytes / kSector;
    if (offset != nullptr && begin >= sectors)
        on.add(offset->value_column, Severity::Error, "outside-device",
               N_("offset=%llu is not on '%s', which has %llu sectors of 512 bytes"),
               shown_number(begin), volume.source.c_str(), shown_number(sectors));
    else if (size != nullptr && (sectors - std::min(begin, sectors)) % (sector / kSector) != 0)
        on.add(size->value_column, Severity::Error, "ragged-sectors",
               N_("'%s' has %llu sectors of 512 bytes for the data, not a multiple of the %llu of "
                  "sector-size=%llu"),
               volume.source.c_str(), shown_number(sectors - begin), shown_number(sector / kSector),
               shown_number(sector));
}

void check_key_file(Checker& on) {
    const Meaning& volume = on.volume;
    if (volume.key != KeyKind::File || !on.look.key_file_bytes || on.look.random_key) return;
    const std::uint64_t length = *on.look.key_file_bytes;
    const std::uint64_t begin = volume.keyfile_offset_bytes.value_or(0);
    const Option* offset = on.entry.find("keyfile-offset");
    if (offset != nullptr && begin > 0 && begin >= length) {
        on.add(offset->value_column, Severity::Error, "outside-key-file",
               N_("keyfile-offset=%llu is not in '%s', which has %llu bytes"), shown_number(begin),
               volume.key_path.c_str(), shown_number(length));
        return;
    }
    const Option* size = on.entry.find("keyfile-size");
    const std::uint64_t wanted = volume.keyfile_size_bytes.value_or(0);
    if (size != nullptr && volume.type != Type::Plain && wanted > length - std::min(begin, length))
        on.add(size->value_column, Severity::Error, "outside-key-file",
               N_("keyfile-size=%llu is more than the %llu bytes that '%s' has for it"),
               shown_number(wanted), shown_number(length - begin), volume.key_path.c_str());
}

}  // namespace

void check_found(Checker& on) {
    check_keyslot(on);
    check_place(on);
    check_key_file(on);
}

}  // namespace latchkey::crypttab
