// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/reencrypt/users.h"

#include <cinttypes>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "luks2/segment.h"

namespace latchkey::luks2 {
namespace {

struct Where {
    MappingPlan plan;
    KeyRing keys;
};

// Returns the plan of a header without a hotzone, and the keys that it names.
Result<Where> where_data_are(const Metadata& metadata, const KeyRing& keys) {
    LK_ASSIGN(const KeyRing ring, keys_of_data(metadata, keys));
    LK_ASSIGN(MappingPlan plan, plan_segments(metadata, ring));
    return Where{std::move(plan), ring};
}

// Returns the same for the header with the hotzone of `layout` done.
Result<Where> where_data_will_be(const Metadata& metadata, const Reencryption& reencryption,
                                 const Layout& layout, const KeyRing& keys) {
    LK_ASSIGN(const Metadata next, with_layout(metadata, reencryption, with_hot_done(layout)));
    // The keys are those of the present header: the last hotzone still needs both.
    LK_ASSIGN(const KeyRing ring, keys_of_data(metadata, keys));
    LK_ASSIGN(MappingPlan plan, plan_segments(next, ring));
    return Where{std::move(plan), ring};
}

bool within(const PlainRange& part, const std::optional<PlainRange>& run) {
    return run && part.offset >= run->offset && (!run->length || *part.end() <= *run->end());
}

}  // namespace

Result<Layout> with_waiting(const Layout& layout, const Reencryption& reencryption,
                            const PlainRange& part, std::uint64_t plaintext_size) {
    if (layout.hot && layout.hot->offset == part.offset &&
        layout.hot->end().value_or(plaintext_size) == part.end())
        return layout;
    if (!layout.hot && within(part, layout.done)) return layout;
    const bool forward = reencryption.keyslot->direction == "forward";
    Layout next = layout;
    next.hot = part;
    next.hot_is_last = !layout.size && part.end() == plaintext_size;
    const std::uint64_t edge = forward ? (layout.done ? layout.done->end().value_or(0) : 0)
                                       : (layout.done ? layout.done->offset : plaintext_size);
    if (!layout.hot && (forward ? part.offset == edge : part.end() == edge)) return next;
    return fail(Errc::CorruptHeader,
                "the mapping waits for %" PRIu64 " bytes at byte %" PRIu64
                ", which the header says are not the next ones",
                part.length.value_or(0), part.offset);
}

Result<Layout> Users::adopt(const Metadata& metadata, const Reencryption& reencryption,
                            const Layout& layout, std::uint64_t plaintext_size) {
    if (users_->size() != plaintext_size)
        return fail(Errc::NotSupported,
                    "the mapping has %" PRIu64 " bytes, its data have %" PRIu64
                    ": a mapping that was resized cannot be reencrypted while it is open",
                    users_->size(), plaintext_size);
    Layout now = layout;
    if (const auto& part = users_->waiting()) {
        LK_ASSIGN(now,
                  with_waiting(layout, reencryption, {part->offset, part->length}, plaintext_size));
    } else if (layout.hot) {
        return fail(Errc::NotSupported,
                    "a reencryption was cut short while it wrote data, and the mapping does not "
                    "let them wait")
            .with_hint(translate(N_("close it, and open it again")));
    }
    LK_ASSIGN(const Where where, where_data_will_be(metadata, reencryption, now, keys_));
    LK_TRY(users_->adopt(where.plan, where.keys,
                         {.offset_bytes = reencryption.final->offset,
                          .forward = reencryption.keyslot->direction == "forward"}));
    adopted_ = true;
    return now;
}

Result<void> Users::adopt_ended(const Metadata& metadata) {
    LK_ASSIGN(const Where where, where_data_are(metadata, keys_));
    LK_TRY(users_->adopt(where.plan, where.keys,
                         {.offset_bytes = metadata.default_segment().offset, .forward = {}}));
    adopted_ = true;
    return users_->release();
}

Result<void> Users::hold(const Metadata& metadata, const Reencryption& reencryption,
                         const Layout& layout) {
    LK_ASSIGN(const Where where, where_data_will_be(metadata, reencryption, layout, keys_));
    return users_->hold(where.plan, where.keys,
                        {.offset = layout.hot->offset, .length = layout.hot->length.value_or(0)});
}

Result<void> Users::release() {
    return any() ? users_->release() : Result<void>();
}

Error Users::give_up(Error error, const Metadata& metadata, bool in_header) {
    if (!waiting()) return error;
    const auto try_it = [&]() -> Result<void> {
        if (in_header) return users_->refuse();
        LK_ASSIGN(const Where where, where_data_are(metadata, keys_));
        return users_->abandon(where.plan, where.keys);
    };
    if (const auto given_up = try_it(); !given_up) {
        error.message += "; " + given_up.error().message;
        return std::move(error).with_hint(
            translate(N_("requests to a part of the mapping wait until 'reencrypt --resume-only' "
                         "goes on")));
    }
    return error;
}

Result<void> Users::leave(const Metadata& metadata) {
    if (!any() || !adopted_ || waiting()) return {};
    LK_ASSIGN(const Where where, where_data_are(metadata, keys_));
    LK_TRY(users_->leave(where.plan, where.keys));
    adopted_ = false;
    return {};
}

}  // namespace latchkey::luks2
