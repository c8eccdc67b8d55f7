// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/new_keyslot.h"

#include <algorithm>

#include "base/i18n.h"
#include "base/working.h"
#include "crypto/kdf.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/condition.h"

namespace latchkey::volume {
namespace {

// Fills in what the caller left open with the format's defaults.
KdfRequest complete(KdfRequest request, const KdfRequest& format_default) {
    if (request.type.empty()) request.type = format_default.type;
    if (request.hash.empty()) request.hash = format_default.hash;
    if (!request.memory_kib) request.memory_kib = format_default.memory_kib;
    if (!request.lanes) request.lanes = format_default.lanes;
    return request;
}

Result<void> check_lanes(const Context& context, const KdfRequest& request) {
    constexpr std::uint32_t kMostLanes = 4;
    if (request.type == "pbkdf2" || request.lanes.value_or(0) <= kMostLanes ||
        !habits_of(context.policy.speaks_as).refuses_many_lanes)
        return {};
    return fail(Errc::InvalidArgument, "KDF with %u lanes > %u", *request.lanes, kMostLanes)
        .because(Condition::LanesTooMany, {}, {}, kMostLanes);
}

}  // namespace

Result<void> check_free_keyslot(const formats::LoadedHeader& header, std::optional<int> number) {
    LK_ASSIGN(const formats::Format* format, formats::find(header.type()));
    const std::vector<KeyslotInfo> active = header.keyslots();
    if (!number) {
        if (std::ssize(active) < format->max_keyslots) return {};
        return formats::all_keyslots_full(format->max_keyslots);
    }
    LK_TRY(formats::check_keyslot_number(*number, format->max_keyslots));
    if (std::ranges::find(active, *number, &KeyslotInfo::number) != active.end())
        return formats::keyslot_full(*number);
    return {};
}

Result<int> as_no_room(Result<int> keyslot) {
    if (keyslot || keyslot.error().code != Errc::NoSpace ||
        keyslot.error().condition != Condition::None)
        return keyslot;
    return std::move(keyslot).error().because(Condition::NoRoomForKeyslot);
}

Result<formats::KeyslotSpec> decide_keyslot(Context& context, const formats::LoadedHeader& header,
                                            const NewKeyslot& keyslot, std::size_t key_bytes) {
    LK_TRY(header.check_keyslot(keyslot));
    KdfRequest request = complete(keyslot.kdf, header.default_kdf());
    LK_TRY(check_lanes(context, request));
    if (habits_of(context.policy.speaks_as).caps_forced_costs && request.lanes)
        request.lanes = std::min(*request.lanes, crypto::online_cpus());
    const std::uint32_t area_key_bytes =
        header.area_key_bytes(keyslot, static_cast<std::uint32_t>(key_bytes));
    const Working working(context, N_("measuring %s"), request.type.c_str());
    LK_ASSIGN(model::KdfParams kdf,
              crypto::choose_kdf(request, area_key_bytes, context.cancelled()));
    return formats::KeyslotSpec{.number = keyslot.number,
                                .kdf = std::move(kdf),
                                .af_hash = request.hash,
                                .area_cipher = keyslot.area_cipher,
                                .area_key_bytes = keyslot.area_key_bytes,
                                .name = keyslot.name,
                                .token = keyslot.token,
                                .same_passphrase = keyslot.same_passphrase,
                                .least_digest_cost = request.forced_iterations.has_value()};
}

}  // namespace latchkey::volume
