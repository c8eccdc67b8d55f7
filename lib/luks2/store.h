// SPDX-License-Identifier: LGPL-2.1-or-later
// Where LUKS2 metadata lies on the device: two copies, one of which is whole at every instant.
#pragma once

#include <string>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

enum class CopyState : std::uint8_t {
    Good,
    Obsolete,  // its checksum is right, but it is older than the other one or differs, or its JSON is invalid
    Damaged,
};

struct StoredMetadata {
    Metadata metadata;
    CopyState primary = CopyState::Good;
    CopyState secondary = CopyState::Good;
    std::string damage =
        {};  // what is wrong with the copy that was not used, and which it is; "" = nothing
    bool two_volumes = false;  // the copy that was not used is whole, and another volume's

    [[nodiscard]] bool both_good() const {
        return primary == CopyState::Good && secondary == CopyState::Good;
    }
};

// All but the sequence id and the salts.
[[nodiscard]] bool same_content(const Metadata& a, const Metadata& b);

// Warns of what a format or a restore that was cut off leaves, where `stored` is that; false where it is not.
bool tell_two_volumes(Context& context, const io::BlockDevice& device,
                      const StoredMetadata& stored);

// Reads both copies and takes the right one (docs/formats/luks2.md section 4).  Never writes.  NotThisFormat if there is
// neither magic, or LUKS version 1; CorruptHeader if no copy is good, with the reason; DeviceTooSmall if the
// device ends before the keyslots area does; Unreadable if no copy is good and one of them, or the place
// where one may be, cannot be read.
[[nodiscard]] Result<StoredMetadata> read_metadata(const io::BlockDevice& device);

// Reads again under the lock what `known` was read from before.  ConcurrentChange if the device now holds
// another volume or none.  The sequence id may have grown: the caller works on what is there now.
[[nodiscard]] Result<StoredMetadata> reread_metadata(const io::BlockDevice& device,
                                                     const Metadata& known);
// What it checks of what was read.
[[nodiscard]] Result<void> check_same_volume(const io::BlockDevice& device,
                                             const StoredMetadata& stored, const Metadata& known);

// Writes `next` with sequence id + 1: the primary whole, flushed, then the secondary, flushed (a damaged
// secondary first); so that one copy is valid whatever part of a write is lost.  A copy without a salt gets
// a fresh one, which heals it.
// The metadata lock is held by the caller.  Once it holds `next` has the new sequence id and the salts.
//
// ConcurrentChange, and nothing written, if the device holds this volume (same UUID) with another sequence
// id than next's: somebody wrote without the lock.  Only the first sector of each copy that was good is read for that.
// InvalidArgument if label, subsystem or UUID do not fit.
[[nodiscard]] Result<void> write_metadata(Context& context, io::BlockDevice& device,
                                          Metadata& next);

// The same in two steps, for who must know before his first write that nothing but the device can fail: the
// bytes of both copies, checked, with the new sequence id and salts ...
struct PreparedMetadata {
    Metadata metadata;
    std::array<Bytes, 2> copies;  // primary, secondary
    std::size_t first = 0;        // which is written first
};
[[nodiscard]] Result<PreparedMetadata> prepare_metadata(Context& context,
                                                        const io::BlockDevice& device,
                                                        const Metadata& next);
// ... and their writing.  Errors say which header opens now: Unfinished if it is the new one.
[[nodiscard]] Result<void> write_prepared(io::BlockDevice& device,
                                          const PreparedMetadata& prepared);

// Rewrites each copy that is not Good from the other one: same sequence id, fresh salt.  Nothing to do is no
// error.  The lock is held by the caller, who has also asked whether a foreign signature lies over the
// damaged copy (docs/formats/luks2.md section 5) and `stored` was read under the same lock.
[[nodiscard]] Result<void> recover_copy(Context& context, io::BlockDevice& device,
                                        StoredMetadata& stored);

}  // namespace latchkey::luks2
