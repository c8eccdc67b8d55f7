// SPDX-License-Identifier: LGPL-2.1-or-later
// Active devices: what is mapped under a name, and the verbs that map, change and unmap it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/mapping_plan.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"

namespace latchkey {

// Each is one optional argument of dm-crypt's table; spec: dm-crypt.md section 1.
struct ActivationFlags {
    bool allow_discards = false;
    bool same_cpu_crypt = false;
    bool submit_from_crypt_cpus = false;
    bool no_read_workqueue = false;
    bool no_write_workqueue = false;
    bool high_priority = false;
    friend bool operator==(const ActivationFlags&, const ActivationFlags&) = default;
};

struct ActivateOptions {
    ActivationFlags flags = {};
    bool read_only = false;       // also set where the data device is read only
    bool shared = false;          // the data device may be in use by another mapping
    bool key_in_keyring = true;   // where the plan names a keyring key; false: hex in the table
    bool ignore_persistent_flags = false;
    std::optional<std::uint64_t> size_sectors = {};  // 512-byte sectors; nothing or 0 = all there is
    std::vector<std::string> link_key_to = {};       // --link-vk-to-keyring: "<keyring>::<key>"
    std::string backend = {};     // "kernel", "userspace", or "" = the first that works here
};

// What is active under a name: the facts of `status`.
struct MappingInfo {
    bool active = false;
    bool in_use = false;          // open count above what we hold
    bool without_table = false;   // being made, or left by a killed process: activate() tells, and takes the name
    bool suspended = false;
    bool read_only = false;
    bool deferred_remove = false;
    std::string backend = {};     // "kernel", "userspace"
    std::string name = {};
    std::string path = {};        // "/dev/mapper/NAME"
    std::uint32_t major = 0;      // of the mapping's device
    std::uint32_t minor = 0;
    std::string type = {};        // "LUKS1", "LUKS2", "PLAIN", ... or "" for others' devices
    std::string uuid = {};        // of the volume, with dashes; "" = none
    std::string dm_uuid = {};
    std::string cipher = {};      // dm-crypt notation
    std::uint32_t key_bits = 0;
    bool key_in_keyring = false;
    std::string key_description = {};     // of the keyring key
    std::string device = {};              // path of the data device
    std::string loop_file = {};           // what lies behind it, if it is a loop device
    std::uint32_t sector_size = 512;      // bytes
    bool iv_large_sectors = false;
    std::uint64_t offset_sectors = 0;     // 512-byte sectors, on the data device
    std::uint64_t size_sectors = 0;       // 512-byte sectors
    std::uint64_t iv_offset_sectors = 0;  // 512-byte sectors
    ActivationFlags flags = {};
    std::string integrity = {};           // "hmac(sha256)"; "" = none
    std::uint32_t integrity_key_bits = 0;
    bool reencrypting = false;
};

// Who keeps a device busy.
struct Holder {
    enum class Kind : std::uint8_t { Mount, Swap, Device, Process };
    Kind kind = Kind::Process;
    std::string what = {};  // "/mnt", "swap", "dm-3 (home)", "process 123 (dd)"
};

namespace mapping {

// The road's end: a plan and its key become a device.  Exists (name taken), Busy (names the holders), DeviceTooSmall,
// MissingCipher (names the kernel module), NotSupported (no back end works here: says why for each), AccessDenied.
// Whatever fails, nothing stays: no device, no loop device, no key in a keyring.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> activate(Context& context, const MappingPlan& plan,
                                                        const VolumeKey& key, const Device& data,
                                                        std::string_view name,
                                                        const ActivateOptions& options = {});

// The table that activate() would load, as `dmsetup create` reads it; spec: dm-crypt.md section 1.  The key field is
// the keyring's description or zeros: no secret is in it.  DeviceTooSmall, InvalidArgument (size no multiple).
[[nodiscard]] LATCHKEY_API Result<std::string> planned_table(const MappingPlan& plan,
                                                             const Device& data,
                                                             const ActivateOptions& options = {});

// `active` false for a name that nobody has; an error only if the kernel cannot be asked.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> status(Context& context, std::string_view name);
// Mounts, swap areas, devices above and visible processes that hold it.
[[nodiscard]] LATCHKEY_API std::vector<Holder> holders(const MappingInfo& info);
// The table that is loaded.  Without `show_key` the key field is zeros, or the keyring's description.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> active_table(Context& context, std::string_view name,
                                                             bool show_key);

struct CloseOptions {
    bool deferred = false;
    bool cancel_deferred = false;
};
// NoDevice if not active, Busy with the holders.
[[nodiscard]] LATCHKEY_API Result<void> close(Context& context, std::string_view name,
                                              const CloseOptions& options = {});
// Size in 512-byte sectors; 0 = all there is.  `key` is needed for a mapping whose key is in the keyring.
[[nodiscard]] LATCHKEY_API Result<void> resize(Context& context, std::string_view name,
                                               std::uint64_t size_sectors,
                                               const VolumeKey* key = nullptr);
// New flags for an active mapping; plan, key and device must be those it was made with (InvalidArgument names the
// difference).  Without options.size_sectors the size returns to the device's.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> refresh(Context& context, const MappingPlan& plan,
                                                       const VolumeKey& key, const Device& data,
                                                       std::string_view name,
                                                       const ActivateOptions& options);
// Stops I/O and wipes the key in the kernel and in keyrings.  InvalidArgument if it is suspended.
[[nodiscard]] LATCHKEY_API Result<void> suspend(Context& context, std::string_view name);
// Gives the key back.  The plan's uuid must be the mapping's.  InvalidArgument if it is not suspended.
[[nodiscard]] LATCHKEY_API Result<void> resume(Context& context, const MappingPlan& plan,
                                               const VolumeKey& key, std::string_view name,
                                               const ActivateOptions& options = {});

// The facts as `status` prints them, in the layout that scripts know (spec: cli.md section 6).
[[nodiscard]] LATCHKEY_API Fact describe(const MappingInfo& info);

}  // namespace mapping
}  // namespace latchkey
