// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/area_commit.h"

#include <algorithm>

#include "base/scope_guard.h"
#include "formats/outcome.h"
#include "io/overlay_device.h"
#include "volume/restore_plan.h"

namespace latchkey::volume {
namespace {

constexpr std::uint64_t kBlock = 1 << 20;       // bytes; of one transfer
constexpr std::uint64_t kEqualUnit = 4096;      // bytes; what is compared and left alone
constexpr std::size_t kStagesBeforeCopies = 2;  // of restore_stages()
constexpr std::size_t kSharedAreas = 1;  // the stage that overwrites keyslots of the old header

Claims claims_of(const formats::LoadedHeader& header) {
    Claims claims{.copies = header.header_copies(), .areas = {}};
    for (const KeyslotInfo& slot : header.keyslots())
        claims.areas.push_back({.offset = slot.area_offset, .length = slot.area_size});
    return claims;
}

// Whether a header would still be found if `copy` were lost.
bool can_do_without(const Device& device, const ByteRange& copy) {
    Context silent;  // nobody wants to hear of copies that are damaged for trial
    silent.policy.metadata_locks = false;
    const auto trial = std::make_shared<io::OverlayDevice>(device.io());
    return trial->write(copy.offset, Bytes(copy.length)) &&
           formats::load(silent, trial, {}).has_value();
}

// A device may have one good copy only: that one is written last.
void spare_the_good_copy(const Device& device, std::vector<ByteRange>& copies) {
    // Not std::ranges: clang 14 cannot read that part of the library.
    std::stable_partition(copies.begin(), copies.end(),
                          [&](const ByteRange& copy) { return can_do_without(device, copy); });
}

Result<void> write_different(io::BlockDevice& device, std::uint64_t offset, ByteView wanted,
                             bool& changed) {
    Bytes present(wanted.size());
    LK_TRY(device.read(offset, present));
    const auto unit_at = [&](std::uint64_t at) {
        return std::min<std::uint64_t>(kEqualUnit, wanted.size() - at);
    };
    std::uint64_t from = 0;
    while (from < wanted.size()) {
        std::uint64_t to = from;
        while (to < wanted.size() && !std::ranges::equal(ByteView(present).subspan(to, unit_at(to)),
                                                         wanted.subspan(to, unit_at(to))))
            to += unit_at(to);
        if (to != from) {
            LK_TRY(device.write(offset + from, wanted.subspan(from, to - from)));
            changed = true;
        }
        from = to < wanted.size() ? to + unit_at(to) : to;
    }
    return {};
}

Result<void> write_stage(io::BlockDevice& device, const WriteStage& stage, std::uint64_t block,
                         const AreaCommit& commit) {
    bool changed = false;
    for (const ByteRange& range : stage) {
        for (std::uint64_t at = 0; at < range.length;) {
            Bytes wanted(std::min(block, range.length - at));
            LK_TRY(commit.source.read(range.offset + at, wanted));
            if (commit.keep_equal) {
                LK_TRY(write_different(device, range.offset + at, wanted, changed));
            } else {
                LK_TRY(device.write(range.offset + at, wanted));
                changed = true;
            }
            at += wanted.size();
        }
    }
    if (changed) return device.flush();
    return {};
}

bool is_written(const io::BlockDevice& device, const io::BlockDevice& source,
                const ByteRange& copy) {
    Bytes now(copy.length);
    Bytes wanted(copy.length);
    return device.read(copy.offset, now) && source.read(copy.offset, wanted) && now == wanted;
}

// Asked of the device itself, after `stage` could not be written.  `overwritten`: a stage before, or this one, wrote to
// areas of the old header.
formats::Holds what_holds(Context& context, const Device& device, const AreaCommit& commit,
                          const Claims& claims, std::size_t stage, bool overwritten) {
    for (std::size_t i = 0; i < claims.copies.size(); ++i)
        if (is_written(*device.io(), commit.source, claims.copies[i]))
            return stage > kStagesBeforeCopies + i ? formats::Holds::New
                                                   : formats::Holds::NewUnconfirmed;
    if (!formats::load(context, device.io(), {})) return formats::Holds::Neither;
    return overwritten ? formats::Holds::OldLessKeyslots : formats::Holds::Old;
}

}  // namespace

Result<void> commit_area(Context& context, const Device& device, const AreaCommit& commit) {
    io::BlockDevice& target = *device.io();
    Claims next = claims_of(commit.next);
    if (commit.present != nullptr) spare_the_good_copy(device, next.copies);
    const std::vector<WriteStage> stages = restore_stages(
        commit.length, commit.present != nullptr ? claims_of(*commit.present) : Claims{}, next);

    const std::uint64_t old_size = target.size();
    ScopeGuard cut([&] { target.shrink(old_size); });
    if (context.cancelled().load(std::memory_order_relaxed))
        return fail(Errc::Interrupted, "stopped before %s was changed", device.name().c_str());
    LK_TRY(target.grow(commit.length));
    LK_TRY(target.reserve(commit.length));
    for (std::size_t stage = 0; stage < stages.size(); ++stage) {
        if (stage == kStagesBeforeCopies) cut.dismiss();
        // A copy of a header is written at once.
        const bool is_copy = stage >= kStagesBeforeCopies && stage + 1 < stages.size();
        const std::uint64_t block = is_copy ? std::max(kBlock, commit.length) : kBlock;
        auto written = write_stage(target, stages[stage], block, commit);
        if (written) continue;
        if (commit.present == nullptr && stage < kStagesBeforeCopies) return written;
        const bool overwritten = stage >= kSharedAreas && !stages[kSharedAreas].empty();
        return formats::commit_failed(std::move(written).error(),
                                      what_holds(context, device, commit, next, stage, overwritten),
                                      device.name())
            .with_hint(commit.again);
    }
    return {};
}

}  // namespace latchkey::volume
