// SPDX-License-Identifier: LGPL-2.1-or-later
// What is on a device, and which device it is.
#include <algorithm>
#include <set>

#include "base/strprintf.h"
#include "latchkey/boot.h"
#include "latchkey/swap_guard.h"

namespace latchkey::boot {

std::string device_identity(const std::string& path) {
    const StorageRange storage = path.empty() ? StorageRange() : storage_at(path);
    if (!storage.on.known()) return {};
    return strprintf("%d %llu:%llu from %llu", static_cast<int>(storage.on.kind),
                     static_cast<unsigned long long>(storage.on.device),
                     static_cast<unsigned long long>(storage.on.inode),
                     static_cast<unsigned long long>(storage.offset));
}

Result<std::vector<Signature>> endangered(std::uint64_t offset_sectors, const Device& device) {
    LK_ASSIGN(auto found, find_signatures(device));
    LK_ASSIGN(const std::string label, label_before(device, found, offset_sectors));
    if (!label.empty()) found.clear();
    std::erase_if(found, [](const Signature& one) { return one.name == "swap"; });
    return found;
}

std::string names_of(const std::vector<Signature>& signatures) {
    std::string names;
    std::set<std::string, std::less<>> said;
    for (const Signature& one : signatures)
        if (said.insert(one.name).second) names += (names.empty() ? "" : ", ") + one.name;
    return names;
}

}  // namespace latchkey::boot
