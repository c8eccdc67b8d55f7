// SPDX-License-Identifier: LGPL-2.1-or-later
// The bytes that a header backup holds: read once, loaded from that one copy, then written elsewhere.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "formats/format.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::volume {

// Header and keyslot areas in memory, and what they say.  A damaged copy of the header has been mended in
// memory, not where it came from.
struct HeaderArea {
    Bytes bytes;                                    // padded with zeros to a multiple of 4096
    std::unique_ptr<formats::LoadedHeader> header;  // loaded from them
    std::shared_ptr<io::BlockDevice> device;        // the memory that both came from
};

// Copies the header area of a device under the shared lock.  ConcurrentChange if it is not the volume that
// `known` is.
[[nodiscard]] Result<HeaderArea> copy_header_area(Context& context, const Device& device,
                                                  const formats::LoadedHeader& known);

// Reads a backup file; `type` as in LoadOptions.  The device is read once, whatever it is.
[[nodiscard]] Result<HeaderArea> read_backup(Context& context, const Device& backup,
                                             std::string_view type);

}  // namespace latchkey::volume
