// SPDX-License-Identifier: LGPL-2.1-or-later
// Causes finer than Errc, for callers who tell them apart and for the words that each face has for them.
#pragma once

#include <cstdint>

#include "latchkey/error.h"

namespace latchkey {

// In brackets: which of Error's `number`, `limit` and `name` say what it is about.
enum class Condition : std::uint8_t {
    None,  // the Errc is all there is to tell

    // Keyslots
    KeyslotFull,        // the one asked for is occupied {number}
    KeyslotEmpty,       // the one asked for is empty {number}
    KeyslotOutOfRange,  // the format has no such number {number, limit: the highest}
    AllKeyslotsFull,    // none is free
    NoRoomForKeyslot,   // one is free, and no room for its area
    VolumeKeyMismatch,  // the key given is not the volume's

    // Secrets
    AnswersDiffer,  // what was typed twice is not the same

    // Costs asked for
    MemoryCostTooHigh,  // {limit: KiB}
    MemoryCostTooLow,   // {name: of the KDF, limit: KiB}
    IterationsTooFew,   // {name: of the KDF, limit}
    UnknownKdf,         // {name}

    // Mappings
    MappingInactive,        // nothing is active under the name {name}
    MappingExists,          // something is {name}
    ServerEnded,            // the process that served the mapping is gone {name}
    BadMappingName,         // device-mapper cannot have the name {name}
    OtherMapping,           // what is active is not what was meant {name}
    DataInUse,              // somebody else uses the data's device {name: of the device}
    MappingInUse,           // somebody uses the mapping {name}
    OffsetBeyondData,       // the data would begin behind the device's end {name: of the device}
    DataTooSmall,           // the device ends before the data {name: of the device}
    DataUnaligned,          // the data's length is not a multiple of the sector size
    DeviceMapperForbidden,  // who asks may not use device-mapper
    DeviceMapperMissing,    // the kernel has none

    // Reencryption
    ReencryptionCutShort,     // a write of it is to be recovered before the data are used
    ReencryptionUnprotected,  // the same, and nothing protected the data
};

}  // namespace latchkey
