// SPDX-License-Identifier: LGPL-2.1-or-later
// What is mapped under a name, and what is asked of a mapping: values, which every back end knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/identity.h"

namespace latchkey {

// Each is one optional argument of dm-crypt's table; docs/formats/device-mapper.md section 1.
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
    bool read_only = false;      // also set where the data device is read only
    bool shared = false;         // the data device may be in use by another mapping
    bool key_in_keyring = true;  // where the plan names a keyring key; false: hex in the table
    bool ignore_persistent_flags = false;
    std::optional<std::uint64_t> size_sectors =
        {};                                     // 512-byte sectors; nothing or 0 = all there is
    std::vector<std::string> link_key_to = {};  // --link-vk-to-keyring: "<keyring>::<key>"
    std::string backend = {};  // "kernel", "userspace", or "" = the first that works here
    std::string expect_signature =
        {};                   // what a device that gets a random key carries; latchkey/swap_guard.h
    bool may_shrink = false;  // of refresh(): even below a file system in use; see ResizeOptions
};

// What is active under a name: the facts of `status`.
struct MappingInfo {
    bool active = false;
    bool in_use = false;  // open count above what we hold
    bool without_table =
        false;  // being made, or left by a killed process: activate() tells, and takes the name
    bool server_ended =
        false;  // userspace: nothing can be read or written; close() removes what is left
    bool suspended = false;
    bool read_only = false;
    bool deferred_remove = false;
    std::string backend = {};  // "kernel", "userspace"
    std::string name = {};
    std::string path = {};    // "/dev/mapper/NAME"
    std::uint32_t major = 0;  // of the mapping's device
    std::uint32_t minor = 0;
    std::string type = {};  // "LUKS1", "LUKS2", "PLAIN", ... or "" for others' devices
    std::string uuid = {};  // of the volume, with dashes; "" = none
    std::string dm_uuid = {};
    std::string cipher = {};  // dm-crypt notation
    std::uint32_t key_bits = 0;
    bool key_in_keyring = false;
    std::string key_description = {};  // of the keyring key
    std::string device = {};           // path of the data device; "8:0" if it is gone
    std::string loop_file = {};        // what lies behind it, if it is a loop device
    DeviceIdentity data = {};          // what the data device is, whatever `device` leads to by now
    std::uint32_t sector_size = 512;   // bytes
    bool iv_large_sectors = false;
    std::uint64_t offset_sectors = 0;     // 512-byte sectors, on the data device
    std::uint64_t size_sectors = 0;       // 512-byte sectors
    std::uint64_t iv_offset_sectors = 0;  // 512-byte sectors
    ActivationFlags flags = {};
    std::string integrity = {};  // "hmac(sha256)"; "" = none
    std::uint32_t integrity_key_bits = 0;
    bool reencrypting = false;

    // NoDevice, Condition::ServerEnded, if it is served no more.
    [[nodiscard]] LATCHKEY_API Result<void> check_served() const;
};

// Who keeps a device busy.
struct Holder {
    enum class Kind : std::uint8_t { Mount, Swap, Device, Process };
    Kind kind = Kind::Process;
    std::string what = {};  // "/mnt", "swap", "dm-3 (home)", "process 123 (dd)"
};

namespace mapping {

struct CloseOptions {
    bool deferred = false;
    bool cancel_deferred = false;
};

}  // namespace mapping
}  // namespace latchkey
