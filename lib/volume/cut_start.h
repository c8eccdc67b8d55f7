// SPDX-License-Identifier: LGPL-2.1-or-later
// The beginning of an encryption whose header takes the place of the first bytes of the data.  The header cannot be
// written in one piece, so what is needed to complete it is on the device before:
//
//   0                shift              size - 2 shift      size - shift        size
//   | data, to become the header | data | copy of the header | first bytes of the data |
//
// Both copies lie where nothing but the encryption itself writes, and are overwritten by it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "formats/format.h"
#include "io/mem_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"

namespace latchkey::volume {

// Copies the first bytes of the data and `header` to the end of the device, reads them back, and flushes.
[[nodiscard]] Result<void> prepare_start(io::BlockDevice& device, std::uint64_t shift,
                                         ByteView header);

// A header whose writing was cut short: some of the device's first sectors are the header's, all others the data's.
struct CutStart {
    std::shared_ptr<io::MemDevice> area;  // the whole header
    std::unique_ptr<formats::LoadedHeader> header;
};

// Returns nothing if there is a header already, if the data are all there, or if no such copies are.  CorruptHeader if the first bytes are neither the old
// nor the new ones.  Reads only.
[[nodiscard]] Result<std::optional<CutStart>> find_cut_start(
    Context& context, const std::shared_ptr<io::BlockDevice>& device, std::uint64_t shift);

}  // namespace latchkey::volume
