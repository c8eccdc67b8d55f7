// SPDX-License-Identifier: LGPL-2.1-or-later
// The walk over keyslots with one passphrase, the same for every format that has keyslots.
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
    ByteRange material =
        {};  // bytes of the device; what is looked at when the passphrase does not fit
    bool damage_told = false;  // the log has it already that the keyslot's record is damaged
};

// Which of these keyslots, given in the order of the header, are tried, and in which order: the preferred ones, then the
// normal ones, each in the order of the header; with `named` only the one of that number, whatever its priority.
[[nodiscard]] std::vector<KeyslotToTry> keyslots_to_try(std::vector<KeyslotToTry> keyslots,
                                                        std::optional<int> named);
[[nodiscard]] std::vector<int> numbers_of(const std::vector<KeyslotToTry>& keyslots);

// Tries the keyslots one after the other; `open` says "keyslot N" in its errors.  The first that opens is the answer.
// Only Interrupted ends the walk before its end, as whatever else keeps one keyslot from opening need not keep the next.
// If none opens, the answer is, by the first of these that was met:
//   1. CostRefused, OutOfMemory, MissingCipher or any other error of this system: with another policy, more memory or
//      another module the passphrase may be right;
//   2. Unreadable: the area of a keyslot cannot be read, and the passphrase may be that keyslot's;
//   3. WrongPassphrase: at least one keyslot could be tried.  The hint says if others are damaged;
//   4. CorruptHeader: the keyslot's record is damaged;
//   5. NoUsableKeyslot; KeyslotInactive if one was named and the header has none of that number.
// The log warns of keyslots of 2 and 4 that are not the answer, and of areas that no ciphertext looks like.
using OpenKeyslot = std::function<Result<Unlocked>(int number)>;
[[nodiscard]] Result<Unlocked> unlock_walk(Context& context, const io::BlockDevice& device,
                                           const std::vector<KeyslotToTry>& keyslots,
                                           const UnlockOptions& options, const OpenKeyslot& open);

}  // namespace latchkey::formats
