// SPDX-License-Identifier: LGPL-2.1-or-later
// Causes finer than Errc, for callers that distinguish them and for the sentences of each interface.
#pragma once

#include <cstdint>

#include "latchkey/error.h"

namespace latchkey {

// In braces: which of Error's `number`, `limit` and `name` describe the cause.
enum class Condition : std::uint8_t {
    None,  // no finer cause than the Errc

    // Headers and their backups
    NoLuksHeader,        // the device has no LUKS header {name: of the device}
    NoHeaderInBackup,    // the file has no header that could be restored {name: of the file}
    BackupExists,        // the file for a header backup exists already {name}
    BackupCannotBeMade,  // the file for a header backup cannot be created {name}
    BadUuid,             // the text is not a UUID {name: the text}

    // Keyslots
    KeyslotFull,        // the requested keyslot is occupied {number}
    KeyslotEmpty,       // the requested keyslot is empty {number}
    KeyslotOutOfRange,  // the format has no such keyslot {number, limit: the highest}
    AllKeyslotsFull,    // no keyslot is free
    NoRoomForKeyslot,   // a keyslot is free, but there is no room for its area
    VolumeKeyMismatch,  // the given key is not the volume's key

    // Secrets
    AnswersDiffer,  // the user typed two different secrets

    // Requested costs
    MemoryCostTooHigh,  // {limit: KiB}
    MemoryCostTooLow,   // {name: of the KDF, limit: KiB}
    IterationsTooFew,   // {name: of the KDF, limit}
    LanesTooMany,       // {limit}
    UnknownKdf,         // {name}
    LabelTooLong,       // of a header: label or subsystem

    // Mappings
    MappingInactive,        // nothing is active under the name {name}
    MappingExists,          // the mapping exists already {name}
    MappingSuspended,       // the mapping is suspended already {name}
    MappingNotSuspended,    // the mapping is not suspended {name}
    ServerEnded,            // the process that served the mapping has ended {name}
    BadMappingName,         // device-mapper does not accept the name {name}
    LongMappingName,        // the name has more bytes than device-mapper's names
    OtherMapping,           // the active mapping is not the expected one {name}
    DataInUse,              // another user holds the data device {name: of the device}
    MappingInUse,           // the mapping is in use {name}
    OffsetBeyondData,       // the data would begin after the device's end {name: of the device}
    DataTooSmall,           // the device ends before the data begin {name: of the device}
    TableRefused,           // the kernel does not take the table, or would not
    KernelKeyMissing,       // the table names a key that the kernel does not have
    DataUnaligned,          // the data's length is not a multiple of the sector size
    DeviceMapperForbidden,  // the caller may not use device-mapper
    DeviceMapperMissing,    // the kernel has no device-mapper

    // Reencryption
    ReencryptionCutShort,     // an interrupted write must be recovered before the data are used
    ReencryptionUnprotected,  // as ReencryptionCutShort, but nothing protected the data
};

}  // namespace latchkey
