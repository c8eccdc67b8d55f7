// SPDX-License-Identifier: LGPL-2.1-or-later
// dm-crypt's tables as text, with and without the key: the one place that knows how they are written.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"
#include "model/mapping_plan.h"

namespace latchkey::model {

// A flag's name in headers, and in dm-crypt's tables.
struct FlagName {
    std::string_view header;
    std::string_view table;
};
// In the order of the peer's tables and of `status`.
inline constexpr std::array<FlagName, 6> kFlagNames = {{
    {"allow-discards", "allow_discards"},
    {"same-cpu-crypt", "same_cpu_crypt"},
    {"submit-from-crypt-cpus", "submit_from_crypt_cpus"},
    {"no-read-workqueue", "no_read_workqueue"},
    {"no-write-workqueue", "no_write_workqueue"},
    {"high_priority", "high_priority"},
}};

// One target.  The parameters may hold the key, and have no NUL at the end.
struct TableTarget {
    std::uint64_t start = 0;     // 512-byte sectors
    std::uint64_t length = 0;    // 512-byte sectors
    std::string_view type = {};  // "crypt", "linear"
    SecretBuffer parameters = {};
};

// The data device as a table names it, and as a person knows it.
struct TableDevice {
    std::string in_table;
    std::string shown;
    std::uint64_t size_bytes = 0;
};

// One target a segment.  The key field is the keyring's description where the plan has one, else the key in `keys`, which
// fit the plan, in hexadecimal digits, else (null) zeros.  DeviceTooSmall if the device ends before the data begin or before a segment's
// fixed end; InvalidArgument if what is left is no whole number of encryption sectors, or if a segment
// that takes the rest of the device is not the last.
[[nodiscard]] Result<std::vector<TableTarget>> table_targets(const MappingPlan& plan,
                                                             const TableDevice& device,
                                                             const KeyRing* keys);

// The same as `dmsetup create` reads it, one line a segment, each ended by '\n'.  No secret is in it.
[[nodiscard]] Result<std::string> crypt_table(const MappingPlan& plan, const std::string& device,
                                              std::uint64_t device_bytes);

// What stands for a key in the keyring, in a table and in a "key set" message: ":64:logon:<description>".
[[nodiscard]] std::string keyring_key_field(std::size_t key_bytes, std::string_view description);

}  // namespace latchkey::model
