// SPDX-License-Identifier: LGPL-2.1-or-later
// Signatures of other programs inside the area of a LUKS header, in bytes that mean nothing to LUKS: left by what was on
// the device before, or written over the volume by mistake.  Other programs may take the device for theirs.
#pragma once

#include <string>
#include <vector>

#include "formats/format.h"
#include "io/probe.h"

namespace latchkey::volume {

// Returns those that belong neither to the header nor to a keyslot's area.  Empty if the device cannot be probed.
[[nodiscard]] std::vector<io::FoundSignature> foreign_marks(const io::BlockDevice& device,
                                                            const formats::LoadedHeader& header);

// Overwrites them with zeros; adds a line for each to `lines`.
[[nodiscard]] Result<void> remove_foreign_marks(io::BlockDevice& device,
                                                const formats::LoadedHeader& header,
                                                std::vector<std::string>& lines);

}  // namespace latchkey::volume
