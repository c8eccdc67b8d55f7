// SPDX-License-Identifier: LGPL-2.1-or-later
// One copy's binary header: bytes -> checked values, checksum, and back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/error.h"
#include "luks2/header_disk.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

// The values of one copy; those that both copies share, and its own.
struct BinaryHeader {
    std::uint64_t header_size = 0;  // bytes, one of kHeaderSizes
    std::uint64_t sequence_id = 0;
    std::uint64_t offset = 0;  // bytes
    std::string label = {};
    std::string subsystem = {};
    std::string uuid = {};
    std::string checksum_algorithm = {};
    HeaderSalt salt = {};
};

[[nodiscard]] bool has_primary_magic(ByteView bytes);
[[nodiscard]] bool has_secondary_magic(ByteView bytes);

// What the first bytes of a binary header say, eight of them at least: NotThisFormat if there is no magic for
// that place, or LUKS version 1; CorruptHeader for another version than ours.
[[nodiscard]] Result<void> check_version(ByteView bytes, std::uint64_t offset);

// Checks all but the checksum, which needs the whole copy.  `bytes` holds at least kBinaryHeaderBytes, read
// at `offset`; the secondary is the one that does not lie at 0.  NotThisFormat if there is no magic for that
// place, or LUKS version 1; CorruptHeader names field and values.
[[nodiscard]] Result<BinaryHeader> parse_binary_header(ByteView bytes, std::uint64_t offset);

// `copy` is the whole copy, header_size bytes, whose binary header was parsed.  CorruptHeader if the checksum
// is another; MissingCipher if the library does not know the algorithm.
[[nodiscard]] Result<void> verify_checksum(ByteView copy, const BinaryHeader& header);

// The bytes of a whole copy, checksum included.  InvalidArgument if a text does not fit its field;
// `json_text` has been checked to fit.
[[nodiscard]] Result<Bytes> serialize_copy(const BinaryHeader& header, std::string_view json_text);

}  // namespace latchkey::luks2
