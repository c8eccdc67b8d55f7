// SPDX-License-Identifier: LGPL-2.1-or-later
// Distinguishes lost keyslots from wrong passphrases.
#pragma once

#include <optional>
#include <vector>

#include "base/i18n.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"

namespace latchkey::formats {

// The advice, untranslated.
inline constexpr const char* kLostKeyslotHint =
    N_("a damaged keyslot is lost; try the passphrase of another one, or restore a header backup");

// Reads the material of a keyslot (`area`, bytes of the device).  Warns, with the place, if the material cannot be read
// or cannot be ciphertext; returns true if it warned.  Costs reading it.  `whose` names what holds the keyslot if that
// is not the device that the caller named; "" = that device.
bool tell_area_damage(Context& context, const io::BlockDevice& device, int keyslot,
                      const ByteRange& area, const std::string& whose = {});

// Warns about keyslots that were skipped because their areas could not be read.  Leaves out the one whose error is
// returned, given by its place in `keyslots`.
void tell_unreadable(Context& context, const std::vector<Error>& keyslots,
                     std::optional<std::size_t> answer = {});

}  // namespace latchkey::formats
