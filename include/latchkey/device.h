// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices that hold headers and data: block devices, regular files, memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/identity.h"

namespace latchkey {

class BlockDevice;

enum class Access : std::uint8_t { ReadOnly, ReadWrite, Exclusive };

struct ByteRange {
    std::uint64_t offset = 0;  // bytes
    std::uint64_t length = 0;  // bytes
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// A handle; copies refer to the same open device.
class LATCHKEY_API Device {
  public:
    // Opens `path`: a block device, a regular file, or UUID=...  Fails with NoDevice, AccessDenied or Busy.
    // Exclusive access gives Busy if the device is mounted, mapped, served in userspace or otherwise held under any
    // name; the message names the holder.  If the system does not allow writing, ReadWrite opens the device read
    // only, and read_only() returns true.
    [[nodiscard]] static Result<Device> open(Context& context, std::string_view path,
                                             Access access);
    // Creates a regular file, mode 0600, or fails with Exists.
    [[nodiscard]] static Result<Device> create_file(Context& context, std::string_view path,
                                                    std::uint64_t size);
    // Wraps any BlockDevice (latchkey/block_device.h), for programs that store the bytes themselves.
    explicit Device(std::shared_ptr<BlockDevice> device);

    // Returns a view of the same bytes that keeps writes in memory.  --dry-run runs the real code over it.
    [[nodiscard]] Device shadow() const;
    // Returns whether writes stay in memory.  In that case no files are written beside the device either.
    [[nodiscard]] bool is_shadow() const;
    // Returns the ranges that were written to a shadow, merged and sorted by offset.  Empty for other devices.
    [[nodiscard]] std::vector<ByteRange> changed_ranges() const;

    [[nodiscard]] std::uint64_t size() const;  // bytes
    [[nodiscard]] bool read_only() const;
    // Returns a mark that becomes true when a write through this handle or a copy of it begins.  The mark does not keep
    // the device open.  Null for a shadow and for memory.
    [[nodiscard]] std::shared_ptr<const std::atomic<bool>> write_mark() const;
    [[nodiscard]] bool regular_file() const;
    [[nodiscard]] const std::string& name() const;
    // Returns the identity of the device.  It was decided at opening time and does not change with the name.
    [[nodiscard]] DeviceIdentity identity() const;
    // Returns the bytes of the lowest storage that the device consists of, to compare devices stacked on each other.
    [[nodiscard]] StorageRange storage() const;
    // Returns a path to this very device, valid while it is open, for calls that need a path; or the name if there is
    // none.
    [[nodiscard]] std::string open_path() const;
    [[nodiscard]] const std::shared_ptr<BlockDevice>& io() const { return device_; }

  private:
    std::shared_ptr<BlockDevice> device_;
};

// Returns the bytes of the lowest storage that `path` leads to now.  Opens nothing and needs no rights; for an open
// device use Device::storage().  The length is unknown.  Returns an unknown range if `path` leads to neither a
// regular file nor a block device.
[[nodiscard]] LATCHKEY_API StorageRange storage_at(const std::string& path);

// A signature that libblkid sees: {"ext4", "superblock"} or {"dos", "partition"}.
struct Signature {
    std::string name;
    std::string kind;  // "superblock" or "partition"
};
// Returns the signatures on the device, for a look before it is overwritten.  LUKS itself is listed as "crypto_LUKS".
[[nodiscard]] LATCHKEY_API Result<std::vector<Signature>> find_signatures(const Device& device);

}  // namespace latchkey
