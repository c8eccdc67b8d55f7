// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes device-mapper's tables as text, with and without the key.  The only code that knows their syntax.
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

// The name of a flag in headers and in dm-crypt's tables.
struct FlagName {
    std::string_view header;
    std::string_view table;
};
// The order of the peer's tables and of `status`.
inline constexpr std::array<FlagName, 6> kFlagNames = {{
    {"allow-discards", "allow_discards"},
    {"same-cpu-crypt", "same_cpu_crypt"},
    {"submit-from-crypt-cpus", "submit_from_crypt_cpus"},
    {"no-read-workqueue", "no_read_workqueue"},
    {"no-write-workqueue", "no_write_workqueue"},
    {"high_priority", "high_priority"},
}};

// One target.  The parameters may contain the key; they do not end in NUL.
struct TableTarget {
    std::uint64_t start = 0;     // 512-byte sectors
    std::uint64_t length = 0;    // 512-byte sectors
    std::string_view type = {};  // "crypt", "linear", "zero"
    SecretBuffer parameters = {};
};

// The name of the device below in a table, and the one shown to users.
struct TableDevice {
    std::string in_table;
    std::string shown;
    std::uint64_t size_bytes = 0;
};

// Makes one target per segment of a layer of the plan: plan.segments, or the segments of one below.  The key field is
// the keyring description if the plan has one, otherwise the key from `keys` (which must fit the plan) in hexadecimal
// digits, or zeros if `keys` is null.  DeviceTooSmall: the device ends before the data begins or before a segment's
// fixed end.  InvalidArgument: the rest of the device is not a whole number of encryption sectors, or a segment that
// takes the rest is not the last.
[[nodiscard]] Result<std::vector<TableTarget>> table_targets(
    const MappingPlan& plan, const std::vector<PlanSegment>& segments, const TableDevice& device,
    const KeyRing* keys);
// Returns the length of a layer with these targets, in 512-byte sectors.
[[nodiscard]] std::uint64_t length_of(const std::vector<TableTarget>& targets);

// Writes the same tables as `dmsetup create` reads them, the lowest layer's first: one line per segment, each ended by
// '\n'.  The device of an upper layer is the suffix of the one below.  They contain no secret.
[[nodiscard]] Result<std::string> crypt_table(const MappingPlan& plan, const std::string& device,
                                              std::uint64_t device_bytes);

// Returns the reference to a key in the keyring, for a table or a "key set" message: ":64:logon:<description>".
[[nodiscard]] std::string keyring_key_field(std::size_t key_bytes, std::string_view description);

}  // namespace latchkey::model
