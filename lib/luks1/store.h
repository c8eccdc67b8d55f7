// SPDX-License-Identifier: LGPL-2.1-or-later
// The header on its device: read once, written whole, never changed behind another's back.
#pragma once

#include <memory>
#include <optional>

#include "io/block_device.h"
#include "latchkey/context.h"
#include "luks1/header.h"

namespace latchkey::luks1 {

// A header and the bytes that it came from.
struct StoredHeader {
    HeaderDisk disk;
    Header header;
};

// Reads and checks the header and the size of the device.  Never writes.
[[nodiscard]] Result<StoredHeader> read_header(const io::BlockDevice& device);

// The first 1024 bytes of the device, or as many as it has.
[[nodiscard]] Result<Bytes> read_first_bytes(const io::BlockDevice& device);

// Writes 1024 bytes and flushes.  Checks first that what it writes can be read.  Errors of the device say which
// header is read back: Unfinished if it is the new one.
[[nodiscard]] Result<void> write_header(io::BlockDevice& device, const Header& header);

// A change under way: the metadata lock is held, and the header was read again under it.
//
// LUKS1 has no sequence number, so what was loaded and what is there now are compared as bytes.  A header that
// others changed meanwhile is worked on as it is now, if it is still that of the same volume.
class Change {
  public:
    // ConcurrentChange if `loaded` is not what is on the device any more, but another volume.
    [[nodiscard]] static Result<Change> begin(const Context& context, io::BlockDevice& device,
                                              const StoredHeader& loaded);

    [[nodiscard]] const Header& header() const { return now_.header; }
    // ConcurrentChange if somebody else changed this keyslot since it was loaded: what its number
    // meant to the caller is not what it means now.
    [[nodiscard]] Result<void> expect_unchanged(int keyslot) const;

    // Overwrites an area with `bytes`, which has its length, and flushes.
    [[nodiscard]] Result<void> write_area(int keyslot, ByteView bytes);
    // Overwrites an area so that nobody reads it again, and flushes.
    [[nodiscard]] Result<void> destroy_area(Context& context, int keyslot);
    // Makes `next` the header on disk; it is that after Unfinished, too.
    [[nodiscard]] Result<void> commit(const Header& next);

    [[nodiscard]] bool committed() const { return committed_; }
    // What is on the device now.
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

// The exclusive metadata lock, or none where the policy says so.
[[nodiscard]] Result<std::unique_ptr<io::BlockDevice::Lock>> lock_metadata(const Context& context,
                                                                           io::BlockDevice& device);

}  // namespace latchkey::luks1
