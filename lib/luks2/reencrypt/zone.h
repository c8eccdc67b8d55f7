// SPDX-License-Identifier: LGPL-2.1-or-later
// The data of one hotzone: moves them from the old place, cipher and key to the new ones, and protects them
// meanwhile.
#pragma once

#include <cstdint>
#include <memory>

#include "base/helpers.h"
#include "crypto/cipher.h"
#include "io/aligned_buffer.h"
#include "io/block_device.h"
#include "latchkey/key_ring.h"
#include "luks2/reencrypt/layout.h"

namespace latchkey::luks2 {

// The protection that allows a hotzone to be written again after its write was interrupted; docs/formats/luks2.md
// section 11.
enum class Guard : std::uint8_t {
    None,      // no protection
    Checksum,  // the area has a checksum of each old block, which tells old from new
    Journal,   // the area has the old data
    Source,    // the old data are still where they were
};
[[nodiscard]] Guard guard_of(const Reencryption& reencryption, std::uint64_t offset);

// A hotzone on its way from the old place to the new one.
struct Load {
    Layout layout = {};  // with the hotzone
    // The data for write(): in the new form, or the old bytes if the journal needs them first.  Empty if write()
    // reads the source itself.
    std::unique_ptr<io::AlignedBuffer> buffer = {};
    std::uint64_t length = 0;  // bytes of `buffer` in use
    Bytes checksums = {};      // for the area
};

// Moves hotzones.  Refers to its arguments.  load() of one hotzone may run at the same time as write() of another.
class Zone {
  public:
    // `keys` are ordered as by keys_of_data().  MissingCipher, NotSupported (block size).
    [[nodiscard]] static Result<std::unique_ptr<Zone>> make(const Reencryption& reencryption,
                                                            const KeyRing& keys,
                                                            io::BlockDevice& metadata_device,
                                                            io::BlockDevice& data);

    // Bytes of the plaintext.
    [[nodiscard]] std::uint64_t plaintext_size() const;
    // Returns `layout`, which has no hotzone, with the next one; nothing if all is done.  A hotzone has at most
    // `longest` bytes if the resilience allows a choice.
    [[nodiscard]] Result<std::optional<Layout>> next(const Layout& layout,
                                                     std::uint64_t longest) const;
    // Reads the old data of the hotzone of `layout`; writes nothing.  Reuses the buffer of `into`.
    [[nodiscard]] Result<void> load(const Layout& layout, Load& into) const;
    // Writes the protection of the hotzone to the area, and flushes.  The header must list the hotzone before
    // write().
    [[nodiscard]] Result<void> protect(Load& load);
    // Writes the new data, and flushes.
    [[nodiscard]] Result<void> write(Load& load);
    // Completes an interrupted write, and flushes.  CorruptHeader if nothing protected it.
    [[nodiscard]] Result<void> recover(const PlainRange& hot);

  private:
    Zone(const Reencryption& reencryption, io::BlockDevice& metadata_device, io::BlockDevice& data)
        : reencryption_(&reencryption), metadata_device_(&metadata_device), data_(&data) {}

    [[nodiscard]] std::uint64_t length_of(const PlainRange& range) const;
    // Returns how many bytes of the area protect `length` bytes of data.
    [[nodiscard]] Result<std::uint64_t> area_bytes(Guard guard, std::uint64_t length) const;
    [[nodiscard]] Result<std::uint64_t> longest_of(Guard guard, std::uint64_t longest) const;
    [[nodiscard]] Result<void> check(std::uint64_t offset, std::uint64_t length) const;
    // Converts old ciphertext (or data in clear) at `offset` in the plaintext to the new form.
    [[nodiscard]] Result<void> convert(std::uint64_t offset, MutableByteView bytes) const;
    [[nodiscard]] Result<void> write_at(std::uint64_t offset, MutableByteView old_bytes) const;
    [[nodiscard]] Result<void> load_part(const Layout& layout, Guard guard, std::uint64_t begin,
                                         MutableByteView bytes, Bytes& checksums) const;
    // Moves data whose source is not overwritten.
    [[nodiscard]] Result<void> copy_over(std::uint64_t offset, std::uint64_t length) const;
    [[nodiscard]] Result<void> recover_by_checksums(std::uint64_t offset, MutableByteView bytes,
                                                    std::uint64_t first_block) const;

    const Reencryption* reencryption_;
    io::BlockDevice* metadata_device_;
    io::BlockDevice* data_;
    std::unique_ptr<crypto::SectorCipher> old_cipher_ = {};  // null = in clear
    std::unique_ptr<crypto::SectorCipher> new_cipher_ = {};
    mutable Helpers helpers_{Helpers::spare_processors()};
};

}  // namespace latchkey::luks2
