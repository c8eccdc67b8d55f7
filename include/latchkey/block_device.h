// SPDX-License-Identifier: LGPL-2.1-or-later
// The only interface for reading and writing: a file, a disk, memory, or a program's own storage.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "latchkey/error.h"
#include "latchkey/identity.h"

namespace latchkey {

// Properties of a device that the kernel reports.  A regular file has the defaults, except for the block size.
struct DeviceTopology {
    bool regular_file = false;
    bool rotational = false;
    std::uint32_t logical_block = 512;   // bytes
    std::uint32_t physical_block = 512;  // bytes; a regular file's st_blksize
    std::uint64_t minimum_io = 0;        // bytes, BLKIOMIN; 0 = unknown
    std::uint64_t optimal_io = 0;        // bytes, BLKIOOPT; 0 = unknown
    std::uint64_t alignment_offset = 0;  // bytes, BLKALIGNOFF
};

// How long lock() waits for other processes, and the flag that ends the wait with Errc::Interrupted.
struct LockWait {
    std::chrono::milliseconds limit{30'000};
    const std::atomic<bool>* cancelled = nullptr;  // Context::cancelled()
};

// A program with its own storage derives from this class and passes an object to Device():
// docs/examples/own_storage.cpp. Thread-safe: reads and writes of different ranges may run at the same time.
// Implementations may throw std::bad_alloc only.
class LATCHKEY_API BlockDevice {
  public:
    virtual ~BlockDevice() = default;

    // Fills all of `into`.  DeviceTooSmall if the device ends before that, Unreadable if reading fails.
    [[nodiscard]] virtual Result<void> read(std::uint64_t offset,
                                            std::span<std::byte> into) const = 0;
    // Writes all of `bytes`, which are durable only after flush().  DeviceTooSmall beyond the end.
    [[nodiscard]] virtual Result<void> write(std::uint64_t offset,
                                             std::span<const std::byte> bytes) = 0;
    // Returns when everything written before is on stable storage.
    [[nodiscard]] virtual Result<void> flush() = 0;
    // Makes the device at least `size` bytes long.  Regular files grow; others return DeviceTooSmall.
    [[nodiscard]] virtual Result<void> grow(std::uint64_t size) = 0;
    // Undoes grow(): a regular file ends at `size` again.  Errors are ignored, and the file stays as it is.
    virtual void shrink(std::uint64_t /*size*/) {}
    // Allocates storage for the first `bytes` bytes if the device allocates only on writing (a sparse file), so that
    // writing them does not fail for lack of space.  DeviceFull.  The content does not change.
    [[nodiscard]] virtual Result<void> reserve(std::uint64_t /*bytes*/) { return {}; }

    [[nodiscard]] virtual std::uint64_t size() const = 0;  // bytes
    [[nodiscard]] virtual DeviceTopology topology() const = 0;
    [[nodiscard]] virtual bool read_only() const = 0;
    // Returns the path, or a name in angle brackets, for messages.
    [[nodiscard]] virtual const std::string& name() const = 0;
    // Returns the identity, independent of the name.  A device in memory is identical only to itself.
    [[nodiscard]] virtual DeviceIdentity identity() const {
        return {.kind = DeviceIdentity::Kind::Memory,
                .inode = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(this))};
    }
    // Returns the open descriptor for system calls, or -1.  The device keeps it and closes it.
    [[nodiscard]] virtual int descriptor() const { return -1; }

    // A lock against other processes that change the same metadata (docs/formats/luks2.md section 8).
    enum class LockMode : std::uint8_t { Shared, Exclusive };
    class Lock {
      public:
        virtual ~Lock() = default;  // unlocks
    };
    // Waits for other holders, then fails with Locked.  A thread that holds the device's lock may take it again.  A
    // device that no other process can reach returns a lock that does nothing.
    [[nodiscard]] virtual Result<std::unique_ptr<Lock>> lock(LockMode mode,
                                                             const LockWait& wait = {}) = 0;
};

}  // namespace latchkey
