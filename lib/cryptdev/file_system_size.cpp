// SPDX-License-Identifier: LGPL-2.1-or-later
// Computes the size of a file system.  libblkid reports it as of util-linux 2.39, which is too new to rely on.
#include <algorithm>
#include <array>
#include <bit>

#include "base/bytes.h"
#include "latchkey/crypt_device.h"

namespace latchkey {
namespace {

using Superblock = std::array<std::byte, 512>;

enum class Order : std::uint8_t { Little, Big };
template <typename Number>
Number number_at(const Superblock& block, std::size_t at, Order order = Order::Little) {
    Number value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
        const std::size_t from = order == Order::Big ? at + i : at + sizeof value - 1 - i;
        value = static_cast<Number>(value << 8U | std::to_integer<Number>(block[from]));
    }
    return value;
}

// Returns nothing if the product is too large for any device.
std::optional<std::uint64_t> product(std::uint64_t blocks, std::uint64_t block_bytes) {
    if (block_bytes != 0 && blocks > UINT64_MAX / block_bytes) return std::nullopt;
    return blocks * block_bytes;
}

// s_blocks_count is stored in two halves; the upper one counts only with the feature "64bit".
std::optional<std::uint64_t> ext(const Superblock& block) {
    constexpr std::uint32_t k64Bit = 0x80;
    const auto log_size = number_at<std::uint32_t>(block, 24);
    if (log_size > 6) return std::nullopt;
    std::uint64_t blocks = number_at<std::uint32_t>(block, 4);
    if ((number_at<std::uint32_t>(block, 96) & k64Bit) != 0)
        blocks |= std::uint64_t{number_at<std::uint32_t>(block, 336)} << 32U;
    return product(blocks, std::uint64_t{1024} << log_size);
}

std::optional<std::uint64_t> xfs(const Superblock& block) {
    return product(number_at<std::uint64_t>(block, 8, Order::Big),
                   number_at<std::uint32_t>(block, 4, Order::Big));
}

// Returns the size on this device, if the file system spans several.
std::optional<std::uint64_t> btrfs(const Superblock& block) {
    return number_at<std::uint64_t>(block, 0xd1);
}

// The label gives the position of the physical volume's header in its sector: an identifier of 32 bytes, then the size.
std::optional<std::uint64_t> physical_volume(const Superblock& block) {
    const auto header = number_at<std::uint32_t>(block, 20);
    if (header > sizeof block - 40) return std::nullopt;
    return number_at<std::uint64_t>(block, header + 32);
}

struct Kind {
    std::string_view name;            // in libblkid
    std::uint64_t superblock_offset;  // bytes
    std::optional<std::uint64_t> (*bytes)(const Superblock&);
};
constexpr Kind kKinds[] = {
    {"ext2", 1024, ext}, {"ext3", 1024, ext},     {"ext4", 1024, ext},
    {"xfs", 0, xfs},     {"btrfs", 65536, btrfs}, {"LVM2_member", 512, physical_volume},
};

}  // namespace

Result<std::optional<std::uint64_t>> file_system_bytes(const Device& plaintext) {
    LK_ASSIGN(const auto found, find_plaintext_signatures(plaintext));
    if (found.size() != 1) return std::optional<std::uint64_t>();
    const auto kind = std::ranges::find(kKinds, found.front().name, &Kind::name);
    Superblock block{};
    if (kind == std::end(kKinds) || plaintext.size() < kind->superblock_offset + block.size())
        return std::optional<std::uint64_t>();
    LK_TRY(read_device(plaintext, kind->superblock_offset, block));
    return kind->bytes(block);
}

}  // namespace latchkey
