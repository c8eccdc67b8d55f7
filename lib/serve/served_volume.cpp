// SPDX-License-Identifier: LGPL-2.1-or-later
#include "serve/served_volume.h"

#include <fcntl.h>
#include <linux/falloc.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "io/file_device.h"
#include "latchkey/crypt_device.h"
#include "latchkey/sectors.h"

namespace latchkey::serve {
namespace {

Error closed() {
    return fail(Errc::Io, "the volume is closed");
}

}  // namespace

Result<std::unique_ptr<ServedVolume>> ServedVolume::make(userspace::Order order, UniqueFd data,
                                                         SecretBuffer keys) {
    UniqueFd for_device(::fcntl(data.get(), F_DUPFD_CLOEXEC, 3));
    if (!for_device.valid())
        return fail(Errc::Io, "%s: %s", order.device.c_str(), std::strerror(errno));
    // Uses the page cache for the ciphertext, because the plaintext is not cached (fuse_file.cpp).
    LK_ASSIGN(auto device, io::FileDevice::adopt(std::move(for_device), order.device,
                                                 order.read_only, /*direct=*/false));
    std::unique_ptr<ServedVolume> volume(new ServedVolume(std::move(order), std::move(data)));
    volume->data_ = std::move(device);
    LK_ASSIGN(volume->keys_, volume->cut(keys));
    LK_TRY(volume->open(volume->keys_, volume->order_.size_sectors));
    return volume;
}

// The sender has checked the keys, or has derived them for a format without digests.
Result<std::vector<VolumeKey>> ServedVolume::cut(const SecretBuffer& keys) const {
    std::vector<VolumeKey> ring;
    ByteView left = keys.bytes();
    for (const PlanKey& key : order_.plan.keys) {
        if (key.bytes > left.size()) break;
        ring.emplace_back(Vouched::ByCaller, SecretBuffer::copy_of(left.first(key.bytes)));
        left = left.subspan(key.bytes);
    }
    if (ring.size() != order_.plan.keys.size() || !left.empty())
        return fail(Errc::InvalidArgument, "the keys have %zu bytes, which the plan does not want",
                    keys.size());
    return ring;
}

Result<void> ServedVolume::open(const std::vector<VolumeKey>& keys,
                                std::optional<std::uint64_t> size_sectors) {
    may_have_holes_ = may_have_holes_ || order_.allow_discards;
    KeyRing ring(keys.front());
    for (std::size_t i = 1; i < keys.size(); ++i) ring.add(keys[i]);
    Context context;
    LK_ASSIGN(const Device plaintext,
              open_crypt_device(
                  context, order_.plan, ring, Device(data_),
                  {.read_only = order_.read_only,
                   .size_sectors = size_sectors,
                   // A program that punches a hole in a file expects zeros, as file systems return.
                   .holes_read_as_zeros = may_have_holes_}));
    plaintext_ = plaintext.io();
    size_ = plaintext.size();
    return {};
}

Result<std::shared_lock<std::shared_mutex>> ServedVolume::enter() const {
    std::shared_lock lock(gate_);
    resumed_.wait(lock, [this] { return plaintext_ != nullptr || ended_; });
    if (ended_) return closed();
    return lock;
}

Result<std::size_t> ServedVolume::read(std::uint64_t offset, MutableByteView into) const {
    LK_ASSIGN(const auto lock, enter());
    const std::uint64_t size = size_.load();
    if (offset >= size) return 0;
    into = into.first(std::min<std::uint64_t>(into.size(), size - offset));
    LK_TRY(plaintext_->read(offset, into));
    return into.size();
}

Result<void> ServedVolume::write(std::uint64_t offset, ByteView bytes) {
    LK_ASSIGN(const auto lock, enter());
    if (order_.read_only) return fail(Errc::AccessDenied, "the volume is read only");
    const std::uint64_t size = size_.load();
    if (offset > size || bytes.size() > size - offset)
        return fail(Errc::NoSpace, "write beyond the end of the volume");
    return plaintext_->write(offset, bytes);
}

Result<void> ServedVolume::flush() {
    const std::shared_lock lock(gate_);
    if (ended_) return closed();
    // While suspended, all acknowledged writes have been flushed, and closing must not wait for the key.
    return plaintext_ == nullptr ? Result<void>() : plaintext_->flush();
}

Result<void> ServedVolume::discard(std::uint64_t offset, std::uint64_t length) {
    LK_ASSIGN(const auto lock, enter());
    const PlanSegment& segment = order_.plan.segments.front();
    if (!order_.allow_discards || order_.read_only || !order_.plan.is_single())
        return fail(Errc::NotSupported, "discards are not allowed");
    const std::uint64_t size = size_.load();
    if (offset >= size) return {};
    const std::uint64_t end = offset + std::min(length, size - offset);
    const std::uint64_t sector = segment.sector_size;
    const std::uint64_t first = std::min(end, round_up(offset, sector));
    const std::uint64_t last = std::max(first, end / sector * sector);
    if (first < last && ::fallocate(data_fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                    static_cast<off_t>(segment.device_offset * kSectorSize + first),
                                    static_cast<off_t>(last - first)) != 0)
        return fail(errno == EOPNOTSUPP ? Errc::NotSupported : Errc::Io, "discard: %s",
                    std::strerror(errno));
    // A hole reads as zeros up to its last byte.
    const Bytes zeros(sector);
    if (offset < first) LK_TRY(plaintext_->write(offset, ByteView(zeros).first(first - offset)));
    if (last < end) LK_TRY(plaintext_->write(last, ByteView(zeros).first(end - last)));
    return {};
}

Result<void> ServedVolume::suspend() {
    const std::unique_lock lock(gate_);
    if (plaintext_ == nullptr)
        return fail(Errc::InvalidArgument, "the volume is already suspended");
    LK_TRY(plaintext_->flush());
    plaintext_.reset();
    keys_.clear();
    return {};
}

Result<void> ServedVolume::resume(SecretBuffer keys) {
    const std::unique_lock lock(gate_);
    if (plaintext_ != nullptr) return fail(Errc::InvalidArgument, "the volume is not suspended");
    LK_ASSIGN(std::vector<VolumeKey> ring, cut(keys));
    // The header gives the lengths of the segments.
    std::optional<std::uint64_t> size_sectors;
    if (order_.plan.is_single()) size_sectors = size_.load() / kSectorSize;
    LK_TRY(open(ring, size_sectors));
    keys_ = std::move(ring);
    resumed_.notify_all();
    return {};
}

Result<void> ServedVolume::resize(std::uint64_t size_sectors) {
    const std::unique_lock lock(gate_);
    if (plaintext_ == nullptr) return fail(Errc::InvalidArgument, "the volume is suspended");
    // The backing file may have grown meanwhile.
    UniqueFd again(::fcntl(data_fd_.get(), F_DUPFD_CLOEXEC, 3));
    LK_ASSIGN(auto device, io::FileDevice::adopt(std::move(again), order_.device, order_.read_only,
                                                 /*direct=*/false));
    LK_TRY(plaintext_->flush());
    const auto before = data_;
    data_ = std::move(device);
    if (auto opened = open(keys_, size_sectors); !opened) {
        data_ = before;
        return opened;
    }
    return {};
}

Result<void> ServedVolume::refresh(bool allow_discards, std::uint64_t size_sectors,
                                   SecretBuffer keys) {
    {
        const std::unique_lock lock(gate_);
        if (plaintext_ == nullptr) return fail(Errc::InvalidArgument, "the volume is suspended");
        LK_ASSIGN(const std::vector<VolumeKey> ring, cut(keys));
        for (std::size_t i = 0; i < ring.size(); ++i)
            if (!equal_in_constant_time(ring[i].bytes(), keys_[i].bytes()))
                return fail(Errc::InvalidArgument, "the mapping has another key");
        order_.allow_discards = allow_discards;
    }
    return resize(size_sectors);
}

Result<void> ServedVolume::end() {
    const std::unique_lock lock(gate_);
    Result<void> flushed = {};
    if (plaintext_ != nullptr) flushed = plaintext_->flush();
    plaintext_.reset();
    keys_.clear();
    // A caller that learns of the close can reopen the volume, although this process takes a moment to end.
    data_.reset();
    data_fd_ = UniqueFd(-1);
    ended_ = true;
    resumed_.notify_all();
    return flushed;
}

MappingInfo ServedVolume::info() const {
    const std::shared_lock lock(gate_);
    const auto& segments = order_.plan.segments;
    const auto encrypted = std::ranges::find_if(segments, &PlanSegment::encrypted);
    const PlanSegment& segment = encrypted == segments.end() ? segments.front() : *encrypted;
    return {.active = true,
            .suspended = plaintext_ == nullptr,
            .read_only = order_.read_only,
            .backend = "userspace",
            .name = order_.name,
            .path = order_.file,
            .type = order_.plan.type,
            .uuid = order_.plan.uuid,
            .cipher = segment.cipher,
            .key_bits = static_cast<std::uint32_t>(order_.plan.key_bytes() * 8),
            .device = order_.device,
            .data = data_ ? data_->identity() : DeviceIdentity{},
            .sector_size = segment.sector_size,
            .iv_large_sectors = segment.iv_large_sectors,
            .offset_sectors = segment.device_offset,
            .size_sectors = size_.load() / kSectorSize,
            .iv_offset_sectors = segment.iv_offset,
            .flags = {.allow_discards = order_.allow_discards},
            .reencrypting = segments.size() > 1};
}

}  // namespace latchkey::serve
