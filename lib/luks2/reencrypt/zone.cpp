// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/reencrypt/zone.h"

#include <algorithm>
#include <cinttypes>

#include "base/i18n.h"
#include "crypto/hash.h"
#include "latchkey/condition.h"
#include "latchkey/sectors.h"

namespace latchkey::luks2 {
namespace {

constexpr std::size_t kStep = Helpers::kPartBytes;  // bytes that one thread processes at a time

Result<std::unique_ptr<crypto::SectorCipher>> cipher_of(const Segment& segment,
                                                        const VolumeKey& key) {
    if (segment.type == "linear") return std::unique_ptr<crypto::SectorCipher>();
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_spec(segment.encryption));
    return crypto::make_sector_cipher(spec, key.bytes(), {.sector_size = segment.sector_size});
}

std::uint64_t iv_of(const Segment& segment, std::uint64_t offset) {
    return segment.iv_tweak + offset / kSectorSize;
}

}  // namespace

Guard guard_of(const Reencryption& reencryption, std::uint64_t offset) {
    const std::string& type = reencryption.keyslot->area.type;
    const bool apart = offset == 0 && reencryption.moved != nullptr;
    if (type == "checksum" || (type == "datashift-checksum" && apart)) return Guard::Checksum;
    if (type == "journal" || (type == "datashift-journal" && apart)) return Guard::Journal;
    return type.starts_with("datashift") ? Guard::Source : Guard::None;
}

Result<std::unique_ptr<Zone>> Zone::make(const Reencryption& reencryption, const KeyRing& keys,
                                         io::BlockDevice& metadata_device, io::BlockDevice& data) {
    const std::uint32_t block = reencryption.keyslot->area.block_size;
    if (block > kStep || (block != 0 && kStep % block != 0))
        return fail(Errc::NotSupported, "keyslot %d: area.sector_size %u is not a part of %zu",
                    reencryption.keyslot->number, block, kStep);
    std::unique_ptr<Zone> zone(new Zone(reencryption, metadata_device, data));
    LK_ASSIGN(zone->old_cipher_, cipher_of(*reencryption.previous, keys.front()));
    LK_ASSIGN(zone->new_cipher_, cipher_of(*reencryption.final, keys[keys.size() - 1]));
    return zone;
}

std::uint64_t Zone::plaintext_size() const {
    const Segment& previous = *reencryption_->previous;
    const Segment& final = *reencryption_->final;
    if (previous.size) return *previous.size;
    if (final.size) return *final.size;
    const std::uint64_t begin = std::max(previous.offset, final.offset);
    return data_->size() > begin ? data_->size() - begin : 0;
}

Result<void> Zone::check(std::uint64_t offset, std::uint64_t length) const {
    const std::uint64_t unit =
        std::max(reencryption_->previous->sector_size, reencryption_->final->sector_size);
    const std::uint64_t size = plaintext_size();
    if (length == 0 || offset > size || length > size - offset || offset % unit != 0 ||
        length % unit != 0)
        return fail(Errc::CorruptHeader,
                    "hotzone of %" PRIu64 " bytes at %" PRIu64 " does not fit data of %" PRIu64
                    " bytes in sectors of %" PRIu64,
                    length, offset, size, unit);
    // A hotzone that is protected by its source must not overwrite it.  Other hotzones are written in place.  Old
    // data in two places are two hotzones.
    const std::uint64_t from = old_place(*reencryption_, offset);
    const std::uint64_t to = new_place(*reencryption_, offset);
    const std::uint64_t distance = from < to ? to - from : from - to;
    const Guard guard = guard_of(*reencryption_, offset);
    const std::uint64_t moved =
        reencryption_->moved == nullptr ? 0 : reencryption_->moved->size.value_or(0);
    if ((guard == Guard::Source && length > distance) ||
        (guard == Guard::Checksum && distance != 0) || (offset < moved && length > moved - offset))
        return fail(Errc::CorruptHeader,
                    "hotzone of %" PRIu64 " bytes at %" PRIu64 ": old data at byte %" PRIu64
                    ", new ones at %" PRIu64 " cannot be protected by %s",
                    length, offset, from, to, reencryption_->keyslot->area.type.c_str());
    return {};
}

Result<void> Zone::convert(std::uint64_t offset, MutableByteView bytes) const {
    if (old_cipher_) LK_TRY(old_cipher_->decrypt(iv_of(*reencryption_->previous, offset), bytes));
    if (new_cipher_) LK_TRY(new_cipher_->encrypt(iv_of(*reencryption_->final, offset), bytes));
    return {};
}

Result<void> Zone::write_at(std::uint64_t offset, MutableByteView old_bytes) const {
    LK_TRY(convert(offset, old_bytes));
    return data_->write(new_place(*reencryption_, offset), old_bytes);
}

// `bytes` are the present content; a block with its old checksum was not written yet.
Result<void> Zone::recover_by_checksums(std::uint64_t offset, MutableByteView bytes,
                                        std::uint64_t first_block) const {
    const Area& area = reencryption_->keyslot->area;
    LK_ASSIGN(crypto::Hash hash, crypto::Hash::create(area.hash));
    Bytes stored(hash.length());
    Bytes found(hash.length());
    for (std::uint64_t block = first_block; !bytes.empty(); ++block) {
        const auto current = bytes.first(std::min<std::size_t>(bytes.size(), area.block_size));
        LK_TRY(metadata_device_->read(area.offset + block * stored.size(), stored));
        hash.reset();
        hash.update(current);
        hash.finish(found);
        if (found == stored) LK_TRY(write_at(offset, current));
        offset += current.size();
        bytes = bytes.subspan(current.size());
    }
    return {};
}

std::uint64_t Zone::length_of(const PlainRange& range) const {
    const std::uint64_t size = plaintext_size();
    return range.length.value_or(size > range.offset ? size - range.offset : 0);
}

Result<std::uint64_t> Zone::area_bytes(Guard guard, std::uint64_t length) const {
    const Area& area = reencryption_->keyslot->area;
    if (guard == Guard::Journal) return length;
    if (guard != Guard::Checksum) return std::uint64_t{0};
    LK_ASSIGN(const std::size_t hash_bytes, crypto::hash_length(area.hash));
    return (length + area.block_size - 1) / area.block_size * hash_bytes;
}

Result<std::uint64_t> Zone::longest_of(Guard guard, std::uint64_t longest) const {
    const Area& area = reencryption_->keyslot->area;
    if (area.type.starts_with("datashift")) return area.shift_size;
    if (guard == Guard::Journal) longest = std::min(longest, area.size);
    if (guard == Guard::Checksum) {
        LK_ASSIGN(const std::size_t hash_bytes, crypto::hash_length(area.hash));
        longest = std::min(longest, area.size / hash_bytes * area.block_size);
    }
    const std::uint64_t unit =
        std::max({reencryption_->previous->sector_size, reencryption_->final->sector_size,
                  guard == Guard::Checksum ? area.block_size : 0});
    longest -= longest % unit;
    if (longest == 0)
        return fail(Errc::NoSpace, "keyslot %d: an area of %" PRIu64 " bytes protects no data",
                    reencryption_->keyslot->number, area.size);
    return longest;
}

Result<std::optional<Layout>> Zone::next(const Layout& layout, std::uint64_t longest) const {
    const std::uint64_t size = plaintext_size();
    const std::uint64_t moved =
        reencryption_->moved == nullptr ? 0 : reencryption_->moved->size.value_or(0);
    const bool forward = reencryption_->keyslot->direction == "forward";
    const auto with = [&](std::uint64_t from, std::uint64_t length) {
        Layout next = layout;
        next.hot = PlainRange{from, length};
        next.hot_is_last = !layout.size && from + length == size;
        return std::optional(std::move(next));
    };
    const std::uint64_t done_from = layout.done ? layout.done->offset : (forward ? moved : size);
    const std::uint64_t done_to =
        layout.done ? layout.done->end().value_or(size) : (forward ? moved : size);
    if (done_from > size || done_to > size)
        return fail(Errc::CorruptHeader,
                    "%" PRIu64 " bytes of data are said to be done, and the device has %" PRIu64,
                    std::max(done_from, done_to), size);
    if (done_from == 0 && done_to == size) return std::optional<Layout>();
    const std::uint64_t left = forward ? size - done_to : done_from - std::min(moved, done_from);
    // The data that were moved apart come last.
    if (left == 0) return with(0, moved);
    LK_ASSIGN(const std::uint64_t most,
              longest_of(guard_of(*reencryption_, forward ? done_to : moved), longest));
    const std::uint64_t length = std::min(left, most);
    return forward ? with(done_to, length) : with(done_from - length, length);
}

Result<void> Zone::load_part(const Layout& layout, Guard guard, std::uint64_t begin,
                             MutableByteView bytes, Bytes& checksums) const {
    const Area& area = reencryption_->keyslot->area;
    const std::uint64_t offset = layout.hot->offset + begin;
    LK_TRY(data_->read(old_place(*reencryption_, offset), bytes));
    if (guard == Guard::Checksum) {
        LK_ASSIGN(crypto::Hash hash, crypto::Hash::create(area.hash));
        auto into = MutableByteView(checksums).subspan(begin / area.block_size * hash.length());
        for (auto left = ByteView(bytes); !left.empty();) {
            const auto block = left.first(std::min<std::size_t>(left.size(), area.block_size));
            hash.reset();
            hash.update(block);
            hash.finish(into.first(hash.length()));
            into = into.subspan(hash.length());
            left = left.subspan(block.size());
        }
    }
    // A journal stores the old bytes.
    return guard == Guard::Journal ? Result<void>() : convert(offset, bytes);
}

Result<void> Zone::load(const Layout& layout, Load& into) const {
    const std::uint64_t length = length_of(*layout.hot);
    LK_TRY(check(layout.hot->offset, length));
    const Guard guard = guard_of(*reencryption_, layout.hot->offset);
    into.layout = layout;
    into.length = 0;
    if (guard == Guard::Source) return {};
    LK_ASSIGN(const std::uint64_t room, area_bytes(guard, length));
    if (room > reencryption_->keyslot->area.size)
        return fail(Errc::NoSpace,
                    "hotzone of %" PRIu64 " bytes needs an area of %" PRIu64 ", not %" PRIu64,
                    length, room, reencryption_->keyslot->area.size);
    into.length = length;
    if (!into.buffer || into.buffer->bytes().size() < length)
        into.buffer = std::make_unique<io::AlignedBuffer>(length);
    into.checksums.resize(guard == Guard::Checksum ? room : 0);
    const auto bytes = into.buffer->bytes().first(length);
    return helpers_.share(length, [&](std::size_t begin, std::size_t count) {
        return load_part(layout, guard, begin, bytes.subspan(begin, count), into.checksums);
    });
}

Result<void> Zone::protect(Load& load) {
    const Guard guard = guard_of(*reencryption_, load.layout.hot->offset);
    if (guard != Guard::Checksum && guard != Guard::Journal) return {};
    const ByteView bytes = guard == Guard::Checksum ? ByteView(load.checksums)
                                                    : load.buffer->bytes().first(load.length);
    LK_TRY(metadata_device_->write(reencryption_->keyslot->area.offset, bytes));
    return metadata_device_->flush();
}

Result<void> Zone::copy_over(std::uint64_t offset, std::uint64_t length) const {
    SecretBuffer buffer(std::min<std::uint64_t>(kStep, length));
    for (std::uint64_t done = 0; done < length; done += buffer.size()) {
        const auto bytes =
            buffer.bytes().first(std::min<std::uint64_t>(buffer.size(), length - done));
        LK_TRY(data_->read(old_place(*reencryption_, offset + done), bytes));
        LK_TRY(write_at(offset + done, bytes));
    }
    return {};
}

Result<void> Zone::write(Load& load) {
    const PlainRange& hot = *load.layout.hot;
    const Guard guard = guard_of(*reencryption_, hot.offset);
    if (guard == Guard::Source) {
        LK_TRY(copy_over(hot.offset, length_of(hot)));
        return data_->flush();
    }
    const auto bytes = load.buffer->bytes().first(load.length);
    if (guard == Guard::Journal) {
        LK_TRY(helpers_.share(load.length, [&](std::size_t begin, std::size_t count) {
            return write_at(hot.offset + begin, bytes.subspan(begin, count));
        }));
    } else {
        LK_TRY(data_->write(new_place(*reencryption_, hot.offset), bytes));
    }
    return data_->flush();
}

Result<void> Zone::recover(const PlainRange& hot) {
    const Area& area = reencryption_->keyslot->area;
    const std::uint64_t length = length_of(hot);
    LK_TRY(check(hot.offset, length));
    const Guard guard = guard_of(*reencryption_, hot.offset);
    if (guard == Guard::None)
        return fail(Errc::CorruptHeader,
                    "%" PRIu64 " bytes of the data, from byte %" PRIu64
                    ", were being written without protection (resilience none)",
                    length, hot.offset)
            .with_hint(
                translate(N_("'repair' can take that part for lost, so that the rest opens")))
            .because(Condition::ReencryptionUnprotected);
    LK_ASSIGN(const std::uint64_t room, area_bytes(guard, length));
    if (room > area.size)
        return fail(Errc::CorruptHeader,
                    "hotzone of %" PRIu64 " bytes needs an area of %" PRIu64 ", not %" PRIu64,
                    length, room, area.size);
    if (guard == Guard::Source) {
        LK_TRY(copy_over(hot.offset, length));
        return data_->flush();
    }
    SecretBuffer buffer(std::min<std::uint64_t>(kStep, length));
    for (std::uint64_t done = 0; done < length; done += buffer.size()) {
        const auto bytes =
            buffer.bytes().first(std::min<std::uint64_t>(buffer.size(), length - done));
        const std::uint64_t offset = hot.offset + done;
        if (guard == Guard::Journal) {
            LK_TRY(metadata_device_->read(area.offset + done, bytes));
            LK_TRY(write_at(offset, bytes));
        } else {
            LK_TRY(data_->read(new_place(*reencryption_, offset), bytes));
            LK_TRY(recover_by_checksums(offset, bytes, done / area.block_size));
        }
    }
    return data_->flush();
}

}  // namespace latchkey::luks2
