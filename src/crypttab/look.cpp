// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/look.h"

#include <algorithm>
#include <set>

#include "latchkey/find_device.h"
#include "latchkey/keyfile.h"
#include "latchkey/swap_guard.h"
#include "text/format.h"

namespace latchkey::cli {
namespace {

// Whether what is there would be lost: a type that is looked for is plain only with a random key, as far as is known here.
bool may_be_buried(const crypttab::Volume& line, bool random) {
    if (line.type == crypttab::Type::Plain) return true;
    return line.type == crypttab::Type::AsFound &&
           (random || line.key == crypttab::KeyKind::Random);
}

}  // namespace

std::string device_identity(const std::string& path) {
    const StorageRange storage = path.empty() ? StorageRange() : storage_at(path);
    if (!storage.on.known()) return {};
    return untranslated("%d %llu:%llu from %llu", static_cast<int>(storage.on.kind),
                        static_cast<unsigned long long>(storage.on.device),
                        static_cast<unsigned long long>(storage.on.inode),
                        static_cast<unsigned long long>(storage.offset));
}

Result<std::vector<Signature>> endangered(const crypttab::Volume& line, const Device& device) {
    LK_ASSIGN(auto found, find_signatures(device));
    LK_ASSIGN(const std::string label,
              label_before(device, found, line.offset_sectors.value_or(0)));
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

const std::string& Looker::path_of(const std::string& word) {
    const auto known = paths_.find(word);
    if (known != paths_.end()) return known->second;
    auto path = word.empty() ? Result<std::string>(std::string()) : find_device(word);
    return paths_.emplace(word, path ? *path : std::string()).first->second;
}

crypttab::DeviceLook Looker::operator()(const crypttab::Volume& line) {
    crypttab::DeviceLook seen;
    const std::string& source = path_of(line.source);
    seen.device = device_identity(source);
    if (line.header_device.empty()) seen.header = device_identity(path_of(line.header));
    if (line.key == crypttab::KeyKind::File) seen.key = device_identity(line.key_path);
    if (!line.name.empty() && line.name.find('/') == std::string::npos)
        seen.mapping = device_identity("/dev/mapper/" + line.name);
    seen.random_key = line.key == crypttab::KeyKind::File && gives_random_bytes(line.key_path);
    if (seen.device.empty() || !may_be_buried(line, seen.random_key)) return seen;
    const auto device = Device::open(context_, source, Access::ReadOnly);
    if (!device) return seen;
    const auto found = endangered(line, *device);
    if (!found) return seen;
    seen.contents = names_of(*found);
    return seen;
}

}  // namespace latchkey::cli
