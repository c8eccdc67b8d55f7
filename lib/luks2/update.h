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

// Holds the exclusive metadata lock while it lives.  The order of a verb: begin, make the next Metadata from
// current(), prepare it, write_area, commit, wipe_area.  Until the commit the old header is the truth and
// nothing that it refers to may be overwritten; afterwards what it alone referred to may be destroyed.
class Update {
  public:
    // Locks and reads the header again: another process may have changed it since `known` was read.  What was read by
    // somebody who holds the lock already is `held`.
    // ConcurrentChange if it is another volume now; AccessDenied on a device that cannot be written;
    // UnmetRequirement, NotSupported for requirements that are not in `allowed`.
    // A damaged copy will be healed by the commit: refused with CorruptHeader unless `heal` allows that, or if
    // another signature lies where LUKS2 would be written.
    [[nodiscard]] static Result<Update> begin(Context& context,
                                              std::shared_ptr<io::BlockDevice> device,
                                              const Metadata& known, bool heal,
                                              Requirements allowed = {},
                                              const StoredMetadata* held = nullptr);

    [[nodiscard]] const Metadata& current() const { return stored_.metadata; }

    // ConcurrentChange if keyslot `number` is not the one that `known` has: what the number meant to the
    // caller is not what it means now.  KeyslotInactive if it is not there.
    [[nodiscard]] Result<void> expect_unchanged(const Metadata& known, int number) const;

    // Writes a new area and flushes it.
    [[nodiscard]] Result<void> write_area(const Area& area, ByteView bytes);
    // Makes the bytes of `next`, so that from here on nothing but the device can fail.  A verb that writes an
    // area first does this before.
    [[nodiscard]] Result<void> prepare(const Metadata& next);
    // Makes what was prepared the truth; current() is that then.  Errors say which header opens now: after
    // Unfinished it is the new one.
    [[nodiscard]] Result<void> commit();
    [[nodiscard]] Result<void> commit(const Metadata& next);
    // Destroys what an area held: with random bytes, on rotational devices in many passes.
    [[nodiscard]] Result<void> wipe_area(const Area& area);
    // The same for an area that is about to be written anew in its place: goes on when the context is cancelled,
    // as stopping here would lose the keyslot.
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

// The exclusive lock, unless the policy wants none.
[[nodiscard]] Result<std::unique_ptr<io::BlockDevice::Lock>> lock_exclusively(
    const Context& context, io::BlockDevice& device);

// CorruptHeader, in the peer's words, if libblkid sees anything but LUKS on the device: a damaged copy may
// be damaged because something else was put there.
[[nodiscard]] Result<void> refuse_foreign_signatures(
    const std::shared_ptr<io::BlockDevice>& device);

}  // namespace latchkey::luks2
