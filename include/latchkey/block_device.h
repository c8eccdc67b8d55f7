// SPDX-License-Identifier: LGPL-2.1-or-later
// The one interface through which all logic reads and writes: a file, a disk, memory, a program's own storage.
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

// What the kernel says of a device.  A regular file has the defaults but for its block size.
struct DeviceTopology {
    bool regular_file = false;
    bool rotational = false;
    std::uint32_t logical_block = 512;   // bytes
    std::uint32_t physical_block = 512;  // bytes; a regular file's st_blksize
    std::uint64_t minimum_io = 0;        // bytes, BLKIOMIN; 0 = unknown
    std::uint64_t optimal_io = 0;        // bytes, BLKIOOPT; 0 = unknown
    std::uint64_t alignment_offset = 0;  // bytes, BLKALIGNOFF
};

// How long lock() waits for other processes, and what ends the wait with Errc::Interrupted.
struct LockWait {
    std::chrono::milliseconds limit{30'000};
    const std::atomic<bool>* cancelled = nullptr;  // Context::cancelled()
};

// A program that keeps its bytes elsewhere derives from this and gives Device() one: docs/examples/own_storage.cpp.
// Thread-safe: reads and writes of different ranges may run at the same time.  Nothing may be thrown but std::bad_alloc.
class LATCHKEY_API BlockDevice {
  public:
    virtual ~BlockDevice() = default;

    // Reads all of `into`.  DeviceTooSmall if the device ends before, Unreadable if it fails.
    [[nodiscard]] virtual Result<void> read(std::uint64_t offset,
                                            std::span<std::byte> into) const = 0;
    // Writes all of `bytes`; durable only after flush().  DeviceTooSmall beyond the end.
    [[nodiscard]] virtual Result<void> write(std::uint64_t offset,
                                             std::span<const std::byte> bytes) = 0;
    // Everything written before is on stable storage when this returns.
    [[nodiscard]] virtual Result<void> flush() = 0;
    // Makes the device at least `size` bytes long.  Regular files grow; others answer DeviceTooSmall.
    [[nodiscard]] virtual Result<void> grow(std::uint64_t size) = 0;
    // Takes grow() back: a regular file ends at `size` again.  What cannot be undone stays; nobody is told.
    virtual void shrink(std::uint64_t /*size*/) {}
    // Takes storage for the first `bytes` bytes where it is given only when they are written (a sparse file), so
    // that writing them does not fail for want of it.  DeviceFull; nothing that can be read changes.
    [[nodiscard]] virtual Result<void> reserve(std::uint64_t /*bytes*/) { return {}; }

    [[nodiscard]] virtual std::uint64_t size() const = 0;  // bytes
    [[nodiscard]] virtual DeviceTopology topology() const = 0;
    [[nodiscard]] virtual bool read_only() const = 0;
    // For messages: the path, or a name in angle brackets.
    [[nodiscard]] virtual const std::string& name() const = 0;
    // What it is, whatever it is called.  One in memory is itself and nothing else.
    [[nodiscard]] virtual DeviceIdentity identity() const {
        return {.kind = DeviceIdentity::Kind::Memory,
                .inode = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(this))};
    }
    // Of the open file or device, for system calls on it; -1 where there is none.  It stays the device's.
    [[nodiscard]] virtual int descriptor() const { return -1; }

    // A lock against other processes that change the same metadata (docs/formats/luks2.md section 8).
    enum class LockMode : std::uint8_t { Shared, Exclusive };
    class Lock {
      public:
        virtual ~Lock() = default;  // unlocks
    };
    // Waits for other holders, then answers Locked.  A thread that holds the device's lock may take it
    // again.  A device that nobody else can reach answers a lock that does nothing.
    [[nodiscard]] virtual Result<std::unique_ptr<Lock>> lock(LockMode mode,
                                                             const LockWait& wait = {}) = 0;
};

}  // namespace latchkey
