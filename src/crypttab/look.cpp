// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/look.h"

#include <sys/stat.h>

#include "latchkey/boot.h"
#include "latchkey/find_device.h"
#include "latchkey/keyfile.h"
#include "latchkey/volume.h"

namespace latchkey::cli {
namespace {

// Returns whether the line would overwrite what is on its device.  A line without a type is known to be plain only if its
// key is random.
bool may_be_overwritten(const crypttab::Meaning& line, bool random) {
    if (line.type == crypttab::Type::Plain) return true;
    return line.type == crypttab::Type::AsFound &&
           (random || line.key == crypttab::KeyKind::Random);
}

// A regular file's; a pipe or a device has none.
std::optional<std::uint64_t> length_of(const std::string& path) {
    struct stat file = {};
    if (path.empty() || ::stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode))
        return std::nullopt;
    return static_cast<std::uint64_t>(file.st_size);
}

}  // namespace

const std::string& Looker::path_of(const std::string& word) {
    const auto known = paths_.find(word);
    if (known != paths_.end()) return known->second;
    auto path = word.empty() ? Result<std::string>(std::string()) : find_device(word);
    return paths_.emplace(word, path ? *path : std::string()).first->second;
}

void Looker::look_at_header(const std::string& path, crypttab::DeviceLook& seen) {
    Context quiet;  // the header is not what the user asked about
    quiet.policy = context_.policy;
    auto device = Device::open(quiet, path, Access::ReadOnly);
    if (!device) return;
    const auto volume = Volume::load(quiet, std::move(device).value());
    if (!volume) return;
    const std::string type = volume->info().type;
    const auto possible = Volume::max_keyslots(type);
    if (!possible) return;
    seen.header_type = type;
    seen.keyslots_possible = *possible;
    for (const KeyslotInfo& keyslot : volume->keyslots()) seen.keyslots.push_back(keyslot.number);
}

crypttab::DeviceLook Looker::operator()(const crypttab::Meaning& line) {
    crypttab::DeviceLook seen;
    const std::string& source = path_of(line.source);
    seen.device = boot::device_identity(source);
    if (line.header_device.empty()) seen.header = boot::device_identity(path_of(line.header));
    if (line.key == crypttab::KeyKind::File) seen.key = boot::device_identity(line.key_path);
    if (!line.name.empty() && line.name.find('/') == std::string::npos)
        seen.mapping = boot::device_identity("/dev/mapper/" + line.name);
    seen.random_key = line.key == crypttab::KeyKind::File && gives_random_bytes(line.key_path);
    seen.key_file_bytes = length_of(line.key == crypttab::KeyKind::File ? line.key_path : "");
    const bool looks_for_header = line.key_slot || line.offset_sectors || line.sector_size;
    if (looks_for_header && line.header_device.empty() && line.type != crypttab::Type::Plain)
        look_at_header(line.header.empty() ? source : path_of(line.header), seen);
    if (!seen.device.empty() && (line.offset_sectors || line.sector_size))
        if (const auto device = Device::open(context_, source, Access::ReadOnly); device)
            seen.device_bytes = device->size();
    if (seen.device.empty() || !may_be_overwritten(line, seen.random_key)) return seen;
    const auto device = Device::open(context_, source, Access::ReadOnly);
    if (!device) return seen;
    const auto found = boot::endangered(line.offset_sectors.value_or(0), *device);
    if (!found) return seen;
    seen.contents = boot::names_of(*found);
    return seen;
}

}  // namespace latchkey::cli
