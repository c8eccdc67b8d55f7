// SPDX-License-Identifier: LGPL-2.1-or-later
// The plaintext of a volume as a device, without the kernel's device-mapper and without root: what dm-crypt would
// show under the same plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/mapping_plan.h"
#include "latchkey/secret.h"

namespace latchkey {

struct CryptDeviceOptions {
    bool read_only = false;
    std::optional<std::uint64_t> size_sectors =
        {};  // 512-byte sectors; nothing or 0 = all there is
    // A sector whose ciphertext is all zeros reads as zeros, and not as what that decrypts to, as dm-crypt has it: for
    // holes that were punched where a hole is promised to read so.
    bool holes_read_as_zeros = false;
};

// The result is a device like any other: it can be probed, formatted, or opened as a volume again.  Any offset and
// length will do; a write is as large as it is asked for: neighbours in the same sector keep their bytes, also when
// others write them at the same time.  Thread-safe.  flush() reaches the disk below, and errors of the disk below
// (NoSpace, Io, AccessDenied) come back as they are.  It keeps `data` open and a copy of the keys.
// Refused if it could be written and the key is random (latchkey/swap_guard.h).
// MissingCipher if a cipher cannot be done here; InvalidArgument if plan, key and sizes do not agree; DeviceTooSmall.
[[nodiscard]] LATCHKEY_API Result<Device> open_crypt_device(Context& context,
                                                            const MappingPlan& plan,
                                                            const KeyRing& keys, const Device& data,
                                                            const CryptDeviceOptions& options = {});

// What libblkid sees in the plaintext: read-only, for the look before a plain mapping is first written.  Reads about
// 10 MiB from both ends, where superblocks and partition tables lie, and shows them to libblkid in memory.
// (find_signatures() of latchkey/device.h sees files and block devices alone.)
[[nodiscard]] LATCHKEY_API Result<std::vector<Signature>> find_plaintext_signatures(
    Context& context, const MappingPlan& plan, const KeyRing& keys, const Device& data);
// The same of a device that is open: one of open_crypt_device(), one in memory, or any other.
[[nodiscard]] LATCHKEY_API Result<std::vector<Signature>> find_plaintext_signatures(
    const Device& plaintext);

// Bytes from the device's begin to the end of what is on it, as the superblock of an ext2, ext3, ext4, xfs or btrfs, or
// the label of an LVM physical volume says it.  Nothing for anything else, and where more than one thing is seen.
[[nodiscard]] LATCHKEY_API Result<std::optional<std::uint64_t>> file_system_bytes(
    const Device& plaintext);

// Bytes of any device.  Contracts of BlockDevice (latchkey/block_device.h): all of it or an error.
[[nodiscard]] LATCHKEY_API Result<void> read_device(const Device& device,
                                                    std::uint64_t offset_bytes,
                                                    std::span<std::byte> into);
// Durable only after flush_device().
[[nodiscard]] LATCHKEY_API Result<void> write_device(const Device& device,
                                                     std::uint64_t offset_bytes,
                                                     std::span<const std::byte> bytes);
[[nodiscard]] LATCHKEY_API Result<void> flush_device(const Device& device);

}  // namespace latchkey
