// SPDX-License-Identifier: LGPL-2.1-or-later
// What activation asks of the kernel, as interfaces: the real ones are in devmapper/, tests give ones that remember,
// or that fail at every step.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/unique_fd.h"
#include "io/block_device.h"
#include "io/keyring.h"
#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/mapping_info.h"
#include "latchkey/secret.h"

namespace latchkey::activate {

// One line of a table.  The parameters hold the key, so they are a secret, without a NUL at the end.
struct DmTarget {
    std::uint64_t start = 0;   // 512-byte sectors
    std::uint64_t length = 0;  // 512-byte sectors
    std::string type = {};     // "crypt"
    SecretBuffer parameters = {};
};

struct DmInfo {
    bool exists = false;
    bool suspended = false;
    bool read_only = false;
    bool live_table = false;
    bool inactive_table = false;
    bool deferred_remove = false;
    int open_count = 0;
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::string uuid = {};
};

struct DmVersion {
    std::uint32_t major = 0, minor = 0, patch = 0;
    friend auto operator<=>(const DmVersion&, const DmVersion&) = default;
};

struct DmCreate {
    std::string name = {};
    std::string uuid = {};
    bool read_only = false;
    std::uint32_t read_ahead = 0;  // 512-byte sectors, at least
};

// Held while the scope lasts.
class KernelLock {
  public:
    virtual ~KernelLock() = default;
};

// One call, one device-mapper operation.  Secure-data is always set.  Errors name the operation and the mapping:
// Exists, Busy, NoDevice (no such mapping), AccessDenied, NotSupported (no device-mapper, no such target: says which
// module), MissingCipher (the kernel lacks it), InvalidArgument (the kernel refuses the table).
class DeviceMapper {
  public:
    virtual ~DeviceMapper() = default;
    // AccessDenied or NotSupported, with what would help, if this process cannot use device-mapper.
    [[nodiscard]] virtual Result<void> available() = 0;
    // Keeps other processes of ours from creating mappings meanwhile; ends with the process.  Locked after half a
    // minute.
    [[nodiscard]] virtual Result<std::unique_ptr<KernelLock>> lock() = 0;
    // With its table, and resumed.  If it fails there is no such mapping, or the one that there was.
    [[nodiscard]] virtual Result<DmInfo> create(const DmCreate&, const std::vector<DmTarget>&) = 0;
    // Takes effect with the next resume().
    [[nodiscard]] virtual Result<void> reload(std::string_view name, bool read_only,
                                              const std::vector<DmTarget>&) = 0;
    [[nodiscard]] virtual Result<void> suspend(std::string_view name, bool skip_lockfs,
                                               bool no_flush) = 0;
    [[nodiscard]] virtual Result<void> resume(std::string_view name, bool skip_lockfs,
                                              bool no_flush) = 0;
    // Not deferred: tries for some seconds while it is busy, since udev opens devices for a moment.
    [[nodiscard]] virtual Result<void> remove(std::string_view name, bool deferred) = 0;
    [[nodiscard]] virtual Result<void> clear(std::string_view name) = 0;  // drops an inactive table
    [[nodiscard]] virtual Result<void> message(std::string_view name, const SecretBuffer& text) = 0;
    [[nodiscard]] virtual Result<DmInfo> info(std::string_view name) = 0;
    // The live table, with keys, and what info() says.  No targets if `exists` is false.
    struct Table {
        DmInfo info = {};
        std::vector<DmTarget> targets = {};
    };
    [[nodiscard]] virtual Result<Table> table(std::string_view name) = 0;
    // Of a target ("crypt"); nothing if the kernel has no such target.  Loads its module if it can.
    [[nodiscard]] virtual Result<std::optional<DmVersion>> target_version(
        std::string_view target) = 0;
    // InTheWay, naming it, if what stands where the mapping's node is, or will be, is no node: what is meant for the mapping
    // would be written there.  A link of udev's is none of that.
    [[nodiscard]] virtual Result<void> check_place(std::string_view name) = 0;
    // After settle(): InTheWay unless the node is the block device with that number.
    [[nodiscard]] virtual Result<void> check_node(std::string_view name, const DmInfo& info) = 0;
    // Waits until udev has made the nodes of what was created, resumed or removed; makes them itself where udev
    // does not answer, and then says so in the log.
    virtual void settle() = 0;
};

class LoopDevices {
  public:
    virtual ~LoopDevices() = default;
    struct Attached {
        std::string path = {};  // "/dev/loop3"
        int fd = -1;  // held open: the device detaches itself when the last user goes (autoclear)
    };
    // Over the very file that is open, whatever its name leads to by now.  Read only also where it can only be read.
    // `block_size` (bytes) is a wish: older kernels have 512 only.
    [[nodiscard]] virtual Result<Attached> attach(const io::BlockDevice& file, bool read_only,
                                                  std::uint32_t block_size) = 0;
    virtual void release(Attached& attached) = 0;  // closes our hold
    // The file behind a loop device; "" for other devices.
    [[nodiscard]] virtual std::string backing_file(std::string_view device) = 0;
    // The same file, as what it is.
    [[nodiscard]] virtual DeviceIdentity backing(std::uint32_t major, std::uint32_t minor) = 0;
    // That nobody serves or maps the file, and that nobody begins to while what is returned lives; Busy says who does.
    [[nodiscard]] virtual Result<UniqueFd> claim(const io::BlockDevice& file, bool shared) = 0;
    // The file grew: makes the loop device see it.
    [[nodiscard]] virtual Result<void> update_size(std::string_view device) = 0;
};

// A block device as the kernel knows it.
struct BlockFacts {
    std::string path = {};  // "/dev/loop3", "/dev/mapper/NAME"
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint64_t size_bytes = 0;
    std::uint32_t logical_block = 512;  // bytes
    std::uint32_t read_ahead = 0;       // 512-byte sectors
    bool read_only = false;
    std::string dm_name = {};  // of a mapping
    std::string dm_uuid = {};
};

class BlockDevices {
  public:
    virtual ~BlockDevices() = default;
    // NoDevice (also for what is no block device), AccessDenied, Io.
    [[nodiscard]] virtual Result<BlockFacts> facts(std::string_view path) = 0;
    // Of the very device that is open.
    [[nodiscard]] virtual Result<BlockFacts> facts(const io::BlockDevice& device) = 0;
    // By number: path, dm_name and dm_uuid; the rest as it is known without opening the device.
    [[nodiscard]] virtual BlockFacts identify(std::uint32_t major, std::uint32_t minor) = 0;
    // Busy if a mount, a mapping or another exclusive user holds it, or its file if it is a loop device.
    [[nodiscard]] virtual Result<void> check_unused(const io::BlockDevice& device) = 0;
    [[nodiscard]] virtual std::vector<Holder> holders(std::uint32_t major, std::uint32_t minor) = 0;
};

struct Kernel {
    std::unique_ptr<DeviceMapper> mapper;
    std::unique_ptr<io::Keyring> keyring;
    std::unique_ptr<LoopDevices> loops;
    std::unique_ptr<BlockDevices> devices;
    DmVersion release = {};  // of the kernel
    // How long a mapping may be without a table before it counts as left behind by a killed process.
    std::chrono::milliseconds patience{1000};
};

// The running kernel.  Nothing is opened before it is used.
[[nodiscard]] Kernel running_kernel(Context& context);

}  // namespace latchkey::activate
