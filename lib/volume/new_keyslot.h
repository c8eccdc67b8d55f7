// SPDX-License-Identifier: LGPL-2.1-or-later
// From what was asked for to what is written: the cost of a keyslot is decided before any lock is taken.
#pragma once

#include <cstdint>

#include "formats/format.h"
#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/params.h"

namespace latchkey::volume {

// Refuses a number that is taken or out of range, and a full header: before time goes into a KDF.
[[nodiscard]] Result<void> check_free_keyslot(const formats::LoadedHeader& header,
                                              std::optional<int> number);

// NoSpace that is not that all keyslots are full: Condition::NoRoomForKeyslot.
[[nodiscard]] Result<int> as_no_room(Result<int> keyslot);

// Measures where no cost is forced.  `key_bytes` is the length of the key to be stored.
[[nodiscard]] Result<formats::KeyslotSpec> decide_keyslot(Context& context,
                                                          const formats::LoadedHeader& header,
                                                          const NewKeyslot& keyslot,
                                                          std::size_t key_bytes);

}  // namespace latchkey::volume
