// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/sector_iv.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/endian.h"

namespace latchkey::crypto {
namespace {

struct Name {
    std::string_view name;
    IvKind kind;
};
constexpr std::array kNames = {
    Name{"null", IvKind::Null},       Name{"plain", IvKind::Plain},
    Name{"plain64", IvKind::Plain64}, Name{"plain64be", IvKind::Plain64be},
    Name{"benbi", IvKind::Benbi},     Name{"essiv", IvKind::Essiv},
    Name{"eboiv", IvKind::Eboiv},
};

}  // namespace

std::optional<IvKind> find_iv(std::string_view name) {
    for (const Name& row : kNames)
        if (row.name == name) return row.kind;
    return std::nullopt;
}

void write_iv(IvKind kind, std::uint64_t number, std::uint32_t sector_size, MutableByteView iv) {
    std::fill(iv.begin(), iv.end(), std::byte{0});
    switch (kind) {
        case IvKind::Null: break;
        case IvKind::Plain: write_record(iv, Le32(static_cast<std::uint32_t>(number))); break;
        case IvKind::Plain64:
        case IvKind::Essiv: write_record(iv, Le64(number)); break;
        case IvKind::Plain64be: write_record(iv, Be64(number), iv.size() - 8); break;
        case IvKind::Benbi: {
            // The counter counts cipher blocks and starts at 1.
            const int shift = 9 - std::countr_zero(iv.size());
            write_record(iv, Be64((number << shift) + 1), iv.size() - 8);
            break;
        }
        case IvKind::Eboiv: write_record(iv, Le64(number * sector_size)); break;
    }
}

void write_ivs(IvKind kind, std::uint64_t number, std::uint32_t step, std::uint32_t sector_size,
               std::size_t block_bytes, MutableByteView ivs) {
    if (kind != IvKind::Plain64 && kind != IvKind::Essiv) {
        for (std::size_t at = 0; at < ivs.size(); at += block_bytes, number += step)
            write_iv(kind, number, sector_size, ivs.subspan(at, block_bytes));
        return;
    }
    // Handled apart because nearly every volume uses it: this avoids one call per sector.
    std::fill(ivs.begin(), ivs.end(), std::byte{0});
    for (std::size_t at = 0; at < ivs.size(); at += block_bytes, number += step) {
        const Le64 counter(number);
        std::memcpy(ivs.data() + at, &counter, sizeof counter);
    }
}

}  // namespace latchkey::crypto
