// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyslots that are lost, told apart from passphrases that are wrong.
#pragma once

#include <optional>
#include <vector>

#include "base/i18n.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"

namespace latchkey::formats {

// What to do about it, untranslated.
inline constexpr const char* kLostKeyslotHint =
    N_("a damaged keyslot is lost; try the passphrase of another one, or restore a header backup");

// Reads the material of a keyslot (`area`, bytes of the device) and warns if it cannot be read or cannot be
// ciphertext, with the place.  True if it warned.  Costs reading it.  `whose` is the name of what holds the keyslot,
// where that is not the device that the caller was asked about; "" = that one.
bool tell_area_damage(Context& context, const io::BlockDevice& device, int keyslot,
                      const ByteRange& area, const std::string& whose = {});

// Warns of keyslots that were passed over, as their areas could not be read; not of the one, by its place in `keyslots`,
// whose error is the answer.
void tell_unreadable(Context& context, const std::vector<Error>& keyslots,
                     std::optional<std::size_t> answer = {});

}  // namespace latchkey::formats
