// SPDX-License-Identifier: LGPL-2.1-or-later
// Tries one passphrase on the keyslots, the same way for every format that has keyslots.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "formats/format.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/params.h"

namespace latchkey::formats {

struct KeyslotToTry {
    int number = 0;
    Priority priority = Priority::Normal;
    ByteRange material = {};   // bytes of the device; examined if the passphrase does not fit
    bool damage_told = false;  // damage to the keyslot's record has been logged already
};

// Returns the keyslots to try, in order: the preferred ones, then the normal ones, each in the order of the header.
// With `named`, returns only the keyslot of that number, whatever its priority.
[[nodiscard]] std::vector<KeyslotToTry> keyslots_to_try(std::vector<KeyslotToTry> keyslots,
                                                        std::optional<int> named);
[[nodiscard]] std::vector<int> numbers_of(const std::vector<KeyslotToTry>& keyslots);

// Tries the keyslots one after the other and returns the first that opens; errors from `open` name "keyslot N".
// Only Interrupted ends the walk early, because any other failure may affect only one keyslot.
// If no keyslot opens, returns the first error of the first kind in this list that occurred:
//   1. CostRefused, OutOfMemory, MissingCipher or any other error of this system: with another policy, more memory or
//      another module the passphrase may be right;
//   2. Unreadable: the area of a keyslot cannot be read, and the passphrase may be that keyslot's;
//   3. WrongPassphrase: at least one keyslot could be tried.  The hint says if others are damaged;
//   4. CorruptHeader: the keyslot's record is damaged;
//   5. NoUsableKeyslot; KeyslotInactive if one was named and the header has none of that number.
// Logs a warning for keyslots of 2 and 4 whose error is not returned, and for areas that cannot be ciphertext.
using OpenKeyslot = std::function<Result<Unlocked>(int number)>;
[[nodiscard]] Result<Unlocked> unlock_walk(Context& context, const io::BlockDevice& device,
                                           const std::vector<KeyslotToTry>& keyslots,
                                           const UnlockOptions& options, const OpenKeyslot& open);

}  // namespace latchkey::formats
