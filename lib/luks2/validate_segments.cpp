// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <cinttypes>

#include "base/bytes.h"
#include "base/strprintf.h"
#include "latchkey/sectors.h"
#include "luks2/requirements.h"
#include "luks2/validate.h"

namespace latchkey::luks2 {
namespace {

constexpr std::array<std::uint32_t, 4> kSectorSizes = {512, 1024, 2048, 4096};

std::string text(std::uint64_t value) {
    return strprintf("%" PRIu64, value);
}

const Segment* flagged(const std::vector<Segment>& segments, std::string_view flag) {
    const auto found =
        std::ranges::find_if(segments, [&](const Segment& s) { return s.has_flag(flag); });
    return found == segments.end() ? nullptr : &*found;
}

// S2, S3, S4: members that every segment has.
Result<void> read_extent(const Node& node, Segment& segment) {
    LK_ASSIGN(segment.type, node.text("type"));
    LK_ASSIGN(segment.offset, node.digits("offset"));
    LK_ASSIGN(const std::string size, node.text("size"));
    if (size != "dynamic") {
        LK_ASSIGN(segment.size, node.digits("size"));
        if (*segment.size == 0) return node.error("size", "0");
        if (*segment.size % kSectorSize != 0)
            return node.error("size", size + " is not a multiple of 512");
    }
    if (segment.offset % kSectorSize != 0)
        return node.error("offset", text(segment.offset) + " is not a multiple of 512");
    LK_ASSIGN(segment.flags, node.texts("flags", true));
    return {};
}

Result<void> read_integrity(const Node& node, Segment& segment) {
    if (!node.has("integrity")) return {};
    LK_ASSIGN(const Node integrity, node.object("integrity"));
    segment.has_integrity = true;
    LK_ASSIGN(segment.integrity_type, integrity.text("type"));
    LK_TRY(integrity.text("journal_encryption"));
    LK_TRY(integrity.text("journal_integrity"));
    if (integrity.has("key_size")) {
        LK_ASSIGN(segment.integrity_key_bytes, integrity.number32("key_size"));
    }
    return {};
}

// S6, without the digest.
Result<void> read_crypt(const Node& node, Segment& segment) {
    LK_ASSIGN(segment.iv_tweak, node.digits("iv_tweak"));
    LK_ASSIGN(segment.encryption, node.text("encryption"));
    LK_ASSIGN(segment.sector_size, node.number32("sector_size"));
    if (segment.sector_size == 0 || segment.sector_size % kSectorSize != 0)
        return node.error("sector_size",
                          text(segment.sector_size) + " is not a multiple of 512 above 0");
    if (segment.size && *segment.size % segment.sector_size != 0)
        return node.error("size", text(*segment.size) + " is not a multiple of sector_size " +
                                      text(segment.sector_size));
    // The peer accepts such a header and lets the kernel refuse it.
    if (std::ranges::find(kSectorSizes, segment.sector_size) == kSectorSizes.end())
        segment.defect =
            node.error("sector_size", text(segment.sector_size) + " is not 512, 1024, 2048 or 4096")
                .message;
    return read_integrity(node, segment);
}

// S7
Result<void> check_opal(const Node& node, const Segment& segment) {
    if (!segment.size) return node.error("size", "dynamic, in a segment of type " + segment.type);
    LK_TRY(node.number32("opal_segment_number"));
    LK_TRY(node.number32("opal_key_size"));
    LK_ASSIGN(const std::uint64_t opal_size, node.digits("opal_segment_size"));
    if (opal_size == 0) return node.error("opal_segment_size", "0");
    if (opal_size < *segment.size)
        return node.error("opal_segment_size",
                          text(opal_size) + " < " + text(*segment.size) + " (size)");
    return {};
}

Result<Segment> read_segment(const Node& node, int number, const std::vector<Digest>& digests) {
    Segment segment{.number = number, .type = {}};
    LK_TRY(read_extent(node, segment));
    if (segment.type.starts_with("hw-opal")) LK_TRY(check_opal(node, segment));
    if (segment.type == "crypt" || segment.type == "hw-opal-crypt") {
        LK_TRY(read_crypt(node, segment));
        const bool has_key = std::ranges::any_of(digests, [&](const Digest& digest) {
            return std::ranges::find(digest.segments, number) != digest.segments.end();
        });
        if (!has_key) return node.error("in no digest");
    } else if (Segment guess = segment; read_crypt(node, guess)) {
        // The peer maps a default segment of unknown type as if it were "crypt".
        segment = std::move(guess);
    }
    return segment;
}

// S5, S8
Result<void> check_numbers(const std::vector<Segment>& segments) {
    std::vector<const Segment*> by_number(segments.size());
    for (const Segment& segment : segments) {
        const auto number = static_cast<std::size_t>(segment.number);
        if (number >= segments.size())
            return fail(Errc::CorruptHeader, "segments: number %d in %zu segments, there is a gap",
                        segment.number, segments.size());
        by_number[number] = &segment;  // numbers differ: they are member names of one object
    }
    if (by_number[0]->is_backup())
        return fail(Errc::CorruptHeader, "segments.0: a backup segment cannot be the first");
    for (std::size_t i = 1; i < by_number.size(); ++i)
        if (by_number[i - 1]->is_backup() && !by_number[i]->is_backup())
            return fail(Errc::CorruptHeader, "segments.%zu: behind a backup segment", i);
    return {};
}

// S9.  The peer does not check the end of a single segment, so such a header is valid, but its data cannot be mapped.
Result<void> check_overlap(std::vector<Segment>& segments) {
    std::vector<Segment*> regular;
    for (Segment& segment : segments)
        if (!segment.is_backup()) regular.push_back(&segment);
    const int last = (*std::ranges::max_element(regular, {}, &Segment::number))->number;
    for (Segment* segment : regular) {
        if (!segment->size && segment->number != last)
            return fail(Errc::CorruptHeader, "segments.%d.size: dynamic, but segments.%d follows",
                        segment->number, last);
        if (!segment->size || checked_add(segment->offset, *segment->size)) continue;
        Error error = fail(Errc::CorruptHeader,
                           "segments.%d: offset %" PRIu64 " + size %" PRIu64 " overflows",
                           segment->number, segment->offset, *segment->size);
        if (regular.size() > 1) return error;
        segment->defect = std::move(error.message);
    }
    std::ranges::sort(regular, {}, &Segment::offset);
    for (std::size_t i = 1; i < regular.size(); ++i) {
        const Segment& low = *regular[i - 1];
        const Segment& high = *regular[i];
        if (!low.size || low.offset + *low.size > high.offset)
            return fail(Errc::CorruptHeader,
                        "segments.%d: reaches into segments.%d, which begins at %" PRIu64,
                        low.number, high.number, high.offset);
    }
    return {};
}

bool same_cipher(const Segment& a, const Segment& b) {
    if (a.type != b.type) return false;
    return a.type != "crypt" || (a.sector_size == b.sector_size && a.encryption == b.encryption);
}

// S10
Result<void> check_reencryption(const std::vector<Segment>& segments) {
    const Segment* previous = flagged(segments, "backup-previous");
    const Segment* final = flagged(segments, "backup-final");
    if (previous == nullptr || final == nullptr)
        return fail(Errc::CorruptHeader, "segments: reencryption, but no segment flagged %s",
                    previous == nullptr ? "backup-previous" : "backup-final");
    for (const Segment& segment : segments) {
        if (segment.is_backup()) continue;
        if (segment.has_flag("in-reencryption") && !same_cipher(segment, *final))
            return fail(Errc::CorruptHeader,
                        "segments.%d: in reencryption, but not like the backup-final segment",
                        segment.number);
        if (!same_cipher(segment, *previous) && !same_cipher(segment, *final))
            return fail(
                Errc::CorruptHeader,
                "segments.%d: like neither the backup-previous nor the backup-final segment",
                segment.number);
    }
    return {};
}

}  // namespace

Result<std::vector<Segment>> read_segments(const Node& root, const std::vector<Digest>& digests,
                                           const std::vector<std::string>& requirements) {
    LK_ASSIGN(const Node node, root.object("segments"));
    LK_ASSIGN(const std::vector<Node::Numbered> members, node.numbered());
    if (members.empty()) return node.error("none");
    std::vector<Segment> segments;
    for (const auto& [number, member] : members) {
        LK_ASSIGN(Segment segment, read_segment(member, number, digests));
        segments.push_back(std::move(segment));
    }
    LK_TRY(check_numbers(segments));
    LK_TRY(check_overlap(segments));
    const bool reencrypts = std::ranges::any_of(requirements, [](const std::string& name) {
        return classify_requirement(name) == Requirement::OnlineReencrypt;
    });
    if (reencrypts) LK_TRY(check_reencryption(segments));
    return segments;
}

}  // namespace latchkey::luks2
