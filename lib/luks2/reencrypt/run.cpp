// SPDX-License-Identifier: LGPL-2.1-or-later
// A reencryption goes on, hotzone by hotzone.  Each step leaves a header that tells what is where.
#include <algorithm>

#include "base/i18n.h"
#include "latchkey/condition.h"
#include "luks2/loaded_header.h"
#include "luks2/reencrypt/end.h"
#include "luks2/reencrypt/lock.h"
#include "luks2/reencrypt/zone.h"
#include "luks2/segment.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kLongestHotzone = 64 * 1024 * 1024;  // bytes; they are in memory

struct UnderWay {
    Reencryption reencryption;
    Layout layout;
    KeyRing keys;  // in the order of data_digests()
};

// Refers to `metadata` and to the keys.
Result<UnderWay> check_reencryption(Context& context, const Metadata& metadata,
                                    const KeyRing& keys) {
    LK_ASSIGN(const auto reencryption, reencryption_of(metadata));
    if (!reencryption) return fail(Errc::InvalidArgument, "the volume is not being reencrypted");
    LK_ASSIGN(KeyRing ring, keys_of_data(metadata, keys));
    LK_ASSIGN(const Layout layout, proven_layout(context, metadata, *reencryption, ring));
    return UnderWay{*reencryption, layout, std::move(ring)};
}

// The peer (2.6.1) begins a reencryption whose data are all new again at their first byte, and destroys them: such a header
// is made only where old data in clear have to be overwritten before the end, which the peer takes rightly.
bool ends_with_hotzone(const Reencryption& reencryption, const Layout& layout) {
    return all_done(with_hot_done(layout)) && !keeps_clear_data(reencryption);
}

// The header for when the hotzone of `layout` is written.
Result<Metadata> after_hotzone(const Metadata& metadata, const Reencryption& reencryption,
                               const Layout& layout) {
    if (ends_with_hotzone(reencryption, layout)) return ended(metadata, reencryption);
    return with_layout(metadata, reencryption, with_hot_done(layout));
}

}  // namespace

Result<ReencryptionState> Header::reencryption() const {
    if (!requirements_of(metadata().config()).has(Requirement::OnlineReencrypt))
        return ReencryptionState::None;
    LK_ASSIGN(const auto found, reencryption_of(metadata()));
    return found->hot == nullptr ? ReencryptionState::Clean : ReencryptionState::CutShort;
}

Result<void> Header::recover_reencryption(Context& context, io::BlockDevice& data,
                                          const KeyRing& keys, LostData lost) {
    LK_ASSIGN(const auto lock, lock_reencryption(context, *device_, metadata()));
    LK_ASSIGN(Update update, begin(context, Requirement::OnlineReencrypt));
    const Metadata now = update.current();
    LK_ASSIGN(const UnderWay under_way, check_reencryption(context, now, keys));
    const Reencryption& r = under_way.reencryption;
    const Layout& layout = under_way.layout;
    if (!layout.hot) return finish(std::move(update), Result<void>());
    LK_ASSIGN(Zone zone, Zone::make(r, under_way.keys, *device_, data));
    LK_ASSIGN(const Metadata next, after_hotzone(now, r, layout));
    LK_TRY(update.prepare(next));
    auto recovered = zone.recover(*layout.hot);
    const bool accepted = !recovered && lost == LostData::Accepted &&
                          recovered.error().condition == Condition::ReencryptionUnprotected;
    if (!accepted) LK_TRY(std::move(recovered));
    return commit_hotzone(context, std::move(update), now, r, layout, data);
}

Result<void> Header::commit_hotzone(Context& context, Update update, const Metadata& before,
                                    const Reencryption& r, const Layout& layout,
                                    io::BlockDevice& data) {
    Result<void> done = update.commit();
    if (done && ends_with_hotzone(r, layout))
        done = overwrite_remains(context, update, before, r, data);
    return finish(std::move(update), std::move(done));
}

Result<bool> Header::step_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                       std::uint64_t longest) {
    LK_ASSIGN(Update update, begin(context, Requirement::OnlineReencrypt));
    const Metadata now = update.current();
    LK_ASSIGN(const UnderWay under_way, check_reencryption(context, now, keys));
    const Reencryption& r = under_way.reencryption;
    const auto end = [&]() -> Result<bool> {
        LK_TRY(end_reencryption(context, std::move(update), r, data));
        return false;
    };
    if (all_done(under_way.layout)) return end();
    LK_ASSIGN(Zone zone, Zone::make(r, under_way.keys, *device_, data));
    LK_ASSIGN(const auto layout, zone.next(under_way.layout, longest));
    if (!layout) return end();
    LK_ASSIGN(const Metadata hot, with_layout(now, r, *layout));
    LK_TRY(zone.protect(*layout->hot));
    LK_TRY(update.commit(hot));
    LK_ASSIGN(const Metadata next, after_hotzone(update.current(), r, *layout));
    LK_TRY(update.prepare(next));
    if (auto written = zone.write(*layout->hot); !written) {
        (void)finish(std::move(update), Result<void>());
        return std::move(written).error().within(
            translate("the reencryption was cut short while it wrote data"));
    }
    LK_TRY(commit_hotzone(context, std::move(update), now, r, *layout, data));
    const std::uint64_t size = zone.plaintext_size();
    const Layout done = with_hot_done(*layout);
    const std::uint64_t bytes = done.done->length.value_or(size - done.done->offset);
    if (context.progress && !context.progress(bytes, size)) context.cancel();
    return !ends_with_hotzone(r, *layout);
}

Result<void> Header::run_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                      std::uint64_t hotzone_bytes) {
    const std::uint64_t longest =
        hotzone_bytes == 0 ? kLongestHotzone : std::min(hotzone_bytes, kLongestHotzone);
    LK_TRY(recover_reencryption(context, data, keys, LostData::Refused));
    LK_ASSIGN(const auto lock, lock_reencryption(context, *device_, metadata()));
    for (;;) {
        LK_ASSIGN(const ReencryptionState state, reencryption());
        if (state == ReencryptionState::None) return {};
        if (context.cancelled())
            return fail(Errc::Interrupted,
                        "stopped between two steps: nothing is lost, and the volume opens");
        LK_ASSIGN(const bool more, step_reencryption(context, data, keys, longest));
        if (!more) return {};
    }
}

Result<void> Header::end_reencryption(Context& context, Update update, const Reencryption& r,
                                      io::BlockDevice& data) {
    LK_TRY(overwrite_clear_data(context, r, data));
    const Metadata before = update.current();
    LK_ASSIGN(const Metadata next, ended(before, r));
    Result<void> done = update.commit(next);
    if (done) done = overwrite_remains(context, update, before, r, data);
    return finish(std::move(update), std::move(done));
}

}  // namespace latchkey::luks2
