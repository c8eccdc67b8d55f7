// SPDX-License-Identifier: LGPL-2.1-or-later
// The data of one hotzone: from the old place, cipher and key to the new ones, and what protects them meanwhile.
#pragma once

#include <cstdint>
#include <memory>

#include "crypto/cipher.h"
#include "io/block_device.h"
#include "latchkey/key_ring.h"
#include "luks2/reencrypt/layout.h"

namespace latchkey::luks2 {

// What lets a hotzone be written again after its write was cut short; docs/formats/luks2.md section 11.
enum class Guard : std::uint8_t {
    None,      // nothing does
    Checksum,  // the area has a checksum of each old block, which tells old from new
    Journal,   // the area has the old data
    Source,    // the old data are still where they were
};
[[nodiscard]] Guard guard_of(const Reencryption& reencryption, std::uint64_t offset);

// Refers to all that it is made of.
class Zone {
  public:
    // `keys` as keys_of_data() orders them.  MissingCipher, NotSupported (block size).
    [[nodiscard]] static Result<Zone> make(const Reencryption& reencryption, const KeyRing& keys,
                                           io::BlockDevice& metadata_device, io::BlockDevice& data);

    // Bytes of the plaintext.
    [[nodiscard]] std::uint64_t plaintext_size() const;
    // `layout`, which has no hotzone, with the next one; nothing if all is done.  At most `longest` bytes where the
    // resilience leaves the choice.
    [[nodiscard]] Result<std::optional<Layout>> next(const Layout& layout,
                                                     std::uint64_t longest) const;
    // Reads the old data and writes what protects them to the area, flushed.  The header is to say so before write().
    [[nodiscard]] Result<void> protect(const PlainRange& hot);
    // Writes what was protected, and flushes.
    [[nodiscard]] Result<void> write(const PlainRange& hot);
    // Writes what was cut short to its end, and flushes.  CorruptHeader if nothing protected it.
    [[nodiscard]] Result<void> recover(const PlainRange& hot);

  private:
    Zone(const Reencryption& reencryption, io::BlockDevice& metadata_device, io::BlockDevice& data)
        : reencryption_(&reencryption), metadata_device_(&metadata_device), data_(&data) {}

    [[nodiscard]] std::uint64_t length_of(const PlainRange& range) const;
    // Bytes of the area that protect so many bytes of data.
    [[nodiscard]] Result<std::uint64_t> area_bytes(Guard guard, std::uint64_t length) const;
    [[nodiscard]] Result<std::uint64_t> longest_of(Guard guard, std::uint64_t longest) const;
    [[nodiscard]] Result<void> check(std::uint64_t offset, std::uint64_t length) const;
    // Old ciphertext (or data in clear) from `offset` in the plaintext to new.
    [[nodiscard]] Result<void> convert(std::uint64_t offset, MutableByteView bytes) const;
    [[nodiscard]] Result<void> write_at(std::uint64_t offset, MutableByteView old_bytes);
    // Where the source stays: a piece after the other.
    [[nodiscard]] Result<void> copy_over(std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] Result<void> recover_by_checksums(std::uint64_t offset, MutableByteView bytes,
                                                    std::uint64_t first_block);

    const Reencryption* reencryption_;
    io::BlockDevice* metadata_device_;
    io::BlockDevice* data_;
    std::unique_ptr<crypto::SectorCipher> old_cipher_ = {};  // null = in clear
    std::unique_ptr<crypto::SectorCipher> new_cipher_ = {};
    SecretBuffer old_bytes_ =
        {};  // of the hotzone, from protect() to write(); empty where the source stays
};

}  // namespace latchkey::luks2
