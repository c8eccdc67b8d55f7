// SPDX-License-Identifier: LGPL-2.1-or-later
// Interfaces of the kernel services that activation uses.  The real ones are in devmapper/; tests supply others that
// record the calls or fail at every step.
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

// One line of a table.  The parameters contain the key, so they are a secret; they do not end in NUL.
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
    std::uint32_t read_ahead = 0;  // 512-byte sectors; the minimum
};

// A lock, held until the object is destroyed.
class KernelLock {
  public:
    virtual ~KernelLock() = default;
};

// Each call performs one device-mapper operation, always with secure-data set.  Errors name the operation and the
// mapping: Exists, Busy, NoDevice (no such mapping), AccessDenied, NotSupported (no device-mapper or no such target;
// names the module), MissingCipher (the kernel lacks it), InvalidArgument (the kernel refuses the table).
class DeviceMapper {
  public:
    virtual ~DeviceMapper() = default;
    // AccessDenied or NotSupported if this process cannot use device-mapper; the error says what would help.
    [[nodiscard]] virtual Result<void> available() = 0;
    // Keeps other latchkey processes from creating mappings while it is held; ends with the process.  Locked after half
    // a minute.
    [[nodiscard]] virtual Result<std::unique_ptr<KernelLock>> lock() = 0;
    // Creates the mapping, loads its table and resumes it.  On failure the state is as before.
    [[nodiscard]] virtual Result<DmInfo> create(const DmCreate&, const std::vector<DmTarget>&) = 0;
    // Loads a table, which takes effect with the next resume().
    [[nodiscard]] virtual Result<void> reload(std::string_view name, bool read_only,
                                              const std::vector<DmTarget>&) = 0;
    [[nodiscard]] virtual Result<void> suspend(std::string_view name, bool skip_lockfs,
                                               bool no_flush) = 0;
    [[nodiscard]] virtual Result<void> resume(std::string_view name, bool skip_lockfs,
                                              bool no_flush) = 0;
    // Unless `deferred`, retries for some seconds while the mapping is busy, because udev opens devices for a moment.
    [[nodiscard]] virtual Result<void> remove(std::string_view name, bool deferred) = 0;
    [[nodiscard]] virtual Result<void> clear(std::string_view name) = 0;  // drops an inactive table
    [[nodiscard]] virtual Result<void> message(std::string_view name, const SecretBuffer& text) = 0;
    [[nodiscard]] virtual Result<DmInfo> info(std::string_view name) = 0;
    // Returns the live table, with keys, and the result of info().  Has no targets if `exists` is false.
    struct Table {
        DmInfo info = {};
        std::vector<DmTarget> targets = {};
    };
    [[nodiscard]] virtual Result<Table> table(std::string_view name) = 0;
    // Returns the version of a target ("crypt"); nothing if the kernel has no such target.  Loads its module if it can.
    [[nodiscard]] virtual Result<std::optional<DmVersion>> target_version(
        std::string_view target) = 0;
    // InTheWay if something other than a node is at the place of the mapping's node: data meant for the mapping would
    // be written there.  The error names it.  A link made by udev is accepted.
    [[nodiscard]] virtual Result<void> check_place(std::string_view name) = 0;
    // Call after settle().  InTheWay unless the node is the block device with that number.
    [[nodiscard]] virtual Result<void> check_node(std::string_view name, const DmInfo& info) = 0;
    // Waits until udev has created the nodes of mappings that were created, resumed or removed.  If udev does not
    // answer, creates the nodes itself and logs that.
    virtual void settle() = 0;
};

class LoopDevices {
  public:
    virtual ~LoopDevices() = default;
    struct Attached {
        std::string path = {};  // "/dev/loop3"
        int fd = -1;  // held open: the device detaches itself when its last user closes it
    };
    // Attaches a loop device to the open file itself, whatever its name refers to now.  Read-only also if the file can
    // only be read.
    // `block_size` (bytes) is a wish: older kernels support only 512.
    [[nodiscard]] virtual Result<Attached> attach(const io::BlockDevice& file, bool read_only,
                                                  std::uint32_t block_size) = 0;
    virtual void release(Attached& attached) = 0;  // closes our descriptor
    // Returns the path of the file behind a loop device; "" for other devices.
    [[nodiscard]] virtual std::string backing_file(std::string_view device) = 0;
    // Returns the identity of the same file.
    [[nodiscard]] virtual DeviceIdentity backing(std::uint32_t major, std::uint32_t minor) = 0;
    // Checks that no process serves or maps the file, and keeps others from starting to while the returned descriptor
    // is open.  Busy names the user.
    [[nodiscard]] virtual Result<UniqueFd> claim(const io::BlockDevice& file, bool shared) = 0;
    // Makes the loop device notice that its file has grown.
    [[nodiscard]] virtual Result<void> update_size(std::string_view device) = 0;
};

// A block device as the kernel describes it.
struct BlockFacts {
    std::string path = {};  // "/dev/loop3", "/dev/mapper/NAME"
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint64_t size_bytes = 0;
    std::uint32_t logical_block = 512;  // bytes
    std::uint32_t read_ahead = 0;       // 512-byte sectors
    bool read_only = false;
    std::string dm_name = {};  // if it is a mapping
    std::string dm_uuid = {};
};

class BlockDevices {
  public:
    virtual ~BlockDevices() = default;
    // NoDevice (also if it is not a block device), AccessDenied, Io.
    [[nodiscard]] virtual Result<BlockFacts> facts(std::string_view path) = 0;
    // Returns the facts of the open device itself.
    [[nodiscard]] virtual Result<BlockFacts> facts(const io::BlockDevice& device) = 0;
    // Finds a device by number: fills in path, dm_name and dm_uuid, and whatever else is known without opening it.
    [[nodiscard]] virtual BlockFacts identify(std::uint32_t major, std::uint32_t minor) = 0;
    // Busy if a mount, a mapping or another exclusive user holds the device, or the file behind a loop device.
    [[nodiscard]] virtual Result<void> check_unused(const io::BlockDevice& device) = 0;
    [[nodiscard]] virtual std::vector<Holder> holders(std::uint32_t major, std::uint32_t minor) = 0;
    // Returns the mappings that lie on the device, as identify() does.
    [[nodiscard]] virtual std::vector<BlockFacts> mappings_above(std::uint32_t major,
                                                                 std::uint32_t minor) = 0;
};

struct Kernel {
    std::unique_ptr<DeviceMapper> mapper;
    std::unique_ptr<io::Keyring> keyring;
    std::unique_ptr<LoopDevices> loops;
    std::unique_ptr<BlockDevices> devices;
    DmVersion release = {};  // the kernel's
    // Time after which a mapping without a table counts as left behind by a killed process.
    std::chrono::milliseconds patience{1000};
};

// Returns the running kernel.  Opens nothing before it is used.
[[nodiscard]] Kernel running_kernel(Context& context);

}  // namespace latchkey::activate
