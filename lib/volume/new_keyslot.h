// SPDX-License-Identifier: LGPL-2.1-or-later
// Turns a request for a keyslot into what is written; the cost is decided before any lock is taken.
#pragma once

#include <cstdint>

#include "formats/format.h"
#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/params.h"

namespace latchkey::volume {

// Refuses a number that is in use or out of range, and a full header, before time is spent on a KDF.
[[nodiscard]] Result<void> check_free_keyslot(const formats::LoadedHeader& header,
                                              std::optional<int> number);

// Adds Condition::NoRoomForKeyslot to a NoSpace error, unless it means that all keyslots are in use.
[[nodiscard]] Result<int> as_no_room(Result<int> keyslot);

// Measures unless a cost is forced.  `key_bytes` is the length of the key to store.
[[nodiscard]] Result<formats::KeyslotSpec> decide_keyslot(Context& context,
                                                          const formats::LoadedHeader& header,
                                                          const NewKeyslot& keyslot,
                                                          std::size_t key_bytes);

}  // namespace latchkey::volume
