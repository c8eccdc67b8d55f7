// SPDX-License-Identifier: LGPL-2.1-or-later
// The state of a mapping and the options for one: values common to all back ends.
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
    bool read_only = false;      // also set if the data device is read only
    bool shared = false;         // the data device may be in use by another mapping
    bool key_in_keyring = true;  // if the plan names a keyring key; false: hex in the table
    bool ignore_persistent_flags = false;
    std::optional<std::uint64_t> size_sectors =
        {};                                     // 512-byte sectors; nothing or 0 = all there is
    std::vector<std::string> link_key_to = {};  // --link-vk-to-keyring: "<keyring>::<key>"
    std::string backend = {};  // "kernel", "userspace", or "" = the first that works here
    std::string expect_signature =
        {};  // what the device that gets a random key must carry; latchkey/swap_guard.h
    bool may_shrink = false;  // for refresh(): even below a file system in use; see ResizeOptions
};

// The state of the mapping with a given name: the facts that `status` prints.
struct MappingInfo {
    bool active = false;
    bool in_use = false;  // others have it open
    bool without_table =
        false;  // being created, or left by a killed process: activate() reports it and reuses the name
    bool server_ended = false;  // userspace: reads and writes fail; close() removes what is left
    bool suspended = false;
    bool read_only = false;
    bool deferred_remove = false;
    std::string backend = {};  // "kernel", "userspace"
    std::string name = {};
    std::string path = {};    // "/dev/mapper/NAME"
    std::uint32_t major = 0;  // of the mapping's device
    std::uint32_t minor = 0;
    std::string type = {};  // "LUKS1", "LUKS2", "PLAIN", ... or "" for other programs' devices
    std::string uuid = {};  // of the volume, with dashes; "" = none
    std::string dm_uuid = {};
    std::string cipher = {};  // dm-crypt notation
    std::uint32_t key_bits = 0;
    bool key_in_keyring = false;
    std::string key_description = {};  // of the keyring key
    std::string device = {};           // path of the data device; "8:0" if the device is gone
    std::string loop_file = {};        // the file behind the data device, if that is a loop device
    DeviceIdentity data = {};  // identity of the data device, even if `device` leads elsewhere now
    std::uint32_t sector_size = 512;  // bytes
    bool iv_large_sectors = false;
    std::uint64_t offset_sectors = 0;     // 512-byte sectors, on the data device
    std::uint64_t size_sectors = 0;       // 512-byte sectors
    std::uint64_t iv_offset_sectors = 0;  // 512-byte sectors
    ActivationFlags flags = {};
    std::string integrity = {};  // "hmac(sha256)"; "" = none
    std::uint32_t integrity_key_bits = 0;
    std::uint32_t integrity_tag_bytes = 0;  // of each sector
    bool inline_tags = false;               // the disk itself keeps them
    bool reencrypting = false;

    // Returns NoDevice with Condition::ServerEnded if the mapping is no longer served.
    [[nodiscard]] LATCHKEY_API Result<void> check_served() const;
    // Return InvalidArgument with Condition::MappingNotSuspended, or with Condition::MappingSuspended.
    [[nodiscard]] LATCHKEY_API Result<void> check_suspended() const;
    [[nodiscard]] LATCHKEY_API Result<void> check_not_suspended() const;
};

// Something that keeps a device busy.
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
