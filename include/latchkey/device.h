// SPDX-License-Identifier: LGPL-2.1-or-later
// Where headers and data lie: a block device, a regular file, memory.
#pragma once

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
    // `path` is a block device, a regular file, or UUID=...  NoDevice, AccessDenied, Busy (Exclusive: mounted, mapped,
    // served in userspace or otherwise held, by whatever name; says by whom).  ReadWrite opens read only and says so
    // in read_only() where the system allows no writing.
    [[nodiscard]] static Result<Device> open(Context& context, std::string_view path,
                                             Access access);
    // Creates a regular file, mode 0600, or fails with Exists.
    [[nodiscard]] static Result<Device> create_file(Context& context, std::string_view path,
                                                    std::uint64_t size);
    // Over any BlockDevice (latchkey/block_device.h), for programs that keep the bytes themselves.
    explicit Device(std::shared_ptr<BlockDevice> device);

    // The same bytes, but what is written stays in memory: --dry-run runs the real code over this.
    [[nodiscard]] Device shadow() const;
    // Whether writes stay in memory; then no files are written beside the device either.
    [[nodiscard]] bool is_shadow() const;
    // What was written to a shadow: merged, by offset.  Empty for other devices.
    [[nodiscard]] std::vector<ByteRange> changed_ranges() const;

    [[nodiscard]] std::uint64_t size() const;  // bytes
    [[nodiscard]] bool read_only() const;
    [[nodiscard]] bool regular_file() const;
    [[nodiscard]] const std::string& name() const;
    // What it is: decided when it was opened, whatever its name leads to by now.
    [[nodiscard]] DeviceIdentity identity() const;
    // Which bytes it has, on what lies lowest: to compare devices that lie over each other.
    [[nodiscard]] StorageRange storage() const;
    // A path that leads to this very device while it is open, for calls that want one; the name where there is none.
    [[nodiscard]] std::string open_path() const;
    [[nodiscard]] const std::shared_ptr<BlockDevice>& io() const { return device_; }

  private:
    std::shared_ptr<BlockDevice> device_;
};

// Which bytes a path leads to by now, on what lies lowest, for a look that opens nothing and asks no rights; a Device that
// is open says it of itself.  Unknown if it leads to no regular file and no block device.  Of unknown length.
[[nodiscard]] LATCHKEY_API StorageRange storage_at(const std::string& path);

// A signature that libblkid sees: {"ext4", "superblock"} or {"dos", "partition"}.
struct Signature {
    std::string name;
    std::string kind;  // "superblock" or "partition"
};
// What is on the device, before it is overwritten.  LUKS itself is listed as "crypto_LUKS".
[[nodiscard]] LATCHKEY_API Result<std::vector<Signature>> find_signatures(const Device& device);

}  // namespace latchkey
