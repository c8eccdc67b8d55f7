// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/area_commit.h"

#include <algorithm>
#include <cinttypes>

#include "base/i18n.h"
#include "base/scope_guard.h"
#include "base/strprintf.h"
#include "formats/outcome.h"
#include "volume/copy_order.h"
#include "volume/restore_plan.h"

namespace latchkey::volume {
namespace {

constexpr std::uint64_t kBlock = 1 << 20;   // bytes per transfer
constexpr std::uint64_t kEqualUnit = 4096;  // bytes; units that are equal are not written

Claims claims_of(const formats::LoadedHeader& header) {
    Claims claims{.copies = header.header_copies(), .areas = {}};
    for (const KeyslotInfo& slot : header.keyslots())
        claims.areas.push_back({.offset = slot.area_offset, .length = slot.area_size});
    return claims;
}

// What has been written so far, and what it affects.
struct Progress {
    std::uint64_t from = 0;  // [from, to): the smallest range around all attempted writes
    std::uint64_t to = 0;
    bool old_areas = false;  // areas of the old header's keyslots were among it
    std::size_t copies = 0;  // confirmed copies of the new header
};

// Writes and records every attempt, successful or not.
class Writer {
  public:
    Writer(io::BlockDevice& device, const AreaCommit& commit, const Claims& present)
        : device_(device), commit_(commit), present_(present) {}

    Result<void> write_stage(const WriteStage& stage, bool at_once) {
        bool changed = false;
        for (const ByteRange& range : stage) {
            const std::uint64_t block = at_once ? range.length : kBlock;
            for (std::uint64_t at = 0; at < range.length;) {
                Bytes wanted(std::min(block, range.length - at));
                LK_TRY(commit_.source.read(range.offset + at, wanted));
                LK_TRY(write_different(range.offset + at, wanted, changed));
                at += wanted.size();
            }
        }
        if (changed) return device_.flush();
        return {};
    }
    Progress progress;

  private:
    Result<void> write(std::uint64_t offset, ByteView bytes) {
        const std::uint64_t end = offset + bytes.size();
        progress.from = progress.to == 0 ? offset : std::min(progress.from, offset);
        progress.to = std::max(progress.to, end);
        for (const ByteRange& area : present_.areas)
            progress.old_areas |= offset < area.offset + area.length && area.offset < end;
        return device_.write(offset, bytes);
    }

    Result<void> write_different(std::uint64_t offset, ByteView wanted, bool& changed) {
        if (!commit_.keep_equal) {
            changed = true;
            return write(offset, wanted);
        }
        Bytes present(wanted.size());
        LK_TRY(device_.read(offset, present));
        const auto unit_at = [&](std::uint64_t at) {
            return std::min<std::uint64_t>(kEqualUnit, wanted.size() - at);
        };
        std::uint64_t from = 0;
        while (from < wanted.size()) {
            std::uint64_t to = from;
            while (to < wanted.size() &&
                   !std::ranges::equal(ByteView(present).subspan(to, unit_at(to)),
                                       wanted.subspan(to, unit_at(to))))
                to += unit_at(to);
            if (to != from) {
                changed = true;
                LK_TRY(write(offset + from, wanted.subspan(from, to - from)));
            }
            from = to < wanted.size() ? to + unit_at(to) : to;
        }
        return {};
    }

    io::BlockDevice& device_;
    const AreaCommit& commit_;
    const Claims& present_;
};

// Reads the device to find out which header is valid after a write has failed.
formats::Holds what_holds(const Device& device, const Succession& succession,
                          const CopyOrder& order, const Progress& progress) {
    switch (header_in_force(device.io(), succession)) {
        case InForce::Next:
            return progress.copies >= order.takes_over ? formats::Holds::New
                                                       : formats::Holds::NewUnconfirmed;
        case InForce::Present:
            return progress.old_areas ? formats::Holds::OldLessKeyslots : formats::Holds::Old;
        case InForce::Neither: break;
    }
    return formats::Holds::Neither;
}

// Adds the range of overwritten data outside the old header: a file system, or data that followed a smaller header.
Error with_what_is_overwritten(Error error, const Device& device, const AreaCommit& commit,
                               const Progress& progress, std::uint64_t old_size) {
    // The gap between the old header and its data is unused.
    const std::uint64_t kept =
        commit.present != nullptr
            ? std::max(commit.present->header_area_bytes(), commit.present->info().data_offset)
            : 0;
    const std::uint64_t from = std::max(progress.from, kept);
    const std::uint64_t to = std::min(progress.to, old_size);
    if (from >= to) return error;
    error.message += strprintf(translate("; the contents from byte %" PRIu64 " to %" PRIu64
                                         " of %s are overwritten, wholly or in part"),
                               from, to, device.name().c_str());
    return error;
}

// Adds which header is valid now, if there was one before or a copy of the new one may have been written.
Error told(Error cause, const Device& device, const AreaCommit& commit,
           const Succession& succession, const CopyOrder& order, const Progress& progress,
           bool copies_begun, std::uint64_t old_size) {
    if (commit.beginning_last) return std::move(cause).with_hint(commit.again);
    if (commit.present == nullptr && !copies_begun)
        return with_what_is_overwritten(std::move(cause), device, commit, progress, old_size);
    const formats::Holds holds = what_holds(device, succession, order, progress);
    Error error =
        formats::commit_failed(std::move(cause), holds, device.name()).with_hint(commit.again);
    if (error.code == Errc::Unfinished) return error;
    return with_what_is_overwritten(std::move(error), device, commit, progress, old_size);
}

}  // namespace

Result<void> commit_area(Context& context, const Device& device, const AreaCommit& commit) {
    io::BlockDevice& target = *device.io();
    const Claims present = commit.present != nullptr ? claims_of(*commit.present) : Claims{};
    Claims next = claims_of(commit.next);
    const Succession succession{.device = device.io(),
                                .source = commit.source,
                                .length = commit.length,
                                .next = commit.next,
                                .present = commit.present};
    CopyOrder order = order_copies(succession, present);
    if (commit.beginning_last) {
        std::stable_partition(order.copies.begin(), order.copies.end(),
                              [](const ByteRange& copy) { return copy.offset != 0; });
        order.takes_over = 1;
    }
    next.copies = order.copies;
    const std::vector<WriteStage> stages =
        restore_stages(commit.length, present, next, order.early);

    const std::uint64_t old_size = target.size();
    ScopeGuard cut([&] { target.shrink(old_size); });
    if (context.cancelled().load(std::memory_order_relaxed))
        return fail(Errc::Interrupted, "stopped before a header was written to %s",
                    device.name().c_str());
    LK_TRY(target.grow(commit.length));
    LK_TRY(target.reserve(commit.length));
    Writer writer(target, commit, present);
    bool copies_begun = false;
    for (const WriteStage& stage : stages) {
        // A copy of a header is written in one transfer.
        const bool is_copy = writer.progress.copies < order.copies.size() && stage.size() == 1 &&
                             stage.front() == order.copies[writer.progress.copies];
        if (is_copy) {
            copies_begun = true;
            cut.dismiss();
        }
        if (auto written = writer.write_stage(stage, is_copy); !written)
            return told(std::move(written).error(), device, commit, succession, order,
                        writer.progress, copies_begun, old_size);
        if (is_copy) ++writer.progress.copies;
    }
    return {};
}

}  // namespace latchkey::volume
