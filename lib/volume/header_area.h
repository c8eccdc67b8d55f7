// SPDX-License-Identifier: LGPL-2.1-or-later
// The contents of a header backup: read once, loaded from that copy, then written elsewhere.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "formats/format.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::volume {

// Header and keyslot areas in memory, and the parsed header.  A damaged copy of the header has been repaired in memory,
// not at its source.
struct HeaderArea {
    Bytes bytes;                                    // padded with zeros to a multiple of 4096
    std::unique_ptr<formats::LoadedHeader> header;  // loaded from them
    std::shared_ptr<io::BlockDevice> device;        // the memory that both came from
};

// Copies the header area of a device under the shared lock.  ConcurrentChange if it belongs to another volume than
// `known`.
[[nodiscard]] Result<HeaderArea> copy_header_area(Context& context, const Device& device,
                                                  const formats::LoadedHeader& known);

// Adds Condition::NoLuksHeader to the error of a device that has no LUKS header; returns other errors unchanged.
[[nodiscard]] Error without_header(Error error, const Device& device);

// Reads a backup file: NotThisFormat with Condition::NoHeaderInBackup.  `type` is as in LoadOptions.  Reads the device
// only once, whatever it is.
[[nodiscard]] Result<HeaderArea> read_backup(Context& context, const Device& backup,
                                             std::string_view type);

}  // namespace latchkey::volume
