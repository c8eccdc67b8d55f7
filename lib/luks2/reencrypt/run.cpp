// SPDX-License-Identifier: LGPL-2.1-or-later
// Continues a reencryption, hotzone by hotzone.  After each step the header says where the data are.
#include <algorithm>
#include <new>
#include <system_error>
#include <thread>

#include "base/i18n.h"
#include "base/json.h"
#include "latchkey/condition.h"
#include "luks2/loaded_header.h"
#include "luks2/reencrypt/end.h"
#include "luks2/reencrypt/lock.h"
#include "luks2/reencrypt/zone.h"
#include "luks2/segment.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kLongestHotzone = 64 * 1024 * 1024;  // bytes; a hotzone is kept in memory

// A reencryption whose proof the keys have verified.  A run keeps it while no other process changes the header:
// checking the proof at each step would take longer than the step.
class Proven {
  public:
    // NoUsableKeyslot if a key is missing; CorruptHeader if keys and metadata do not match.
    static Result<std::unique_ptr<Proven>> make(Context& context, const Metadata& metadata,
                                                const KeyRing& keys, io::BlockDevice& device,
                                                io::BlockDevice& data) {
        std::unique_ptr<Proven> proven(new Proven(metadata));
        LK_ASSIGN(const auto found, reencryption_of(proven->metadata_));
        if (!found) return fail(Errc::InvalidArgument, "the volume is not being reencrypted");
        proven->reencryption = *found;
        LK_ASSIGN(const KeyRing ring, keys_of_data(metadata, keys));
        LK_ASSIGN(proven->layout, proven_layout(context, metadata, *found, ring));
        // If all data are new, the old key may be missing; no data are moved.
        if (!all_done(proven->layout)) {
            LK_ASSIGN(proven->zone, Zone::make(proven->reencryption, ring, device, data));
        }
        return proven;
    }

    [[nodiscard]] bool is_of(const Metadata& metadata) const {
        return metadata.document() == document_;
    }
    void follow(const Metadata& metadata, const Layout& now) {
        document_ = metadata.document();
        layout = now;
    }

    Reencryption reencryption = {};  // refers to metadata_
    Layout layout = {};              // as the header has it at present
    std::unique_ptr<Zone> zone = {};

  private:
    explicit Proven(const Metadata& metadata)
        : metadata_(metadata), document_(metadata.document()) {}

    Metadata metadata_;  // as it was when the proof was checked
    Json document_;      // as it is at present
};

// Loads the next hotzone while one is being written.
class LoadAhead {
  public:
    LoadAhead(const Zone& zone, const Layout& layout, std::uint64_t longest, Load& into)
        : into_(into) {
        try {
            thread_ = std::thread([this, &zone, layout, longest] {
                try {
                    const auto next = zone.next(layout, longest);
                    loaded_ = next && *next && zone.load(**next, into_);
                } catch (const std::bad_alloc&) {
                    loaded_ = false;
                }
            });
        } catch (const std::system_error&) {
            // The next step loads it.  It also does so after an error, and reports the error.
        }
    }
    LoadAhead(const LoadAhead&) = delete;
    LoadAhead& operator=(const LoadAhead&) = delete;
    ~LoadAhead() { (void)wait(); }

    // Returns true if `into` has the next hotzone.
    bool wait() {
        if (thread_.joinable()) thread_.join();
        return loaded_;
    }

  private:
    Load& into_;
    bool loaded_ = false;
    std::thread thread_;
};

// The peer (2.6.1) restarts a reencryption whose data are all new at their first byte, and destroys them.  Such a
// header is therefore made only if old data in clear must be overwritten before the end; of an encryption, the peer
// refuses such a header and changes nothing.
bool ends_with_hotzone(const Reencryption& reencryption, const Layout& layout) {
    return all_done(with_hot_done(layout)) && !keeps_clear_data(reencryption);
}

// Returns the header for the time after the hotzone of `layout` is written.
Result<Metadata> after_hotzone(const Metadata& metadata, const Reencryption& reencryption,
                               const Layout& layout) {
    if (ends_with_hotzone(reencryption, layout)) return ended(metadata, reencryption);
    return with_layout(metadata, reencryption, with_hot_done(layout));
}

}  // namespace

// The state that one call of run_reencryption() keeps between steps.
struct Header::Run {
    io::BlockDevice& data;
    const KeyRing& keys;
    std::uint64_t longest;  // bytes of a hotzone
    std::unique_ptr<Proven> proven = {};
    Load load = {};  // the next hotzone, if `loaded`
    bool loaded = false;
    Load spare = {};
};

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
    LK_ASSIGN(const auto proven, Proven::make(context, now, keys, *device_, data));
    const Reencryption& r = proven->reencryption;
    const Layout& layout = proven->layout;
    if (!layout.hot) return finish(std::move(update), Result<void>());
    LK_ASSIGN(const Metadata next, after_hotzone(now, r, layout));
    LK_TRY(update.prepare(next));
    auto recovered = proven->zone->recover(*layout.hot);
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

Result<void> Header::write_hotzone(Context& context, Update update, Run& run) {
    const Metadata now = update.current();
    const Reencryption& r = run.proven->reencryption;
    Zone& zone = *run.proven->zone;
    const Layout layout = run.load.layout;
    LK_ASSIGN(const Metadata hot, with_layout(now, r, layout));
    LK_TRY(zone.protect(run.load));
    LK_TRY(update.commit(hot));
    LK_ASSIGN(const Metadata next, after_hotzone(update.current(), r, layout));
    LK_TRY(update.prepare(next));
    {
        // Data that move may be read only after the part before them is written.
        const bool in_place = !r.keyslot->area.type.starts_with("datashift");
        std::optional<LoadAhead> ahead;
        if (in_place && !ends_with_hotzone(r, layout))
            ahead.emplace(zone, with_hot_done(layout), run.longest, run.spare);
        if (auto written = zone.write(run.load); !written) {
            (void)finish(std::move(update), Result<void>());
            return std::move(written).error().within(
                translate("the reencryption was cut short while it wrote data"));
        }
        run.loaded = ahead && ahead->wait();
        if (run.loaded) std::swap(run.load, run.spare);
    }
    LK_TRY(commit_hotzone(context, std::move(update), now, r, layout, run.data));
    run.proven->follow(metadata(), with_hot_done(layout));
    return {};
}

Result<void> Header::step_reencryption(Context& context, Run& run) {
    LK_ASSIGN(Update update, begin(context, Requirement::OnlineReencrypt));
    if (!run.proven || !run.proven->is_of(update.current())) {
        run.loaded = false;
        LK_ASSIGN(run.proven,
                  Proven::make(context, update.current(), run.keys, *device_, run.data));
    }
    const Proven& proven = *run.proven;
    const bool all_is_new = all_done(proven.layout);
    if (!all_is_new && !run.loaded) {
        LK_ASSIGN(const auto layout, proven.zone->next(proven.layout, run.longest));
        if (layout) LK_TRY(proven.zone->load(*layout, run.load));
        run.loaded = layout.has_value();
    }
    if (!run.loaded)
        return end_reencryption(context, std::move(update), proven.reencryption, run.data);
    LK_TRY(write_hotzone(context, std::move(update), run));
    const std::uint64_t size = proven.zone->plaintext_size();
    const PlainRange& done = *proven.layout.done;
    if (context.progress && !context.progress(done.length.value_or(size - done.offset), size))
        context.cancel();
    return {};
}

Result<void> Header::run_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                      std::uint64_t hotzone_bytes) {
    LK_ASSIGN(ReencryptionState state, reencryption());
    if (state == ReencryptionState::CutShort) {
        LK_TRY(recover_reencryption(context, data, keys, LostData::Refused));
        LK_ASSIGN(state, reencryption());
    }
    LK_ASSIGN(const auto lock, lock_reencryption(context, *device_, metadata()));
    Run run{
        .data = data,
        .keys = keys,
        .longest = hotzone_bytes == 0 ? kLongestHotzone : std::min(hotzone_bytes, kLongestHotzone)};
    while (state != ReencryptionState::None) {
        if (context.cancelled())
            return fail(Errc::Interrupted,
                        "stopped between two steps: nothing is lost, and the volume opens");
        LK_TRY(step_reencryption(context, run));
        LK_ASSIGN(state, reencryption());
    }
    return {};
}

Result<void> Header::end_reencryption(Context& context, Update update, const Reencryption& r,
                                      io::BlockDevice& data) {
    const Metadata before = update.current();
    LK_TRY(overwrite_clear_data(context, before, r, data));
    LK_ASSIGN(const Metadata next, ended(before, r));
    Result<void> done = update.commit(next);
    if (done) done = overwrite_remains(context, update, before, r, data);
    return finish(std::move(update), std::move(done));
}

}  // namespace latchkey::luks2
