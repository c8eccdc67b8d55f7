// SPDX-License-Identifier: LGPL-2.1-or-later
// The beginning of an encryption whose header takes the place of the first bytes of the data.  The header cannot be
// written in one piece, so what is needed to complete it is on the device before:
//
//   0                shift              size - 2 shift      size - shift        size
//   | data, to become the header | data | copy of the header | first bytes of the data |
//
// Both copies lie where nothing but the encryption itself writes, and are overwritten by it.  When they are there, a mark
// replaces the first sector, and the first copy of the LUKS2 header, which is written last, replaces the mark: at every
// instant the first sector says whether the data, the mark or the header counts.
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

// What the mark says.  512 bytes: a magic, "SHIFT SIZE " in decimal digits, zeros, and the SHA-256 of all before it.
struct StartMark {
    std::uint64_t shift = 0;         // bytes
    std::uint64_t device_bytes = 0;  // when it was written
};
[[nodiscard]] Result<Bytes> start_mark(const StartMark& mark);
// Returns the mark on the device, if there is one.
[[nodiscard]] std::optional<StartMark> read_start_mark(const io::BlockDevice& device);

// Copies the first bytes of the data and `header` to the end of the device, reads them back, and writes the mark.
// Flushes after each.
[[nodiscard]] Result<void> prepare_start(io::BlockDevice& device, std::uint64_t shift,
                                         ByteView header);

// A header whose writing was cut short: some of the device's first sectors are the header's, all others the data's.
struct CutStart {
    std::uint64_t shift;                  // bytes
    std::shared_ptr<io::MemDevice> area;  // the whole header
    std::unique_ptr<formats::LoadedHeader> header;
};

// Returns null if there is a header already, or no mark.  CorruptHeader if the first bytes are neither the old nor
// the new ones, or the copies are not where the mark says.  Reads only.
[[nodiscard]] Result<std::unique_ptr<const CutStart>> find_cut_start(
    Context& context, const std::shared_ptr<io::BlockDevice>& device);

// Refuses a device with a mark to those who would write a header there: the way back to the data would end.
[[nodiscard]] Result<void> check_not_begun(const Device& device);

// Refuses to take the data for whole, with the command that goes on.
[[nodiscard]] Error cut_short(const std::string& device, std::uint64_t shift);

}  // namespace latchkey::volume
