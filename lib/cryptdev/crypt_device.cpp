// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cryptdev/crypt_device.h"

#include <algorithm>
#include <mutex>

#include "base/scope_guard.h"
#include "io/range.h"
#include "latchkey/secret.h"

namespace latchkey::cryptdev {
namespace {

// g++ 12 compiles std::copy to memmove, but std::ranges::copy to a loop over bytes.
void copy_bytes(ByteView from, MutableByteView to) {
    std::copy(from.begin(), from.end(), to.begin());
}

// Returns whether all bytes are zero.  Stops at the first byte of ciphertext.
bool all_zero(ByteView bytes) {
    return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{}; });
}

std::uint64_t iv_of(const PlacedSegment& place, std::uint64_t offset) {
    return place.first_iv + offset / io::kSectorSize;
}

}  // namespace

CryptDevice::CryptDevice(std::shared_ptr<io::BlockDevice> base, std::vector<Segment> segments,
                         bool read_only, bool holes_read_as_zeros)
    : base_(std::move(base)),
      segments_(std::move(segments)),
      size_(segments_.back().place.start + segments_.back().place.length),
      read_only_(read_only || base_->read_only()),
      holes_read_as_zeros_(holes_read_as_zeros),
      name_("plaintext of " + base_->name()),
      buffers_(kChunk) {}

io::Topology CryptDevice::topology() const {
    io::Topology topology = base_->topology();
    topology.regular_file = false;
    for (const Segment& segment : segments_) {
        topology.logical_block = std::max(topology.logical_block, segment.place.sector_size);
        topology.physical_block = std::max(topology.physical_block, segment.place.sector_size);
    }
    return topology;
}

Result<void> CryptDevice::grow(std::uint64_t size) {
    return io::check_range(name_, 0, size, size_);
}

Result<std::unique_ptr<io::BlockDevice::Lock>> CryptDevice::lock(LockMode, const io::LockWait&) {
    return std::make_unique<Lock>();
}

CryptDevice::Piece CryptDevice::piece_at(std::uint64_t offset, std::size_t left) const {
    const auto behind = std::ranges::upper_bound(
        segments_, offset, {}, [](const Segment& segment) { return segment.place.start; });
    const Segment& segment = *std::prev(behind);
    const std::uint64_t within = offset - segment.place.start;
    // Chunks are counted from the start of the segment, so that they consist of whole sectors.
    const std::uint64_t length =
        std::min({std::uint64_t{left}, segment.place.length - within, kChunk - within % kChunk});
    return {&segment, within, static_cast<std::size_t>(length)};
}

CryptDevice::Shard& CryptDevice::shard_of(const Piece& piece) const {
    // Distant chunks may share a lock, which only costs a wait.
    const auto segment = static_cast<std::uint64_t>(piece.segment - segments_.data());
    return shards_[(segment + piece.offset / kChunk) % kShards];
}

Result<void> CryptDevice::read_sectors(const Segment& segment, std::uint64_t offset,
                                       MutableByteView into) const {
    if (segment.place.kind == SegmentKind::Zero) {
        std::ranges::fill(into, std::byte{});
        return {};
    }
    LK_TRY(base_->read(segment.place.device_offset + offset, into));
    if (holes_read_as_zeros_) return decrypt_around_holes(segment, offset, into);
    return decrypt(segment, offset, into);
}

Result<void> CryptDevice::encrypt(const Segment& segment, std::uint64_t offset,
                                  MutableByteView sectors) {
    if (!segment.cipher) return {};
    return segment.cipher->encrypt(iv_of(segment.place, offset), sectors);
}

Result<void> CryptDevice::decrypt(const Segment& segment, std::uint64_t offset,
                                  MutableByteView sectors) {
    if (!segment.cipher) return {};
    return segment.cipher->decrypt(iv_of(segment.place, offset), sectors);
}

Result<void> CryptDevice::decrypt_around_holes(const Segment& segment, std::uint64_t offset,
                                               MutableByteView sectors) {
    const std::size_t unit = segment.place.sector_size;
    std::size_t run = 0;  // bytes at the start of `sectors` that contain no hole
    while (!sectors.empty()) {
        const bool ends = run == sectors.size();
        if (!ends && !all_zero(sectors.subspan(run, unit))) {
            run += unit;
            continue;
        }
        if (run != 0) LK_TRY(decrypt(segment, offset, sectors.first(run)));
        const std::size_t done = run + (ends ? 0 : unit);
        sectors = sectors.subspan(done);
        offset += done;
        run = 0;
    }
    return {};
}

Result<void> CryptDevice::read_shared(const Piece& piece, std::uint64_t offset,
                                      MutableByteView into) const {
    const std::shared_lock lock(shard_of(piece).mutex);
    return read_sectors(*piece.segment, offset, into);
}

Result<void> CryptDevice::read_piece(const Piece& piece, MutableByteView into) const {
    const std::uint32_t sector = piece.segment->place.sector_size;
    const std::size_t before = piece.offset % sector;
    // Decrypts in the caller's buffer.
    if (before == 0 && into.size() % sector == 0) return read_shared(piece, piece.offset, into);

    const BufferPool::Lease scratch = buffers_.take();
    const auto sectors = scratch.bytes().first(round_up(before + into.size(), sector));
    const ScopeGuard wipe([sectors] { wipe_memory(sectors); });
    LK_TRY(read_shared(piece, piece.offset - before, sectors));
    copy_bytes(sectors.subspan(before, into.size()), into);
    return {};
}

Result<void> CryptDevice::read(std::uint64_t offset, MutableByteView into) const {
    LK_TRY(io::check_range(name_, offset, into.size(), size_));
    while (!into.empty()) {
        const Piece piece = piece_at(offset, into.size());
        LK_TRY(read_piece(piece, into.first(piece.length)));
        into = into.subspan(piece.length);
        offset += piece.length;
    }
    return {};
}

Result<void> CryptDevice::write_whole(const Piece& piece, ByteView bytes, MutableByteView sectors) {
    const PlacedSegment& place = piece.segment->place;
    copy_bytes(bytes, sectors);
    LK_TRY(encrypt(*piece.segment, piece.offset, sectors));
    const std::shared_lock lock(shard_of(piece).mutex);
    return base_->write(place.device_offset + piece.offset, sectors);
}

// Fills `sectors` with what the disk must hold: the new bytes, surrounded by the existing ones.
Result<void> CryptDevice::write_partial(const Piece& piece, ByteView bytes, MutableByteView sectors,
                                        std::size_t before) {
    const Segment& segment = *piece.segment;
    const std::uint32_t sector = segment.place.sector_size;
    const std::uint64_t start = piece.offset - before;
    const std::size_t end = before + bytes.size();
    const std::unique_lock lock(shard_of(piece).mutex);
    if (before != 0) LK_TRY(read_sectors(segment, start, sectors.first(sector)));
    // Reads the last sector, unless it is also the first, which has been read.
    if (end % sector != 0 && (before == 0 || sectors.size() > sector))
        LK_TRY(read_sectors(segment, start + sectors.size() - sector, sectors.last(sector)));
    copy_bytes(bytes, sectors.subspan(before));
    LK_TRY(encrypt(segment, start, sectors));
    return base_->write(segment.place.device_offset + start, sectors);
}

Result<void> CryptDevice::write_piece(const Piece& piece, ByteView bytes) {
    if (piece.segment->place.kind == SegmentKind::Zero) return {};
    const std::uint32_t sector = piece.segment->place.sector_size;
    const std::size_t before = piece.offset % sector;
    const BufferPool::Lease scratch = buffers_.take();
    const auto sectors = scratch.bytes().first(round_up(before + bytes.size(), sector));
    // Encrypted data is not secret; a failed transfer may have left plaintext.
    ScopeGuard wipe([sectors] { wipe_memory(sectors); });
    if (before == 0 && sectors.size() == bytes.size())
        LK_TRY(write_whole(piece, bytes, sectors));
    else
        LK_TRY(write_partial(piece, bytes, sectors, before));
    wipe.dismiss();
    return {};
}

Result<void> CryptDevice::write(std::uint64_t offset, ByteView bytes) {
    if (read_only_)
        return fail(Errc::AccessDenied, "device %s was opened for reading only", name_.c_str());
    LK_TRY(io::check_range(name_, offset, bytes.size(), size_));
    while (!bytes.empty()) {
        const Piece piece = piece_at(offset, bytes.size());
        LK_TRY(write_piece(piece, bytes.first(piece.length)));
        bytes = bytes.subspan(piece.length);
        offset += piece.length;
    }
    return {};
}

}  // namespace latchkey::cryptdev
