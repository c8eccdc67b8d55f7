// SPDX-License-Identifier: LGPL-2.1-or-later
// The binary header of one copy: converts bytes to checked values and back, and verifies the checksum.
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

// The values of one copy: those that both copies share, and those of this copy.
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

// Checks the first bytes of a binary header, at least eight.  NotThisFormat if the magic for that place is missing,
// or for LUKS version 1; CorruptHeader for any other unknown version.
[[nodiscard]] Result<void> check_version(ByteView bytes, std::uint64_t offset);

// Checks everything except the checksum, which needs the whole copy.  `bytes` holds at least kBinaryHeaderBytes, read
// at `offset`; the secondary is the copy that does not lie at 0.  NotThisFormat if the magic for that place is
// missing, or for LUKS version 1; CorruptHeader names field and values.
[[nodiscard]] Result<BinaryHeader> parse_binary_header(ByteView bytes, std::uint64_t offset);

// Verifies the checksum of a whole copy of header_size bytes whose binary header was parsed.  CorruptHeader if it
// differs; MissingCipher if the library does not know the algorithm.
[[nodiscard]] Result<void> verify_checksum(ByteView copy, const BinaryHeader& header);

// Returns the bytes of a whole copy with its checksum.  InvalidArgument if a text does not fit its field; the caller
// has checked that `json_text` fits.
[[nodiscard]] Result<Bytes> serialize_copy(const BinaryHeader& header, std::string_view json_text);

}  // namespace latchkey::luks2
