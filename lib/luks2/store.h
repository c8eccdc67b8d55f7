// SPDX-License-Identifier: LGPL-2.1-or-later
// Where LUKS2 metadata lies on the device: two copies, one of which is whole at every instant.
#pragma once

#include <memory>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

enum class CopyState : std::uint8_t { Good, Obsolete, Damaged };

struct StoredMetadata {
    Metadata metadata;
    CopyState primary = CopyState::Good;
    CopyState secondary = CopyState::Good;
    std::string damage = {};  // what is wrong with the copy that was not used
};

// Reads both copies and takes the right one (luks2.md section 5).  Never writes.  NotThisFormat if there is
// neither magic; CorruptHeader if no copy is good, with the reason; DeviceTooSmall, Io.
[[nodiscard]] Result<StoredMetadata> read_metadata(const io::BlockDevice& device);

// Writes `next` with sequence id + 1: primary whole and flushed, then secondary.  The metadata lock is held
// by the caller.  `write_whole_area` clears the JSON areas to their ends (format, conversion, recovery).
// `salts` of a copy that was damaged must have been renewed by the caller (renew_salts).
[[nodiscard]] Result<void> write_metadata(io::BlockDevice& device, Metadata& next,
                                          bool write_whole_area);

// Rewrites the copy that is not Good from the other one: same sequence id, fresh salt.
[[nodiscard]] Result<void> recover_copy(Context& context, io::BlockDevice& device,
                                        const StoredMetadata& stored);

}  // namespace latchkey::luks2
