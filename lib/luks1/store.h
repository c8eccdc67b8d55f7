// SPDX-License-Identifier: LGPL-2.1-or-later
// The header on its device: it is read once, written whole, and never changed over another program's change.
#pragma once

#include <memory>

#include "formats/transaction.h"
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

// How formats::Transaction reads and writes this header.  LUKS1 has no sequence number, so the bytes are compared: if
// another program has changed the header of the same volume, a change is applied to the present header.
struct Store {
    using Header = luks1::Header;
    using Stored = StoredHeader;
    using Prepared = StoredHeader;  // the bytes to write

    static const Header& header(const Stored& stored) { return stored.header; }
    static Stored stored(Prepared written) { return written; }
    static Result<Stored> read_again(const Context& context, const io::BlockDevice& device,
                                     const Stored& known);
    static Result<void> check_same_volume(const Context& context, const io::BlockDevice& device,
                                          const Stored& now, const Stored& known);
    static Result<void> check_same_keyslot(const Header& known, const Header& now, int number);
    static Result<Prepared> prepare(Context& context, const io::BlockDevice& device,
                                    const Header& next);
    static Result<void> write(Context& context, const std::shared_ptr<io::BlockDevice>& device,
                              const Stored& before, const Prepared& next);
};
using Transaction = formats::Transaction<Store>;

}  // namespace latchkey::luks1
