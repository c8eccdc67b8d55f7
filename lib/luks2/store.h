// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads and writes LUKS2 metadata on the device: two copies, one of which is complete at every moment.
#pragma once

#include <string>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "luks2/metadata.h"

namespace latchkey::luks2 {

enum class CopyState : std::uint8_t {
    Good,
    Obsolete,  // its checksum matches, but it is older than or different from the other one, or its JSON is invalid
    Damaged,
};

struct StoredMetadata {
    Metadata metadata;
    CopyState primary = CopyState::Good;
    CopyState secondary = CopyState::Good;
    std::string damage = {};  // names the unused copy and its fault; "" = no fault
    bool two_volumes =
        false;  // the unused copy is complete, but has no digest of the other: another volume's

    [[nodiscard]] bool both_good() const {
        return primary == CopyState::Good && secondary == CopyState::Good;
    }
};

// Compares everything except the sequence id and the salts.
[[nodiscard]] bool same_content(const Metadata& a, const Metadata& b);

// Warns and returns true if `stored` is the result of an interrupted format or restore.
bool tell_two_volumes(Context& context, const io::BlockDevice& device,
                      const StoredMetadata& stored);

// Reads both copies and chooses the right one (docs/formats/luks2.md section 4).  Never writes.  NotThisFormat if
// both magics are missing, or for LUKS version 1; CorruptHeader if no copy is good, with the reason; DeviceTooSmall
// if the device ends before the keyslots area does; Unreadable if no copy is good and one of them, or its possible
// place, cannot be read.
[[nodiscard]] Result<StoredMetadata> read_metadata(const io::BlockDevice& device);

// Reads again, under the lock, the header that was read before as `known`.  ConcurrentChange if the device now holds
// another volume or none.  The sequence id may have grown: the caller must use the new state.
[[nodiscard]] Result<StoredMetadata> reread_metadata(const io::BlockDevice& device,
                                                     const Metadata& known);
// The check that reread_metadata() makes.
[[nodiscard]] Result<void> check_same_volume(const io::BlockDevice& device,
                                             const StoredMetadata& stored, const Metadata& known);

// Writes `next` with sequence id + 1: first the whole primary, then the secondary (a damaged secondary comes first);
// each is flushed.  One copy is therefore valid, whatever part of a write is lost.  A copy without a salt gets a
// fresh one, which heals it.
// The caller holds the metadata lock.  Afterwards `next` has the new sequence id and the salts.
//
// ConcurrentChange, before any write, if the device holds this volume (same UUID) with another sequence id than
// next's: another program wrote without the lock.  This check reads only the first sector of each good copy.
// InvalidArgument if label, subsystem or UUID do not fit.
[[nodiscard]] Result<void> write_metadata(Context& context, io::BlockDevice& device,
                                          Metadata& next);

// The same in two steps, for callers that must know before their first write that only the device can fail.  Step one
// makes the checked bytes of both copies, with the new sequence id and salts.
struct PreparedMetadata {
    Metadata metadata;
    std::array<Bytes, 2> copies;  // primary, secondary
    std::size_t first = 0;        // the one to write first
};
[[nodiscard]] Result<PreparedMetadata> prepare_metadata(Context& context,
                                                        const io::BlockDevice& device,
                                                        const Metadata& next);
// Step two writes them.  Errors say which header opens now: Unfinished if it is the new one.
[[nodiscard]] Result<void> write_prepared(io::BlockDevice& device,
                                          const PreparedMetadata& prepared);

// Rewrites each copy that is not Good from the other one, with the same sequence id and a fresh salt.  Succeeds if
// nothing is to do.  The caller holds the lock, has read `stored` under it, and has checked for a foreign signature
// over the damaged copy (docs/formats/luks2.md section 5).
[[nodiscard]] Result<void> recover_copy(Context& context, io::BlockDevice& device,
                                        StoredMetadata& stored);

}  // namespace latchkey::luks2
