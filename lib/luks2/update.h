// SPDX-License-Identifier: LGPL-2.1-or-later
// One change of a header on disk, from the lock to the commit.
#pragma once

#include <memory>
#include <optional>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "luks2/metadata.h"
#include "luks2/requirements.h"
#include "luks2/store.h"

namespace latchkey::luks2 {

// Holds the exclusive metadata lock during its life.  An operation calls begin, makes the next Metadata from
// current(), then calls prepare, write_area, commit, wipe_area.  Until the commit the old header is valid, and
// nothing that it refers to may be overwritten.  Afterwards what only it referred to may be destroyed.
class Update {
  public:
    // Locks and reads the header again, because another process may have changed it since `known` was read.  `held`
    // is the header that a caller with the lock has read already.
    // ConcurrentChange if it is another volume now; AccessDenied on a read-only device; UnmetRequirement or
    // NotSupported for requirements that are not in `allowed`.
    // The commit heals a damaged copy.  CorruptHeader if `heal` forbids that, or if another signature lies where
    // LUKS2 would be written.
    [[nodiscard]] static Result<Update> begin(Context& context,
                                              std::shared_ptr<io::BlockDevice> device,
                                              const Metadata& known, bool heal,
                                              Requirements allowed = {},
                                              const StoredMetadata* held = nullptr);

    [[nodiscard]] const Metadata& current() const { return stored_.metadata; }

    // Returns ConcurrentChange if keyslot `number` differs from the one in `known`, so that the number no longer
    // means what the caller meant.  KeyslotInactive if it does not exist.
    [[nodiscard]] Result<void> expect_unchanged(const Metadata& known, int number) const;

    // Writes a new area and flushes it.
    [[nodiscard]] Result<void> write_area(const Area& area, ByteView bytes);
    // Makes the bytes of `next`, so that after this only the device can fail.  An operation that writes an area first
    // calls this before.
    [[nodiscard]] Result<void> prepare(const Metadata& next);
    // Writes the prepared header, which becomes current().  Errors say which header opens now: after Unfinished it is
    // the new one.
    [[nodiscard]] Result<void> commit();
    [[nodiscard]] Result<void> commit(const Metadata& next);
    // Overwrites an area with random bytes; on rotational devices in many passes.
    [[nodiscard]] Result<void> wipe_area(const Area& area);
    // Does the same for an area that is rewritten in place.  Ignores a cancelled context, because stopping would lose
    // the keyslot.
    [[nodiscard]] Result<void> wipe_area_to_the_end(const Area& area);

    [[nodiscard]] StoredMetadata take() && { return std::move(stored_); }

  private:
    static Result<Update> begin_with(Context& context, std::shared_ptr<io::BlockDevice> device,
                                     std::unique_ptr<io::BlockDevice::Lock> lock,
                                     StoredMetadata stored, bool heal, Requirements allowed);
    Update(Context& context, std::shared_ptr<io::BlockDevice> device,
           std::unique_ptr<io::BlockDevice::Lock> lock, StoredMetadata stored);

    Context* context_;
    std::shared_ptr<io::BlockDevice> device_;
    std::unique_ptr<io::BlockDevice::Lock> lock_;
    StoredMetadata stored_;
    std::optional<PreparedMetadata> prepared_;
};

// Returns the exclusive lock, unless the policy disables locks.
[[nodiscard]] Result<std::unique_ptr<io::BlockDevice::Lock>> lock_exclusively(
    const Context& context, io::BlockDevice& device);

// Returns CorruptHeader, in the peer's words, if libblkid finds anything except LUKS on the device: the copy may be
// damaged because something else was written there.
[[nodiscard]] Result<void> refuse_foreign_signatures(
    const std::shared_ptr<io::BlockDevice>& device);

}  // namespace latchkey::luks2
