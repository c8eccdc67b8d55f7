// SPDX-License-Identifier: LGPL-2.1-or-later
// Shows devices without a descriptor to libblkid, as a sparse file in memory.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/endian.h"
#include "base/scope_guard.h"
#include "base/unique_fd.h"
#include "io/full_transfer.h"
#include "io/probe.h"
#include "io/range.h"
#include "latchkey/secret.h"

namespace latchkey::io {
namespace {

constexpr std::size_t kStep = 128 * 1024;  // bytes

bool is_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

class Copy {
  public:
    static Result<Copy> make(const BlockDevice& device) {
        UniqueFd fd(memfd_create("latchkey-probe", MFD_CLOEXEC));
        if (fd.get() < 0 || ftruncate(fd.get(), static_cast<off_t>(device.size())) != 0)
            return fail(Errc::OutOfMemory, "no memory to look for signatures on %s: %s",
                        device.name().c_str(), std::strerror(errno));
        return Copy(std::move(fd), device);
    }

    // Copies the part of [from, from + length) that is on the device.  The file holds zeros already.
    Result<void> add(std::uint64_t from, std::uint64_t length) {
        const std::uint64_t size = device_->size();
        from = std::min(from, size);
        const std::uint64_t end = from + std::min(length, size - from);
        Bytes buffer(kStep);
        const ScopeGuard wipe([&buffer] { wipe_memory(buffer); });
        for (; from < end; from += kStep) {
            const auto step =
                MutableByteView(buffer).first(std::min<std::uint64_t>(kStep, end - from));
            LK_TRY(device_->read(from, step));
            if (is_zero(step)) continue;
            const int fd = fd_.get();
            const auto put = [fd](const std::byte* data, std::size_t count, off_t at) {
                return pwrite(fd, data, count, at);
            };
            if (const Transferred done = transfer_all(put, ByteView(step), from); done.error != 0)
                return fail(Errc::OutOfMemory, "no memory to look for signatures on %s: %s",
                            device_->name().c_str(), std::strerror(done.error));
        }
        return {};
    }
    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    Copy(UniqueFd fd, const BlockDevice& device) : fd_(std::move(fd)), device_(&device) {}
    UniqueFd fd_;
    const BlockDevice* device_;
};

// Finds NTFS's master file table, which may be anywhere: libblkid recognizes NTFS only if the table begins correctly.
std::optional<std::uint64_t> ntfs_table(const BlockDevice& device) {
    std::array<std::byte, kSectorSize> boot{};
    if (device.size() < boot.size() || !device.read(0, boot)) return std::nullopt;
    if (!std::ranges::equal(ByteView(boot).subspan(3, 8), as_byte_view("NTFS    ")))
        return std::nullopt;
    const std::uint64_t sector = read_record<Le16>(boot, 11).value();
    const auto coded = std::to_integer<unsigned>(boot[13]);
    // Above 128 the value is a negative power of two.
    if (coded > 128 && coded < 256 - 16) return std::nullopt;
    const std::uint64_t cluster = coded > 128 ? std::uint64_t{1} << (256 - coded) : coded;
    const auto offset = checked_multiply(read_record<Le64>(boot, 48).value(), sector * cluster);
    if (!offset || *offset >= device.size()) return std::nullopt;
    return offset;
}

}  // namespace

Result<std::vector<FoundSignature>> find_signatures_in_copy(const BlockDevice& device,
                                                            const ProbeExtent& extent) {
    constexpr std::uint64_t kNtfsRecords = 16 * 1024;  // bytes; four of 4 KiB at most
    if (device.size() == 0) return std::vector<FoundSignature>();
    LK_ASSIGN(Copy copy, Copy::make(device));
    LK_TRY(copy.add(0, extent.head));
    if (device.size() > extent.head) {
        const std::uint64_t tail = std::min(extent.tail, device.size() - extent.head);
        LK_TRY(copy.add(device.size() - tail, tail));
    }
    if (const auto table = ntfs_table(device)) LK_TRY(copy.add(*table, kNtfsRecords));
    return find_signatures(copy.fd(), device.name());
}

}  // namespace latchkey::io
