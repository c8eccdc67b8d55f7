// SPDX-License-Identifier: LGPL-2.1-or-later
// The users of a volume's data while the data are reencrypted: a mapping that is open, and may be mounted.  A
// reencryption moves one hotzone at a time, and meanwhile the mapping lets all I/O to the hotzone wait.
#pragma once

#include <cstdint>
#include <optional>

#include "latchkey/error.h"
#include "latchkey/key_ring.h"
#include "latchkey/mapping_plan.h"

namespace latchkey::model {

// A part of the plaintext, in bytes.
struct PlainPart {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    friend bool operator==(const PlainPart&, const PlainPart&) = default;
};

// Where the data move to.
struct NewPlace {
    std::uint64_t offset_bytes = 0;    // of the first byte of the plaintext, on the data device
    std::optional<bool> forward = {};  // the first hotzone is at the beginning; nothing = as it is
};

// In all calls, `plan` says where the data are and with which keys, and `keys` are the keys that it names.
class DataUsers {
  public:
    virtual ~DataUsers() = default;

    // Returns the size of the mapping in bytes.
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // Returns the part of the plaintext, in bytes, whose I/O waits or fails since another process was killed or gave
    // up: in the mapping this part is new already, whatever the header says.
    [[nodiscard]] virtual const std::optional<PlainPart>& waiting() const = 0;
    // Prepares the mapping for the calls below; its users notice nothing.  What was waiting() waits afterwards.
    // CorruptHeader unless the mapping does what `plan` says, with waiting() as new data.
    [[nodiscard]] virtual Result<void> adopt(const MappingPlan& plan, const KeyRing& keys,
                                             const NewPlace& place) = 0;
    // Lets I/O to `part` wait.  In `plan` this part is new already.  After an error nothing waits.
    [[nodiscard]] virtual Result<void> hold(const MappingPlan& plan, const KeyRing& keys,
                                            const PlainPart& part) = 0;
    // Continues the I/O that waits: its part is moved.
    [[nodiscard]] virtual Result<void> release() = 0;
    // Fails the I/O that waits, because its part was not moved, and lets other I/O go on as `plan` says.
    [[nodiscard]] virtual Result<void> abandon(const MappingPlan& plan, const KeyRing& keys) = 0;
    // Fails the I/O that waits and all that follows in this part, because it must be recovered first.
    [[nodiscard]] virtual Result<void> refuse() = 0;
    // Undoes adopt(): makes an ordinary mapping that does what `plan` says.
    [[nodiscard]] virtual Result<void> leave(const MappingPlan& plan, const KeyRing& keys) = 0;
};

}  // namespace latchkey::model
