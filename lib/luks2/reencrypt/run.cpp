// SPDX-License-Identifier: LGPL-2.1-or-later
// A reencryption goes on, hotzone by hotzone, and ends.  Each step leaves a header that tells what is where.
#include <algorithm>

#include "base/i18n.h"
#include "base/json.h"
#include "formats/outcome.h"
#include "io/lock.h"
#include "io/wipe.h"
#include "luks2/json_edit.h"
#include "luks2/loaded_header.h"
#include "luks2/names.h"
#include "luks2/reencrypt/zone.h"
#include "luks2/segment.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kLongestHotzone = 64 * 1024 * 1024;      // bytes; they are in memory
constexpr std::uint64_t kMostKeyslotsBytes = 128 * 1024 * 1024;  // as the peer has it
constexpr std::uint64_t kKeyslotsUnit = 4096;

// Keeps other reencryptions of the volume away, the peer's too.  Where a user may make no lock the device's own keeps
// those away that follow it.
Result<std::unique_ptr<io::BlockDevice::Lock>> lock_reencryption(Context& context,
                                                                 const Metadata& metadata) {
    if (!context.policy.metadata_locks) return std::unique_ptr<io::BlockDevice::Lock>();
    auto lock = io::acquire_named_lock("LUKS2-reencryption-" + metadata.binary.uuid,
                                       translate("the reencryption"),
                                       {.limit = {}, .cancelled = &context.cancelled()});
    if (lock || lock.error().code != Errc::AccessDenied) return lock;
    context.debug("no lock for the reencryption: %s", lock.error().message.c_str());
    return std::unique_ptr<io::BlockDevice::Lock>();
}

Result<void> wipe_behind(Context& context, const Reencryption& r, io::BlockDevice& data) {
    const auto wipe = [&](std::uint64_t offset, std::uint64_t length) {
        return io::wipe(context, data, {.offset = offset, .length = length},
                        io::WipePattern::Random);
    };
    if (r.keyslot->mode == "encrypt" && r.moved != nullptr && r.moved->size)
        return wipe(r.moved->offset, *r.moved->size);
    // Data that moved towards the beginning lie twice at the end.
    const std::uint64_t shift = r.keyslot->area.shift_size;
    if (r.keyslot->area.type.starts_with("datashift") && r.keyslot->direction == "forward" &&
        shift <= data.size())
        return wipe(data.size() - shift, shift);
    return {};
}

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
    LK_TRY(check_proof(context, *reencryption, ring));
    LK_ASSIGN(const Layout layout, layout_of(metadata, *reencryption));
    return UnderWay{*reencryption, layout, std::move(ring)};
}

// Of a header whose data begin at `data_offset`; as it is where they lie elsewhere.
std::uint64_t keyslots_bytes(const Metadata& metadata, std::uint64_t data_offset) {
    const std::uint64_t copies = 2 * metadata.binary.header_size;
    if (data_offset <= copies) return metadata.config().keyslots_size;
    const std::uint64_t room = data_offset - copies;
    return std::min(room - room % kKeyslotsUnit, kMostKeyslotsBytes);
}

}  // namespace

Result<ReencryptionState> Header::reencryption() const {
    if (!requirements_of(metadata().config()).has(Requirement::OnlineReencrypt))
        return ReencryptionState::None;
    LK_ASSIGN(const auto found, reencryption_of(metadata()));
    return found->hot == nullptr ? ReencryptionState::Clean : ReencryptionState::CutShort;
}

Result<void> Header::recover_reencryption(Context& context, io::BlockDevice& data,
                                          const KeyRing& keys) {
    LK_ASSIGN(const auto lock, lock_reencryption(context, metadata()));
    LK_ASSIGN(Update update, begin(context, Requirement::OnlineReencrypt));
    const Metadata now = update.current();
    LK_ASSIGN(const UnderWay under_way, check_reencryption(context, now, keys));
    if (!under_way.layout.hot) return finish(std::move(update), Result<void>());
    LK_ASSIGN(Zone zone, Zone::make(under_way.reencryption, under_way.keys, *device_, data));
    LK_ASSIGN(const Metadata next,
              with_layout(now, under_way.reencryption, with_hot_done(under_way.layout)));
    LK_TRY(update.prepare(next));
    LK_TRY(zone.recover(*under_way.layout.hot));
    Result<void> committed = update.commit();
    return finish(std::move(update), std::move(committed));
}

Result<bool> Header::step_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                       std::uint64_t longest) {
    LK_ASSIGN(Update update, begin(context, Requirement::OnlineReencrypt));
    const Metadata now = update.current();
    LK_ASSIGN(const UnderWay under_way, check_reencryption(context, now, keys));
    const Reencryption& r = under_way.reencryption;
    LK_ASSIGN(Zone zone, Zone::make(r, under_way.keys, *device_, data));
    LK_ASSIGN(const auto hot, zone.next(under_way.layout, longest));
    if (!hot) {
        LK_TRY(end_reencryption(context, std::move(update), r, data));
        return false;
    }
    Layout layout = under_way.layout;
    layout.hot = hot;
    LK_ASSIGN(Metadata next, with_layout(update.current(), r, layout));
    LK_TRY(zone.protect(*hot));
    LK_TRY(update.commit(next));
    auto written = zone.write(*hot);
    if (!written) {
        Error error = std::move(written).error();
        (void)finish(std::move(update), Result<void>());
        return std::move(error).within(
            translate("the reencryption was cut short while it wrote data"));
    }
    LK_ASSIGN(next, with_layout(update.current(), r, with_hot_done(layout)));
    Result<void> committed = update.commit(next);
    LK_TRY(finish(std::move(update), std::move(committed)));
    const std::uint64_t size = zone.plaintext_size();
    const Layout done = with_hot_done(layout);
    const std::uint64_t bytes = done.done->length.value_or(size - done.done->offset);
    if (context.progress && !context.progress(bytes, size)) context.cancel();
    return true;
}

Result<void> Header::run_reencryption(Context& context, io::BlockDevice& data, const KeyRing& keys,
                                      std::uint64_t hotzone_bytes) {
    const std::uint64_t longest =
        hotzone_bytes == 0 ? kLongestHotzone : std::min(hotzone_bytes, kLongestHotzone);
    LK_TRY(recover_reencryption(context, data, keys));
    LK_ASSIGN(const auto lock, lock_reencryption(context, metadata()));
    for (;;) {
        if (context.cancelled())
            return fail(Errc::Interrupted,
                        "stopped between two steps: nothing is lost, and the volume opens");
        LK_ASSIGN(const bool more, step_reencryption(context, data, keys, longest));
        if (!more) return {};
    }
}

Result<void> Header::end_reencryption(Context& context, Update update, const Reencryption& r,
                                      io::BlockDevice& data) {
    LK_TRY(wipe_behind(context, r, data));
    std::vector<Area> areas{r.keyslot->area};
    std::vector<int> gone{r.keyslot->number};
    if (r.old_key != nullptr && r.old_key != r.new_key)
        for (const int number : r.old_key->keyslots) {
            gone.push_back(number);
            areas.push_back(update.current().keyslot(number)->area);
        }
    Metadata next = update.current();
    for (const int number : gone) {
        LK_ASSIGN(next, with_name(next, number, ""));
    }
    const std::uint64_t keyslots_size = keyslots_bytes(next, r.final->offset);
    LK_ASSIGN(next, next.edited([&](Json& document) {
        for (const int number : gone) remove_keyslot(document, number);
        luks2::end_reencryption(
            document, r.new_key == nullptr ? std::nullopt : std::optional(r.new_key->number));
        document["config"]["keyslots_size"] = std::to_string(keyslots_size);
    }));
    Result<void> done = update.commit(next);
    for (const Area& area : areas) {
        if (!done) break;
        if (auto wiped = update.wipe_area(area); !wiped)
            done = formats::unfinished(
                std::move(wiped).error(),
                translate("the volume is reencrypted, but an area of the header is not wiped"));
    }
    return finish(std::move(update), std::move(done));
}

}  // namespace latchkey::luks2
