// SPDX-License-Identifier: LGPL-2.1-or-later
// Computes the sizes of a file system and of its blocks.  libblkid reports them as of util-linux 2.39, which is too new
// to rely on.
#include <algorithm>
#include <array>
#include <bit>

#include "base/bytes.h"
#include "latchkey/crypt_device.h"

namespace latchkey {
namespace {

constexpr std::uint32_t kLeastBlock = 512;  // bytes

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

std::uint32_t ext_block(const Superblock& block) {
    return 1024U << std::min(number_at<std::uint32_t>(block, 24), 6U);
}
// xfs mounts on devices whose sectors are not larger than its own, which are smaller than its blocks.
std::uint32_t xfs_sector(const Superblock& block) {
    return number_at<std::uint16_t>(block, 102, Order::Big);
}
std::uint32_t btrfs_sector(const Superblock& block) {
    return number_at<std::uint32_t>(block, 0x90);
}
// Logical volumes may have anything in them.
std::uint32_t any_sector(const Superblock&) {
    return kLeastBlock;
}

struct Kind {
    std::string_view name;            // in libblkid
    std::uint64_t superblock_offset;  // bytes
    std::optional<std::uint64_t> (*bytes)(const Superblock&);
    std::uint32_t (*block)(const Superblock&);  // bytes
};
constexpr Kind kKinds[] = {
    {"ext2", 1024, ext, ext_block},        {"ext3", 1024, ext, ext_block},
    {"ext4", 1024, ext, ext_block},        {"xfs", 0, xfs, xfs_sector},
    {"btrfs", 65536, btrfs, btrfs_sector}, {"LVM2_member", 512, physical_volume, any_sector},
};

struct Content {
    const Kind* kind;
    Superblock superblock;
};

// Returns nothing unless exactly one of these kinds is on the device.
Result<std::optional<Content>> content_of(const Device& device,
                                          const std::vector<Signature>& found) {
    if (found.size() != 1) return std::optional<Content>();
    const auto* const kind = std::ranges::find(kKinds, found.front().name, &Kind::name);
    Content content{kind, {}};
    if (kind == std::end(kKinds) ||
        device.size() < kind->superblock_offset + content.superblock.size())
        return std::optional<Content>();
    LK_TRY(read_device(device, kind->superblock_offset, content.superblock));
    return std::optional(content);
}

}  // namespace

Result<std::optional<std::uint64_t>> file_system_bytes(const Device& plaintext) {
    LK_ASSIGN(const auto found, find_plaintext_signatures(plaintext));
    LK_ASSIGN(const auto content, content_of(plaintext, found));
    return content ? content->kind->bytes(content->superblock) : std::optional<std::uint64_t>();
}

Result<std::optional<std::uint32_t>> content_block_bytes(const Device& plaintext) {
    LK_ASSIGN(const auto found, find_plaintext_signatures(plaintext));
    if (found.empty()) return std::optional<std::uint32_t>();
    LK_ASSIGN(const auto content, content_of(plaintext, found));
    return std::optional(content ? content->kind->block(content->superblock) : kLeastBlock);
}

}  // namespace latchkey
