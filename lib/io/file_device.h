// SPDX-License-Identifier: LGPL-2.1-or-later
// Regular files and block devices of this system.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/unique_fd.h"
#include "io/block_device.h"
#include "io/lock.h"
#include "latchkey/device.h"

namespace latchkey::io {

// Reads and writes block devices past the page cache (O_DIRECT) where they allow it, so that data comes from the disk
// and reaches it.  Takes any offset and length: an unaligned write first reads the blocks it touches.  Such a write is
// not atomic for other processes.
class FileDevice final : public BlockDevice {
  public:
    // Takes over an open descriptor of a regular file or block device.
    [[nodiscard]] static Result<std::shared_ptr<FileDevice>> adopt(UniqueFd fd, std::string path,
                                                                   bool read_only, bool direct);

    // Returns a buffered, read-only descriptor of the same file, for libraries that read it themselves.
    [[nodiscard]] Result<UniqueFd> reader() const;
    [[nodiscard]] bool direct() const { return direct_.load(std::memory_order_relaxed); }
    // Returns a mark that becomes true when a write begins, and that outlives this object.
    [[nodiscard]] std::shared_ptr<const std::atomic<bool>> write_mark() const { return written_; }

    [[nodiscard]] Result<void> read(std::uint64_t offset, MutableByteView into) const override;
    [[nodiscard]] Result<void> write(std::uint64_t offset, ByteView bytes) override;
    // Calls fsync.  After one failure it always fails, because the kernel reports a lost write only once.
    [[nodiscard]] Result<void> flush() override;
    // DeviceFull: the file keeps its old length.
    [[nodiscard]] Result<void> grow(std::uint64_t size) override;
    void shrink(std::uint64_t size) override;
    [[nodiscard]] Result<void> reserve(std::uint64_t bytes) override;
    [[nodiscard]] std::uint64_t size() const override { return size_.load(); }
    [[nodiscard]] Topology topology() const override { return topology_; }
    [[nodiscard]] bool read_only() const override { return read_only_; }
    [[nodiscard]] const std::string& name() const override { return path_; }
    [[nodiscard]] DeviceIdentity identity() const override { return identity_; }
    [[nodiscard]] int descriptor() const override { return fd_.get(); }
    [[nodiscard]] Result<std::unique_ptr<Lock>> lock(LockMode mode, const LockWait& wait) override;

    FileDevice(UniqueFd fd, std::string path, bool read_only)
        : fd_(std::move(fd)), path_(std::move(path)), read_only_(read_only) {}

  private:
    [[nodiscard]] Result<void> read_buffered(std::uint64_t offset, MutableByteView into) const;
    [[nodiscard]] Result<void> read_direct(std::uint64_t offset, MutableByteView into) const;
    [[nodiscard]] Result<void> read_blocks(std::uint64_t offset, MutableByteView aligned) const;
    [[nodiscard]] Result<void> write_buffered(std::uint64_t offset, ByteView bytes);
    [[nodiscard]] Result<void> write_direct(std::uint64_t offset, ByteView bytes);
    [[nodiscard]] Result<void> write_blocks(std::uint64_t offset, ByteView aligned);
    void give_up_direct() const;

    UniqueFd fd_;
    std::string path_;
    bool read_only_;
    bool block_device_ = false;
    DeviceIdentity identity_;
    Topology topology_;
    std::atomic<std::uint64_t> size_{0};
    mutable std::atomic<bool> direct_{false};
    std::atomic<bool> flush_failed_{false};
    const std::shared_ptr<std::atomic<bool>> written_ = std::make_shared<std::atomic<bool>>(false);
    std::mutex partial_blocks_;  // one read-modify-write at a time
    LockTable locks_;
};

// Returns the error of a device that could not be opened, by errno: AccessDenied, NoDevice, Busy, Unreadable.
[[nodiscard]] Error cannot_open(const std::string& path, int error);

// Opens `path`, which may be UUID=<uuid>, with or without quotes.  NoDevice: missing, or of another kind.
// AccessDenied.  Busy: Exclusive was asked for, and the device is mounted, mapped, served or otherwise held.  ReadWrite
// opens the device read-only if writing is not allowed; Exclusive fails instead.
[[nodiscard]] Result<std::shared_ptr<BlockDevice>> open_file_device(std::string_view path,
                                                                    Access access);

// Creates a regular file of `size` bytes, mode 0600, and flushes it and its name to stable storage.  Exists,
// DeviceFull.
[[nodiscard]] Result<std::shared_ptr<BlockDevice>> create_file_device(std::string_view path,
                                                                      std::uint64_t size);

// Returns the path that a device argument means: /dev/disk/by-uuid/... for UUID=..., else the argument itself.
[[nodiscard]] Result<std::string> resolve_path(std::string_view argument);

// Returns whether transfers of the device go past the page cache, which does not see what a mapping writes.
[[nodiscard]] bool is_direct(const BlockDevice& device);

}  // namespace latchkey::io
