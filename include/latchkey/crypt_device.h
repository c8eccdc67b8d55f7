// SPDX-License-Identifier: LGPL-2.1-or-later
// The plaintext of a volume as a device, without the kernel's device-mapper and without root.  It has the content
// that dm-crypt would show with the same plan.
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
    // A sector whose ciphertext is all zeros reads as zeros; dm-crypt would decrypt it.  For holes that were punched
    // because discarded blocks must read as zeros.
    bool holes_read_as_zeros = false;
};

// Returns a device like any other: it can be probed, formatted, or opened as a volume again.  Any offset and length
// are allowed.  A write changes only its own bytes: neighbours in the same sector are preserved, even when other
// threads write them at the same time.  Thread-safe.  flush() reaches the disk below, and its errors (NoSpace, Io,
// AccessDenied) are returned unchanged.  The device keeps `data` open and holds a copy of the keys.
// Refused if the device is writable and the key is random (latchkey/swap_guard.h).
// MissingCipher if a cipher is not available here; InvalidArgument if plan, key and sizes do not match;
// DeviceTooSmall.
[[nodiscard]] LATCHKEY_API Result<Device> open_crypt_device(Context& context,
                                                            const MappingPlan& plan,
                                                            const KeyRing& keys, const Device& data,
                                                            const CryptDeviceOptions& options = {});

// Returns what libblkid finds in the plaintext, for a check before a plain mapping is first written.  Read-only.
// Reads about 10 MiB from both ends, where superblocks and partition tables are, and passes them to libblkid in
// memory.
// (find_signatures() of latchkey/device.h works on files and block devices only.)
[[nodiscard]] LATCHKEY_API Result<std::vector<Signature>> find_plaintext_signatures(
    Context& context, const MappingPlan& plan, const KeyRing& keys, const Device& data);
// Does the same for an open device: one from open_crypt_device(), one in memory, or any other.
[[nodiscard]] LATCHKEY_API Result<std::vector<Signature>> find_plaintext_signatures(
    const Device& plaintext);

// Returns the number of bytes from the start of the device to the end of its content.  The superblock of ext2, ext3,
// ext4, xfs or btrfs, or the label of an LVM physical volume, gives it.  Nothing for anything else, or if more than
// one signature is found.
[[nodiscard]] LATCHKEY_API Result<std::optional<std::uint64_t>> file_system_bytes(
    const Device& plaintext);

// Returns the size in bytes of the smallest blocks that the content reads and writes: its device may not have larger
// sectors.  512 for content that this library knows only by name; nothing if no signature is found.
[[nodiscard]] LATCHKEY_API Result<std::optional<std::uint32_t>> content_block_bytes(
    const Device& plaintext);

// Reads bytes of any device: all of them or an error, as BlockDevice says (latchkey/block_device.h).
[[nodiscard]] LATCHKEY_API Result<void> read_device(const Device& device,
                                                    std::uint64_t offset_bytes,
                                                    std::span<std::byte> into);
// Writes bytes, which are durable only after flush_device().
[[nodiscard]] LATCHKEY_API Result<void> write_device(const Device& device,
                                                     std::uint64_t offset_bytes,
                                                     std::span<const std::byte> bytes);
[[nodiscard]] LATCHKEY_API Result<void> flush_device(const Device& device);

}  // namespace latchkey
