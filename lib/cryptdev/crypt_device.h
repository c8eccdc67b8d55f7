// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "cryptdev/buffer_pool.h"
#include "cryptdev/segments.h"
#include "crypto/cipher.h"
#include "io/block_device.h"

namespace latchkey::cryptdev {

// Reads and writes plaintext over another device.  Contract: latchkey/crypt_device.h.
//
// Every transfer is cut into pieces, each in one chunk of the plaintext.  A piece holds the lock of its chunk while it
// accesses the disk: a shared lock, or an exclusive one if a write has to read a sector first.  So a piece never waits
// for two locks, and a reader never sees a half-encrypted sector that no caller is writing.
class CryptDevice final : public io::BlockDevice {
  public:
    struct Segment {
        PlacedSegment place;
        std::unique_ptr<crypto::SectorCipher> cipher;  // null = not encrypted
    };
    // `segments` is not empty, sorted and without gaps.
    CryptDevice(std::shared_ptr<io::BlockDevice> base, std::vector<Segment> segments,
                bool read_only, bool holes_read_as_zeros = false);

    [[nodiscard]] Result<void> read(std::uint64_t offset, MutableByteView into) const override;
    [[nodiscard]] Result<void> write(std::uint64_t offset, ByteView bytes) override;
    [[nodiscard]] Result<void> flush() override { return base_->flush(); }
    // Fails with DeviceTooSmall if the device is shorter: the header, or the caller that opened it, determines the
    // size.
    [[nodiscard]] Result<void> grow(std::uint64_t size) override;
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] io::Topology topology() const override;
    [[nodiscard]] bool read_only() const override { return read_only_; }
    [[nodiscard]] const std::string& name() const override { return name_; }
    // Returns a lock that does nothing, because no other process can reach this device.
    [[nodiscard]] Result<std::unique_ptr<Lock>> lock(LockMode mode,
                                                     const io::LockWait& wait) override;

    // Small enough that data is decrypted while it is in the second-level cache.
    static constexpr std::size_t kChunk = 128 * 1024;  // bytes

  private:
    static constexpr std::size_t kShards = 64;
    struct alignas(64) Shard {
        std::shared_mutex mutex;
    };

    // A part of a transfer, within one chunk of one segment.
    struct Piece {
        const Segment* segment;
        std::uint64_t offset;  // bytes, in the segment
        std::size_t length;    // bytes
    };
    // Returns the piece at `offset` of a transfer that has `left` bytes to go.
    [[nodiscard]] Piece piece_at(std::uint64_t offset, std::size_t left) const;
    [[nodiscard]] Shard& shard_of(const Piece& piece) const;

    [[nodiscard]] Result<void> read_piece(const Piece& piece, MutableByteView into) const;
    // Reads whole sectors of one segment, starting at `offset` within the segment.
    [[nodiscard]] Result<void> read_sectors(const Segment& segment, std::uint64_t offset,
                                            MutableByteView into) const;
    // Encrypts sectors in place, starting at `offset` within the segment.
    [[nodiscard]] static Result<void> encrypt(const Segment& segment, std::uint64_t offset,
                                              MutableByteView sectors);
    [[nodiscard]] static Result<void> decrypt(const Segment& segment, std::uint64_t offset,
                                              MutableByteView sectors);
    [[nodiscard]] static Result<void> decrypt_around_holes(const Segment& segment,
                                                           std::uint64_t offset,
                                                           MutableByteView sectors);
    [[nodiscard]] Result<void> read_shared(const Piece& piece, std::uint64_t offset,
                                           MutableByteView into) const;

    // `sectors` is room for all sectors that the piece touches, `before` bytes of them before its own.
    [[nodiscard]] Result<void> write_piece(const Piece& piece, ByteView bytes);
    [[nodiscard]] Result<void> write_whole(const Piece& piece, ByteView bytes,
                                           MutableByteView sectors);
    [[nodiscard]] Result<void> write_partial(const Piece& piece, ByteView bytes,
                                             MutableByteView sectors, std::size_t before);

    std::shared_ptr<io::BlockDevice> base_;
    std::vector<Segment> segments_;
    std::uint64_t size_;
    bool read_only_;
    bool holes_read_as_zeros_;
    std::string name_;
    mutable BufferPool buffers_;
    mutable std::array<Shard, kShards> shards_;
};

}  // namespace latchkey::cryptdev
