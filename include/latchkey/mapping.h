// SPDX-License-Identifier: LGPL-2.1-or-later
// Active devices: what is mapped under a name, and the verbs that map, change and unmap it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"

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
    bool read_only = false;              // also set where the data device is read only
    bool shared = false;                 // the data device may be in use by another mapping
    bool key_in_keyring = true;          // LUKS2: the table names a logon key; false: hex in the table
    bool ignore_persistent_flags = false;
    std::optional<std::uint64_t> size_sectors = {};  // 512-byte sectors; nothing or 0 = all there is
    std::vector<std::string> link_key_to = {};       // --link-vk-to-keyring: "<keyring>::<key>"
};

// What is active under a name: the facts of `status`.
struct MappingInfo {
    bool active = false;
    bool in_use = false;                 // open count above what we hold
    bool suspended = false;
    bool read_only = false;
    std::string name = {};
    std::string path = {};               // "/dev/mapper/NAME"
    std::string type = {};               // "LUKS1", "LUKS2", "PLAIN", ... or "" for others' devices
    std::string uuid = {};               // of the volume, with dashes; "" = none
    std::string dm_uuid = {};
    std::string cipher = {};             // dm-crypt notation
    std::uint32_t key_bits = 0;
    bool key_in_keyring = false;
    std::string key_description = {};    // of the keyring key
    std::string device = {};             // path of the data device
    std::string loop_file = {};          // what lies behind it, if it is a loop device
    std::uint32_t sector_size = 512;     // bytes
    bool iv_large_sectors = false;
    std::uint64_t offset_sectors = 0;    // 512-byte sectors, on the data device
    std::uint64_t size_sectors = 0;      // 512-byte sectors
    std::uint64_t iv_offset_sectors = 0; // 512-byte sectors
    ActivationFlags flags = {};
    std::string integrity = {};          // "hmac(sha256)"; "" = none
    std::uint32_t integrity_key_bits = 0;
    bool reencrypting = false;
};

// Who keeps a device busy: "/mnt (mounted)", "dm-3 (home)", "process 123 (dd)".
struct Holder {
    std::string what;
    std::string kind;  // "mount", "swap", "device", "process"
};

namespace mapping {

// The road's end: plan of the volume and a verified key become a device.  Exists (name taken), Busy (names the
// holders), DeviceTooSmall, MissingCipher (names the kernel module), NotSupported, AccessDenied (no device-mapper).
[[nodiscard]] LATCHKEY_API Result<MappingInfo> activate(Context& context, const Volume& volume,
                                                        const UnlockedVolume& unlocked,
                                                        const Device& data, std::string_view name,
                                                        const ActivateOptions& options);
// The table line that activate() would load, key replaced by zeros unless `show_key`.
[[nodiscard]] LATCHKEY_API Result<std::string> planned_table(Context& context,
                                                             const Volume& volume,
                                                             const UnlockedVolume& unlocked,
                                                             const Device& data,
                                                             const ActivateOptions& options);

// `active` false for a name that nobody has; an error only if the kernel cannot be asked.
[[nodiscard]] LATCHKEY_API Result<MappingInfo> status(Context& context, std::string_view name);
[[nodiscard]] LATCHKEY_API std::vector<Holder> holders(const MappingInfo& info);

struct CloseOptions {
    bool deferred = false;
    bool cancel_deferred = false;
};
// NoDevice if not active, Busy with the holders.
[[nodiscard]] LATCHKEY_API Result<void> close(Context& context, std::string_view name,
                                              const CloseOptions& options = {});
// `key` is needed for a mapping whose key is in the keyring.  Size in 512-byte sectors; 0 = all there is.
[[nodiscard]] LATCHKEY_API Result<void> resize(Context& context, std::string_view name,
                                               std::uint64_t size_sectors, const VolumeKey* key);
// New flags for an active mapping of the same volume; everything else must be the same.
[[nodiscard]] LATCHKEY_API Result<void> refresh(Context& context, const Volume& volume,
                                                const UnlockedVolume& unlocked, const Device& data,
                                                std::string_view name,
                                                const ActivateOptions& options);
[[nodiscard]] LATCHKEY_API Result<void> suspend(Context& context, std::string_view name);
// The volume's uuid must be the mapping's.
[[nodiscard]] LATCHKEY_API Result<void> resume(Context& context, const Volume& volume,
                                               const UnlockedVolume& unlocked,
                                               std::string_view name,
                                               const ActivateOptions& options);

// The facts as `status` prints them, in the layout that scripts know.
[[nodiscard]] LATCHKEY_API Fact describe(const MappingInfo& info);

}  // namespace mapping
}  // namespace latchkey
