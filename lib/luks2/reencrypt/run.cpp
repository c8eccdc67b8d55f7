// SPDX-License-Identifier: LGPL-2.1-or-later
// Continues a reencryption, hotzone by hotzone.  After each step the header says where the data are.
#include <algorithm>
#include <cinttypes>
#include <new>
#include <system_error>
#include <thread>

#include "base/i18n.h"
#include "base/json.h"
#include "latchkey/condition.h"
#include "luks2/loaded_header.h"
#include "luks2/reencrypt/end.h"
#include "luks2/reencrypt/lock.h"
#include "luks2/reencrypt/users.h"
#include "luks2/reencrypt/zone.h"
#include "luks2/segment.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kLongestHotzone = 64 * 1024 * 1024;  // bytes; a hotzone is kept in memory
// A hotzone of data in use begins and ends with a block of any disk: a part of a block would be read and written with
// the rest of it, which may be changing.
constexpr std::uint64_t kBlockInUse = 4096;  // bytes

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
            LK_TRY(check_size(proven->layout, proven->zone->plaintext_size()));
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
    // The proof does not cover the end of the segments: data behind it would be lost.
    static Result<void> check_size(const Layout& layout, std::uint64_t plaintext_size) {
        if (!layout.size || *layout.size == plaintext_size) return {};
        return fail(Errc::NotSupported,
                    "the segments have %" PRIu64 " bytes of data, the device has %" PRIu64,
                    *layout.size, plaintext_size);
    }

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

// Returns the state that a header records.
Result<ReencryptionState> state_of(const Metadata& metadata) {
    if (!requirements_of(metadata.config()).has(Requirement::OnlineReencrypt))
        return ReencryptionState::None;
    LK_ASSIGN(const auto found, reencryption_of(metadata));
    return found->hot == nullptr ? ReencryptionState::Clean : ReencryptionState::CutShort;
}

// Commits after a hotzone was written; `change` has prepared the header.
Result<void> commit_hotzone(Context& context, Transaction& change, const Metadata& before,
                            const Reencryption& r, const Layout& layout, io::BlockDevice& data) {
    LK_TRY(change.commit());
    if (!ends_with_hotzone(r, layout)) return {};
    return overwrite_remains(context, change, before, r, data);
}

// Ends a reencryption whose data are all done: removes the old keyslots and the data that were moved apart.
Result<void> end_all(Context& context, Transaction& change, const Reencryption& r,
                     io::BlockDevice& data) {
    const Metadata before = change.current();
    LK_TRY(overwrite_clear_data(context, before, r, data));
    LK_ASSIGN(const Metadata next, ended(before, r));
    LK_TRY(change.commit(next));
    return overwrite_remains(context, change, before, r, data);
}

// One call of run_reencryption(): many commits in one transaction, which pauses between two steps.
class Run {
  public:
    Run(Context& context, io::BlockDevice& device, io::BlockDevice& data, const KeyRing& keys,
        std::uint64_t longest, model::DataUsers* users)
        : context_(context),
          device_(device),
          data_(data),
          keys_(keys),
          longest_(longest),
          users_(users, keys) {}

    // Does one hotzone, or the end.
    Result<void> step(Transaction& change) {
        auto done = try_step(change);
        if (done) return done;
        return users_.give_up(std::move(done).error(), change.current(), in_header_);
    }

    // Leaves an ordinary mapping, if there is one and nothing waits.
    Result<void> leave(const Metadata& metadata, ReencryptionState state) {
        // If all data were new already, no step needed the mapping.
        if (state == ReencryptionState::None && users_.any() && !users_.adopted())
            LK_TRY(users_.adopt_ended(metadata));
        return users_.leave(metadata);
    }

  private:
    Result<void> try_step(Transaction& change) {
        if (!proven_ || !proven_->is_of(change.current())) {
            loaded_ = false;
            LK_ASSIGN(proven_, Proven::make(context_, change.current(), keys_, device_, data_));
        }
        if (users_.any() && !users_.adopted() && proven_->zone) {
            LK_ASSIGN(const bool more, adopt_users(change));
            if (!more) return {};
        }
        if (!all_done(proven_->layout) && !loaded_) LK_TRY(load_next(change));
        if (!loaded_) return end_all(context_, change, proven_->reencryption, data_);
        LK_TRY(write_hotzone(change));
        const std::uint64_t size = proven_->zone->plaintext_size();
        const PlainRange& done = *proven_->layout.done;
        if (context_.progress && !context_.progress(done.length.value_or(size - done.offset), size))
            context_.cancel();
        return {};
    }

    // Takes over what an earlier run left.  Returns false if the step is over.
    Result<bool> adopt_users(Transaction& change) {
        const Reencryption& r = proven_->reencryption;
        in_header_ = proven_->layout.hot.has_value();
        LK_ASSIGN(const Layout layout, users_.adopt(change.current(), r, proven_->layout,
                                                    proven_->zone->plaintext_size()));
        if (in_header_) {
            const Metadata now = change.current();
            LK_ASSIGN(const Metadata next, after_hotzone(now, r, layout));
            LK_TRY(change.prepare(next));
            LK_TRY(proven_->zone->recover(*layout.hot));
            LK_TRY(commit_step(change, now, layout));
            return false;
        }
        if (!layout.hot) {
            LK_TRY(users_.release());
            return true;
        }
        // Requests that are in the new form already wait for this very part.
        loaded_ = true;
        LK_TRY(proven_->zone->load(layout, load_));
        return true;
    }

    Result<void> load_next(Transaction& change) {
        LK_ASSIGN(const auto layout, proven_->zone->next(proven_->layout, longest_));
        if (!layout) return {};
        if (users_.any()) LK_TRY(users_.hold(change.current(), proven_->reencryption, *layout));
        LK_TRY(proven_->zone->load(*layout, load_));
        loaded_ = true;
        return {};
    }

    Result<void> write_hotzone(Transaction& change) {
        const Metadata now = change.current();
        const Reencryption& r = proven_->reencryption;
        Zone& zone = *proven_->zone;
        const Layout layout = load_.layout;
        loaded_ = false;
        LK_ASSIGN(const Metadata hot, with_layout(now, r, layout));
        LK_TRY(zone.protect(load_));
        in_header_ = true;
        LK_TRY(change.commit(hot));
        LK_ASSIGN(const Metadata next, after_hotzone(change.current(), r, layout));
        LK_TRY(change.prepare(next));
        {
            // Data that move may be read only after the part before them is written, and data in use only while their
            // users wait.
            const bool ahead_of_time =
                !users_.any() && !r.keyslot->area.type.starts_with("datashift");
            std::optional<LoadAhead> ahead;
            if (ahead_of_time && !ends_with_hotzone(r, layout))
                ahead.emplace(zone, with_hot_done(layout), longest_, spare_);
            if (auto written = zone.write(load_); !written)
                return std::move(written).error().within(
                    translate("the reencryption was cut short while it wrote data"));
            loaded_ = ahead && ahead->wait();
            if (loaded_) std::swap(load_, spare_);
        }
        return commit_step(change, now, layout);
    }

    // Commits what `change` has prepared, and lets the users go on; `before` is the header before the step.
    Result<void> commit_step(Transaction& change, const Metadata& before, const Layout& layout) {
        const Reencryption& r = proven_->reencryption;
        LK_TRY(change.commit());
        in_header_ = false;
        LK_TRY(users_.release());
        if (ends_with_hotzone(r, layout))
            LK_TRY(overwrite_remains(context_, change, before, r, data_));
        proven_->follow(change.current(), with_hot_done(layout));
        return {};
    }

    Context& context_;
    io::BlockDevice& device_;
    io::BlockDevice& data_;
    const KeyRing& keys_;
    std::uint64_t longest_;  // bytes of a hotzone
    Users users_;
    std::unique_ptr<Proven> proven_ = {};
    Load load_ = {};  // the next hotzone, if `loaded_`
    bool loaded_ = false;
    bool in_header_ = false;  // the header has a hotzone, or may have it
    Load spare_ = {};
};

}  // namespace

Result<ReencryptionState> Luks2Header::reencryption() const {
    return state_of(metadata());
}

Result<void> Luks2Header::recover_reencryption(Context& context, io::BlockDevice& data,
                                               const KeyRing& keys, LostData lost) {
    LK_ASSIGN(auto alone, lock_reencryption(context, device(), metadata()));
    Transaction change(context, disk_, std::move(alone));
    LK_TRY(change.begin());
    LK_TRY(admit(disk_.device(), change.stored(), heal_, Requirement::OnlineReencrypt));
    const Metadata now = change.current();
    LK_ASSIGN(const auto proven, Proven::make(context, now, keys, device(), data));
    const Reencryption& r = proven->reencryption;
    const Layout& layout = proven->layout;
    if (!layout.hot) {
        change.show_current();
        return {};
    }
    LK_ASSIGN(const Metadata next, after_hotzone(now, r, layout));
    LK_TRY(change.prepare(next));
    auto recovered = proven->zone->recover(*layout.hot);
    const bool accepted = !recovered && lost == LostData::Accepted &&
                          recovered.error().condition == Condition::ReencryptionUnprotected;
    if (!accepted) LK_TRY(std::move(recovered));
    return commit_hotzone(context, change, now, r, layout, data);
}

Result<void> Luks2Header::run_reencryption(Context& context, io::BlockDevice& data,
                                           const KeyRing& keys, std::uint64_t hotzone_bytes,
                                           model::DataUsers* users) {
    LK_ASSIGN(ReencryptionState state, reencryption());
    if (state == ReencryptionState::CutShort && users == nullptr) {
        LK_TRY(recover_reencryption(context, data, keys, LostData::Refused));
        LK_ASSIGN(state, reencryption());
    }
    LK_ASSIGN(auto alone, lock_reencryption(context, device(), metadata()));
    if (state == ReencryptionState::None && users != nullptr) {
        Users left(users, keys);
        LK_TRY(left.adopt_ended(metadata()));
        return left.leave(metadata());
    }
    Transaction change(context, disk_, std::move(alone));
    const std::uint64_t longest =
        hotzone_bytes == 0 ? kLongestHotzone : std::min(hotzone_bytes, kLongestHotzone);
    Run run(context, device(), data, keys,
            users == nullptr ? longest : std::max(longest - longest % kBlockInUse, kBlockInUse),
            users);
    const auto all_steps = [&]() -> Result<void> {
        while (state != ReencryptionState::None) {
            if (context.cancelled())
                return fail(Errc::Interrupted,
                            "stopped between two steps: nothing is lost, and the volume opens");
            LK_TRY(change.begin());
            LK_TRY(admit(disk_.device(), change.stored(), heal_, Requirement::OnlineReencrypt));
            LK_TRY(run.step(change));
            LK_ASSIGN(state, reencryption());
            change.pause();
        }
        return {};
    };
    auto done = all_steps();
    auto left = run.leave(metadata(), state);
    return done ? left : done;
}

}  // namespace latchkey::luks2
