// SPDX-License-Identifier: LGPL-2.1-or-later
// Rules about identities that need no system call.
#include "io/identity.h"

#include <sys/sysmacros.h>

#include <algorithm>

namespace latchkey::io {

DeviceIdentity identity_of(const struct stat& status) {
    if (S_ISREG(status.st_mode))
        return {
            .kind = DeviceIdentity::Kind::File, .device = status.st_dev, .inode = status.st_ino};
    if (S_ISBLK(status.st_mode))
        return {.kind = DeviceIdentity::Kind::Block, .device = status.st_rdev};
    return {};
}

DeviceIdentity block_identity(std::uint32_t major, std::uint32_t minor) {
    return {.kind = DeviceIdentity::Kind::Block, .device = ::makedev(major, minor)};
}

DeviceIdentity identity_at(const std::string& path) {
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? identity_of(status) : DeviceIdentity{};
}

std::vector<Below> chain_below(const DeviceIdentity& device, const LookBelow& look) {
    constexpr std::size_t kMost = 16;
    std::vector<Below> chain;
    for (DeviceIdentity at = device; chain.size() < kMost; at = chain.back().what) {
        auto below = look(at);
        if (!below || !below->what.known()) break;
        chain.push_back(std::move(*below));
    }
    return chain;
}

StorageRange lowest_storage(const DeviceIdentity& device, std::uint64_t size,
                            const LookBelow& look) {
    StorageRange range{.on = device, .offset = 0, .length = size};
    for (const Below& below : chain_below(device, look)) {
        range.on = below.what;
        range.offset += std::min(below.offset, UINT64_MAX - range.offset);
    }
    return range;
}

StorageRange storage_of(const BlockDevice& device) {
    return lowest_storage(device.identity(), device.size(), look_below);
}

}  // namespace latchkey::io
