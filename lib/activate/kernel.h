// SPDX-License-Identifier: LGPL-2.1-or-later
// What activation asks of the kernel, as interfaces: the real ones are in devmapper/, tests give ones that remember,
// or that fail, or kill the process, at every step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "io/keyring.h"
#include "latchkey/context.h"
#include "latchkey/error.h"
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
    bool private_device = false;       // keep udev's hands off: helpers and temporary devices
    std::uint32_t read_ahead = 0;      // 512-byte sectors, at least
};

// One call, one device-mapper operation.  Secure-data is always set.  Errors: Exists, Busy, NoDevice (no such
// mapping), NotSupported (no device-mapper: says which module), MissingCipher (the kernel lacks it), InvalidArgument.
class DeviceMapper {
  public:
    virtual ~DeviceMapper() = default;
    [[nodiscard]] virtual Result<void> create(const DmCreate&, const std::vector<DmTarget>&) = 0;
    [[nodiscard]] virtual Result<void> reload(std::string_view name, bool read_only,
                                              const std::vector<DmTarget>&) = 0;
    [[nodiscard]] virtual Result<void> suspend(std::string_view name, bool skip_lockfs,
                                               bool no_flush) = 0;
    [[nodiscard]] virtual Result<void> resume(std::string_view name, bool skip_lockfs,
                                              bool no_flush) = 0;
    [[nodiscard]] virtual Result<void> remove(std::string_view name, bool deferred) = 0;
    [[nodiscard]] virtual Result<void> clear(std::string_view name) = 0;  // drops an inactive table
    [[nodiscard]] virtual Result<void> message(std::string_view name, const SecretBuffer& text) = 0;
    [[nodiscard]] virtual Result<DmInfo> info(std::string_view name) = 0;
    // With keys.
    [[nodiscard]] virtual Result<std::vector<DmTarget>> table(std::string_view name) = 0;
    // Devices below, as major:minor.
    [[nodiscard]] virtual Result<std::vector<std::pair<std::uint32_t, std::uint32_t>>> dependencies(
        std::string_view name) = 0;
    // Of a target ("crypt"); nothing if the kernel has no such target.  Loads its module if it can.
    [[nodiscard]] virtual Result<std::optional<DmVersion>> target_version(
        std::string_view target) = 0;
};

class LoopDevices {
  public:
    virtual ~LoopDevices() = default;
    struct Attached {
        std::string path = {};  // "/dev/loop3"
        int fd = -1;            // held open: the device detaches itself when the last user goes (autoclear)
    };
    [[nodiscard]] virtual Result<Attached> attach(std::string_view file, bool read_only,
                                                  std::uint32_t block_size) = 0;
    virtual void release(Attached& attached) = 0;  // closes our hold
    // The file behind a loop device; "" for other devices.
    [[nodiscard]] virtual std::string backing_file(std::string_view device) = 0;
    // The file grew: makes the loop device see it.
    [[nodiscard]] virtual Result<void> update_size(std::string_view device) = 0;
};

struct Kernel {
    std::unique_ptr<DeviceMapper> mapper;
    std::unique_ptr<io::Keyring> keyring;
    std::unique_ptr<LoopDevices> loops;
};

// The running kernel.  Nothing is opened before it is used.
[[nodiscard]] Kernel running_kernel(Context& context);

}  // namespace latchkey::activate
