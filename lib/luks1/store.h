// SPDX-License-Identifier: LGPL-2.1-or-later
// The header on its device: it is read once, written whole, and never changed over another program's change.
#pragma once

#include <memory>
#include <optional>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "luks1/header.h"

namespace latchkey::luks1 {

// A header and the bytes it was parsed from.
struct StoredHeader {
    HeaderDisk disk;
    Header header;
};

// Reads and checks the header, and checks the size of the device.  Never writes.
[[nodiscard]] Result<StoredHeader> read_header(const io::BlockDevice& device);

// Returns the first 1024 bytes of the device, or the whole device if it is shorter.
[[nodiscard]] Result<Bytes> read_first_bytes(const io::BlockDevice& device);

// Checks that the result can be parsed, writes 1024 bytes and flushes.  Errors of the device say which header is read
// back: Unfinished if it is the new one.
[[nodiscard]] Result<void> write_header(io::BlockDevice& device, const Header& header);

// A change in progress: it holds the metadata lock and has read the header again under it.
//
// LUKS1 has no sequence number, so the loaded bytes are compared with those on the device.  If another program has
// changed the header of the same volume, the change is applied to the present header.
class Change {
  public:
    // ConcurrentChange if the device now contains another volume than `loaded`.
    [[nodiscard]] static Result<Change> begin(const Context& context, io::BlockDevice& device,
                                              const StoredHeader& loaded);

    [[nodiscard]] const Header& header() const { return now_.header; }
    // ConcurrentChange if another program has changed this keyslot since it was loaded, because its number may now mean
    // something else.
    [[nodiscard]] Result<void> expect_unchanged(int keyslot) const;

    // Overwrites an area with `bytes`, which must have its length, and flushes.
    [[nodiscard]] Result<void> write_area(int keyslot, ByteView bytes);
    // Overwrites an area so that it cannot be recovered, and flushes.
    [[nodiscard]] Result<void> destroy_area(Context& context, int keyslot);
    // Makes `next` the header on disk; it also is that after Unfinished.
    [[nodiscard]] Result<void> commit(const Header& next);

    [[nodiscard]] bool committed() const { return committed_; }
    // Returns what is on the device now.
    [[nodiscard]] const StoredHeader& stored() const { return now_; }

  private:
    Change(io::BlockDevice& device, const StoredHeader& loaded, StoredHeader now,
           std::unique_ptr<io::BlockDevice::Lock> lock)
        : device_(device), loaded_(loaded.header), now_(std::move(now)), lock_(std::move(lock)) {}

    io::BlockDevice& device_;
    Header loaded_;
    StoredHeader now_;
    bool committed_ = false;
    std::unique_ptr<io::BlockDevice::Lock> lock_;
};

// Takes the exclusive metadata lock, or none if policy disables locks.
[[nodiscard]] Result<std::unique_ptr<io::BlockDevice::Lock>> lock_metadata(const Context& context,
                                                                           io::BlockDevice& device);

}  // namespace latchkey::luks1
