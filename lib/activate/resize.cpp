// SPDX-License-Identifier: LGPL-2.1-or-later
// Resizes an active mapping: reloads its table with another length while the mapping is in use.
#include "activate/dm_uuid.h"
#include "activate/kernel_backend.h"
#include "base/scope_guard.h"
#include "base/secret_text.h"
#include "io/block_device.h"

namespace latchkey::activate {
namespace {

using Sectors = unsigned long long;

Result<std::uint64_t> new_length(std::uint64_t wanted, const CryptParams& params,
                                 const BlockFacts& device) {
    const std::uint64_t device_sectors = device.size_bytes / io::kSectorSize;
    if (params.offset >= device_sectors)
        return fail(Errc::DeviceTooSmall,
                    "device %s has %llu sectors, its data begin at sector %llu",
                    device.path.c_str(), Sectors{device_sectors}, Sectors{params.offset});
    const std::uint64_t left = device_sectors - params.offset;
    if (wanted > left)
        return fail(Errc::DeviceTooSmall,
                    "device %s is too small: it has %llu sectors of data, not %llu",
                    device.path.c_str(), Sectors{left}, Sectors{wanted});
    if (wanted == 0) {
        // The rest of the device may end within an encryption sector, and that partial sector is unusable.
        const std::uint64_t unit = params.sector_size / io::kSectorSize;
        return unit > 1 ? left / unit * unit : left;
    }
    if (wanted * io::kSectorSize % params.sector_size != 0)
        return fail(
            Errc::InvalidArgument,
            "device size is not aligned to the requested sector size: %llu sectors, %u bytes",
            Sectors{wanted}, params.sector_size);
    if (wanted * io::kSectorSize % device.logical_block != 0)
        return fail(
            Errc::InvalidArgument,
            "device size is not aligned to the device's logical block size: %llu sectors, %u "
            "bytes",
            Sectors{wanted}, device.logical_block);
    return wanted;
}

}  // namespace

Result<void> KernelBackend::resize(Context& context, std::string_view name,
                                   std::uint64_t size_sectors, const VolumeKey* key) {
    LK_ASSIGN(CryptMapping mapping, crypt_mapping(name));
    const std::string shown(name);
    if (mapping.targets.size() != 1)
        return fail(Errc::NotSupported, "device %s has %zu segments and cannot be resized",
                    shown.c_str(), mapping.targets.size());
    if (!mapping.params.integrity.empty())
        return fail(Errc::NotSupported, "device %s has integrity protection and cannot be resized",
                    shown.c_str());
    if (mapping.info.suspended)
        return fail(Errc::InvalidArgument, "volume %s is suspended", shown.c_str());
    const std::string path =
        kernel_.devices->identify(mapping.params.major, mapping.params.minor).path;
    if (!kernel_.loops->backing_file(path).empty()) LK_TRY(kernel_.loops->update_size(path));
    LK_ASSIGN(const BlockFacts device, kernel_.devices->facts(path));
    if (device.major != mapping.params.major || device.minor != mapping.params.minor)
        return fail(Errc::ConcurrentChange, "device %s is %u:%u, the mapping %s lies on %u:%u",
                    path.c_str(), device.major, device.minor, shown.c_str(), mapping.params.major,
                    mapping.params.minor);
    LK_ASSIGN(const std::uint64_t length, new_length(size_sectors, mapping.params, device));
    const std::uint64_t old_length = mapping.targets.front().length;
    if (length == old_length) return {};

    std::vector<io::KeyLink> published;
    if (mapping.params.key_in_keyring) {
        if (key == nullptr)
            return fail(Errc::InvalidArgument,
                        "device %s has its key in the keyring: resizing needs the key",
                        shown.c_str());
        if (key->size() != mapping.params.key_bytes)
            return fail(Errc::InvalidArgument, "device %s has a key of %zu bytes, this one has %zu",
                        shown.c_str(), mapping.params.key_bytes, key->size());
        // Publishes the key where the table expects it; the table keeps everything except the length.
        LK_ASSIGN(const io::KeyLink link, publish_key(mapping.params.key_description, *key));
        published.push_back(link);
    }
    ScopeGuard forget([&] { withdraw(published); });
    mapping.targets.front().length = length;
    LK_TRY(kernel_.mapper->reload(name, mapping.info.read_only, mapping.targets));
    ScopeGuard clear([&] { (void)kernel_.mapper->clear(name); });
    LK_TRY(unlink(published));
    // Growing changes nothing below the old end, so I/O in flight may go on and the file system need not freeze.
    const bool grows = length > old_length;
    LK_TRY(kernel_.mapper->resume(name, grows, grows));
    clear.dismiss();
    kernel_.mapper->settle();
    context.log(LogLevel::Verbose, "device %s: %llu sectors, were %llu", shown.c_str(),
                Sectors{length}, Sectors{old_length});
    return {};
}

}  // namespace latchkey::activate
