// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/reencrypt/layout.h"

#include <algorithm>
#include <cinttypes>

#include "base/json.h"
#include "base/strprintf.h"
#include "latchkey/sectors.h"
#include "luks2/json_edit.h"

namespace latchkey::luks2 {
namespace {

enum class PieceState : std::uint8_t { Old, Hot, New };

struct Piece {
    PieceState state = PieceState::Old;
    PlainRange range = {};
    bool operator==(const Piece&) const = default;
};

// Returns the bytes at the beginning of the plaintext that lie apart; 0 = none.
std::uint64_t moved_bytes(const Reencryption& reencryption) {
    return reencryption.moved == nullptr ? 0 : reencryption.moved->size.value_or(0);
}

bool is_forward(const Reencryption& reencryption) {
    return reencryption.keyslot->direction == "forward";
}

std::optional<std::uint64_t> size_of(const Reencryption& reencryption) {
    if (reencryption.previous->size) return reencryption.previous->size;
    return reencryption.final->size;
}

bool lists(const Digest* digest, int segment) {
    return digest != nullptr &&
           std::ranges::find(digest->segments, segment) != digest->segments.end();
}

bool has_place(const Segment& segment, const Segment& model, std::uint64_t place,
               std::uint64_t offset) {
    if (segment.type != model.type || segment.offset != place) return false;
    return segment.type != "crypt" ||
           (segment.encryption == model.encryption && segment.sector_size == model.sector_size &&
            segment.iv_tweak == model.iv_tweak + offset / kSectorSize);
}

// Returns the state of `segment`, whose plaintext begins at `offset`; nothing if it is neither old nor new.
std::optional<PieceState> state_of(const Segment& segment, const Reencryption& r,
                                   std::uint64_t offset) {
    const bool one_key = r.old_key == nullptr || r.new_key == nullptr || r.old_key == r.new_key;
    const bool old_keyed = one_key || lists(r.old_key, segment.number);
    const bool new_keyed = one_key || lists(r.new_key, segment.number);
    const bool fits_new = has_place(segment, *r.final, new_place(r, offset), offset);
    if (segment.has_flag("in-reencryption"))
        return fits_new && old_keyed && new_keyed ? std::optional(PieceState::Hot) : std::nullopt;
    if (!one_key && old_keyed == new_keyed) return std::nullopt;
    if (fits_new && new_keyed) return PieceState::New;
    if (has_place(segment, *r.previous, old_place(r, offset), offset) && old_keyed)
        return PieceState::Old;
    return std::nullopt;
}

Error misfit(const Segment& segment, std::uint64_t offset) {
    return fail(Errc::CorruptHeader,
                "segment %d is neither the old nor the new form of the data at byte %" PRIu64,
                segment.number, offset);
}

std::vector<const Segment*> regular_segments(const Metadata& metadata) {
    std::vector<const Segment*> ordered;
    for (const Segment& segment : metadata.segments())
        if (!segment.is_backup()) ordered.push_back(&segment);
    std::ranges::sort(ordered, {}, &Segment::number);
    return ordered;
}

// Returns the pieces of a layout in the order of the plaintext.  Old data in two places are two pieces.
std::vector<Piece> pieces_of(const Layout& layout, std::uint64_t moved) {
    std::vector<Piece> taken;
    if (layout.done) taken.push_back({PieceState::New, *layout.done});
    if (layout.hot) taken.push_back({PieceState::Hot, *layout.hot});
    std::ranges::sort(taken, {}, [](const Piece& piece) { return piece.range.offset; });

    std::vector<Piece> pieces;
    const auto add_old = [&](std::uint64_t from, std::optional<std::uint64_t> to) {
        if (from < moved && (!to || *to > moved)) {
            pieces.push_back({PieceState::Old, {from, moved - from}});
            from = moved;
        }
        if (!to || from < *to)
            pieces.push_back(
                {PieceState::Old, {from, to ? std::optional(*to - from) : std::nullopt}});
    };
    std::uint64_t at = 0;
    for (const Piece& piece : taken) {
        if (piece.range.offset > at) add_old(at, piece.range.offset);
        pieces.push_back(piece);
        const bool last = layout.hot_is_last && piece.state == PieceState::Hot;
        if (!piece.range.length || last) return pieces;
        at = *piece.range.end();
    }
    if (!layout.size || at < *layout.size) add_old(at, layout.size);
    return pieces;
}

// Returns whether the finished part with the hotzone lies where the direction allows it.
bool grows_rightly(const Layout& layout, const Reencryption& r) {
    if (!layout.done && !layout.hot) return true;
    const Layout all = with_hot_done(layout);
    const PlainRange& run = *all.done;
    const bool to_the_end = !run.length || run.end() == layout.size;
    const bool from_the_start = run.offset == 0;
    if (from_the_start && to_the_end) return true;
    if (!is_forward(r)) return to_the_end && run.offset >= moved_bytes(r);
    return run.offset == moved_bytes(r);
}

// Returns whether the ranges touch, or one is missing.
bool touch(const std::optional<PlainRange>& a, const std::optional<PlainRange>& b) {
    return !a || !b || a->end() == b->offset || b->end() == a->offset;
}

Segment segment_of(const Piece& piece, const Reencryption& r) {
    const bool old = piece.state == PieceState::Old;
    Segment segment = old ? *r.previous : *r.final;
    segment.offset = old ? old_place(r, piece.range.offset) : new_place(r, piece.range.offset);
    segment.size = piece.range.length;
    segment.iv_tweak += piece.range.offset / kSectorSize;
    segment.flags.clear();
    if (piece.state == PieceState::Hot) segment.flags.emplace_back("in-reencryption");
    return segment;
}

}  // namespace

std::uint64_t old_place(const Reencryption& reencryption, std::uint64_t offset) {
    if (offset < moved_bytes(reencryption)) return reencryption.moved->offset + offset;
    return reencryption.previous->offset + offset;
}

std::uint64_t new_place(const Reencryption& reencryption, std::uint64_t offset) {
    return reencryption.final->offset + offset;
}

Layout with_hot_done(const Layout& layout) {
    Layout next{.size = layout.size, .done = layout.done};
    if (!layout.hot) return next;
    if (!layout.done) {
        next.done = layout.hot;
        if (layout.hot_is_last) next.done->length.reset();
        return next;
    }
    const PlainRange& low = layout.done->offset < layout.hot->offset ? *layout.done : *layout.hot;
    const PlainRange& high = layout.done->offset < layout.hot->offset ? *layout.hot : *layout.done;
    const bool open_end = !high.length || (layout.hot_is_last && high == *layout.hot);
    next.done =
        PlainRange{low.offset, open_end ? std::nullopt : std::optional(*high.end() - low.offset)};
    return next;
}

bool all_done(const Layout& layout) {
    return layout.done && layout.done->offset == 0 &&
           (!layout.done->length || layout.done->end() == layout.size);
}

bool only_to_be_ended(const Metadata& metadata, const Reencryption& reencryption) {
    if (reencryption.new_key == nullptr || reencryption.moved != nullptr ||
        reencryption.keyslot->area.type.starts_with("datashift"))
        return false;
    const auto layout = layout_of(metadata, reencryption);
    return layout && all_done(*layout);
}

Result<Layout> proven_layout(Context& context, const Metadata& metadata,
                             const Reencryption& reencryption, const KeyRing& keys) {
    if (!only_to_be_ended(metadata, reencryption)) LK_TRY(check_proof(context, reencryption, keys));
    return layout_of(metadata, reencryption);
}

Result<Layout> layout_of(const Metadata& metadata, const Reencryption& reencryption) {
    Layout layout{.size = size_of(reencryption)};
    std::vector<Piece> pieces;
    std::uint64_t offset = 0;
    for (const Segment* segment : regular_segments(metadata)) {
        if (!segment->defect.empty())
            return fail(Errc::CorruptHeader, "segment %d: %s", segment->number,
                        segment->defect.c_str());
        const auto state = state_of(*segment, reencryption, offset);
        const auto next = checked_add(offset, segment->size.value_or(0));
        if (!state || !next) return misfit(*segment, offset);
        const PlainRange range{offset, segment->size};
        pieces.push_back({*state, range});
        auto& run = *state == PieceState::Hot ? layout.hot : layout.done;
        if (*state != PieceState::Old && run) return misfit(*segment, offset);
        if (*state != PieceState::Old) run = range;
        offset = *next;
    }
    // All is new: the peer then lets the data end where they will in the end, whatever their length was.
    if (pieces.size() == 1 &&
        pieces.front() == Piece{PieceState::New, {0, reencryption.final->size}})
        return layout;
    // If the plan gives the length of the data, they are not longer.
    const bool ends_open = !pieces.back().range.length;
    // The peer writes the length of a mapping that was open meanwhile.
    if (!layout.size && !ends_open && pieces.back().state != PieceState::Hot) layout.size = offset;
    layout.hot_is_last = !layout.size && !ends_open && pieces.back().state == PieceState::Hot;
    const bool right_size =
        layout.size ? !ends_open && offset == *layout.size : ends_open || layout.hot_is_last;
    if (!right_size || pieces != pieces_of(layout, moved_bytes(reencryption)) ||
        !touch(layout.done, layout.hot) || !grows_rightly(layout, reencryption))
        return fail(Errc::CorruptHeader,
                    "the segments are not what a reencryption leaves: done and old parts do not "
                    "fit together");
    return layout;
}

Result<Metadata> with_layout(const Metadata& metadata, const Reencryption& reencryption,
                             const Layout& layout) {
    std::vector<Segment> segments;
    std::vector<int> old_keyed;
    std::vector<int> new_keyed;
    for (const Piece& piece : pieces_of(layout, moved_bytes(reencryption))) {
        Segment segment = segment_of(piece, reencryption);
        segment.number = static_cast<int>(segments.size());
        // As the peer writes it.
        if (all_done(layout)) segment.size = reencryption.final->size;
        if (piece.state != PieceState::New && reencryption.old_key != nullptr &&
            (piece.state == PieceState::Hot ? reencryption.new_key != nullptr
                                            : segment.type == "crypt"))
            old_keyed.push_back(segment.number);
        if (piece.state != PieceState::Old && reencryption.new_key != nullptr)
            new_keyed.push_back(segment.number);
        segments.push_back(std::move(segment));
    }
    return metadata.edited([&](Json& document) {
        replace_regular_segments(document, segments);
        if (reencryption.old_key != nullptr)
            link_regular_segments(document, reencryption.old_key->number, old_keyed);
        if (reencryption.new_key != nullptr && reencryption.new_key != reencryption.old_key)
            link_regular_segments(document, reencryption.new_key->number, new_keyed);
    });
}

}  // namespace latchkey::luks2
