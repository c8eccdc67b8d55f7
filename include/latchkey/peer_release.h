// SPDX-License-Identifier: LGPL-2.1-or-later
// The release of cryptsetup that this program speaks as.  The same command must give the same data, and lines that
// scripts can read, as the cryptsetup of the same distribution.  All that depends on the release is in one table,
// lib/base/peer_release.cpp; no other code compares versions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "latchkey/error.h"  // LATCHKEY_API

namespace latchkey {

// In order of age.  Of2004 is the first tool, 0.1: what it did not know is as in the release of the build.
enum class PeerRelease : std::uint8_t { Of2004, V2_6, V2_7, V2_8 };

// Returns the release that this build speaks as unless told otherwise: that of its distribution (CMake's
// LATCHKEY_COMPAT).
[[nodiscard]] LATCHKEY_API PeerRelease built_peer_release() noexcept;

// Returns the release of that name ("2.7"); nothing if the table has none.
[[nodiscard]] LATCHKEY_API std::optional<PeerRelease> find_peer_release(std::string_view name);

enum class StatusLayout : std::uint8_t {
    Of2004,      // "is active:"
    PlainUnits,  // "512 bits", "8 sectors"
    TagSize,     // the same, and the size of the integrity tag
    Bracketed,   // "512 [bits]", "8 [512-byte units]"
};

// How an operation fails.
struct Failure {
    int exit_status;
    int errno_value;  // of the C interface, positive
};

// What depends on the release.
struct PeerHabits {
    std::string_view name;     // in --compat and the configuration
    std::string_view version;  // in --version
    // Plain volumes without --cipher and --hash; the key has 256 bits in every release.
    std::string_view plain_cipher;
    std::string_view plain_hash;
    // It warns if only one of them is missing, as every release does that has new ones.
    bool warns_of_each_default;
    // It looks what is on the device, and what the key makes of it.
    bool looks_at_contents;
    // It keeps a cost that is not measured within the processors of this machine, too.
    bool caps_forced_costs;
    // It refuses new keyslots of more than four lanes; else they have four.
    bool refuses_many_lanes;
    // Its C interface refuses a label that is too long; else it cuts it.
    bool refuses_long_labels;
    StatusLayout status;
    int inactive_exit;      // exit status of `status` without a mapping
    Failure refused_table;  // the kernel refuses a table
    Failure missing_key;    // a table names a key that the kernel does not have
};
[[nodiscard]] LATCHKEY_API const PeerHabits& habits_of(PeerRelease release) noexcept;

}  // namespace latchkey
