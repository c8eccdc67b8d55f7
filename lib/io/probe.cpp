// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/probe.h"

#include <blkid/blkid.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "io/file_device.h"
#include "io/overlay_device.h"
#include "io/range.h"
#include "latchkey/number.h"

namespace latchkey::io {
namespace {

// More than any real device has; bounds the work on a hostile one.
constexpr int kMaxSignatures = 256;

constexpr std::uint64_t kHead = 256 * 1024;  // bytes

struct FreeProbe {
    void operator()(blkid_struct_probe* probe) const { blkid_free_probe(probe); }
};
using Probe = std::unique_ptr<blkid_struct_probe, FreeProbe>;

const FileDevice* file_below(const BlockDevice& device) {
    if (const auto* overlay = dynamic_cast<const OverlayDevice*>(&device))
        return file_below(*overlay->base());
    return dynamic_cast<const FileDevice*>(&device);
}

Result<Probe> new_probe(int fd, const std::string& name) {
    Probe probe(blkid_new_probe());
    if (!probe) return fail(Errc::OutOfMemory, "no memory to look for signatures");
    // Signatures with a bad checksum count: other programs may still accept them.
    const bool ready =
        blkid_probe_set_device(probe.get(), fd, 0, 0) == 0 &&
        blkid_probe_enable_superblocks(probe.get(), 1) == 0 &&
        blkid_probe_set_superblocks_flags(
            probe.get(), BLKID_SUBLKS_TYPE | BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_BADCSUM) == 0 &&
        blkid_probe_enable_partitions(probe.get(), 1) == 0 &&
        blkid_probe_set_partitions_flags(probe.get(), BLKID_PARTS_MAGIC | BLKID_PARTS_FORCE_GPT) ==
            0;
    if (!ready) return fail(Errc::Unreadable, "cannot look for signatures on %s", name.c_str());
    return probe;
}

std::optional<std::string> value(blkid_probe probe, const char* name) {
    const char* text = nullptr;
    if (blkid_probe_lookup_value(probe, name, &text, nullptr) != 0) return std::nullopt;
    return text;
}

// Returns what the last step of the probe found.
std::optional<FoundSignature> current(blkid_probe probe, const char* name_key,
                                      const char* magic_key, const char* offset_key,
                                      const char* kind) {
    const auto name = value(probe, name_key);
    const auto offset_text = value(probe, offset_key);
    std::size_t length = 0;
    if (!name || !offset_text || blkid_probe_lookup_value(probe, magic_key, nullptr, &length) != 0)
        return std::nullopt;
    const std::uint64_t offset = parse_number(*offset_text).value_or(0);
    return FoundSignature{{*name, kind}, {offset, length}};
}

}  // namespace

Result<std::vector<FoundSignature>> find_signatures(int fd, const std::string& name) {
    std::vector<FoundSignature> found;
    std::array<char, kBegunEncryption.size()> begin;
    if (::pread(fd, begin.data(), begin.size(), 0) == static_cast<ssize_t>(begin.size()) &&
        std::string_view(begin.data(), begin.size()) == kBegunEncryption)
        found.push_back({.signature = {"latchkey_encryption_begun", "superblock"},
                         .magic = {0, kBegunEncryption.size()}});
    LK_ASSIGN(const Probe probe, new_probe(fd, name));
    for (int i = 0; i < kMaxSignatures; ++i) {
        errno = 0;
        const int status = blkid_do_probe(probe.get());
        if (status == 1) return found;
        if (status < 0)
            return fail(Errc::Unreadable, "cannot read device %s to look for signatures: %s",
                        name.c_str(), std::strerror(errno != 0 ? errno : EIO));
        auto signature = current(probe.get(), "TYPE", "SBMAGIC", "SBMAGIC_OFFSET", "superblock");
        if (!signature)
            signature = current(probe.get(), "PTTYPE", "PTMAGIC", "PTMAGIC_OFFSET", "partition");
        if (!signature) continue;
        found.push_back(*std::move(signature));
        // A dry run: it removes the magic from libblkid's buffers only, so that the next step finds the next signature.
        if (blkid_do_wipe(probe.get(), 1) != 0) return found;
    }
    return found;
}

Result<std::vector<FoundSignature>> find_signatures(const BlockDevice& device) {
    const FileDevice* file = file_below(device);
    // libblkid refuses empty files.
    if (!file || file->size() == 0) return std::vector<FoundSignature>();
    LK_ASSIGN(const UniqueFd fd, file->reader());
    auto found = find_signatures(fd.get(), device.name());
    if (found || found.error().code != Errc::Unreadable) return found;
    // libblkid does not report the offset; most signatures begin in the head of the device.
    Bytes head(std::min<std::uint64_t>(device.size(), kHead));
    LK_TRY(device.read(0, head));
    return found;
}

Result<void> wipe_signatures(BlockDevice& device, const std::vector<FoundSignature>& found,
                             std::uint64_t from) {
    bool changed = false;
    // Writes through the device and not with libblkid, so that overlays see the change.
    for (const FoundSignature& one : found) {
        const std::uint64_t end = one.magic.offset + one.magic.length;
        const std::uint64_t begin = std::max(one.magic.offset, from);
        if (begin >= end) continue;
        LK_TRY(device.write(begin, Bytes(end - begin)));
        changed = true;
    }
    return changed ? device.flush() : Result<void>();
}

Result<void> wipe_signatures(BlockDevice& device) {
    LK_ASSIGN(const auto found, find_signatures(device));
    return wipe_signatures(device, found, 0);
}

}  // namespace latchkey::io
