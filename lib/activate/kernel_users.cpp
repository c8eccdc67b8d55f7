// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/kernel_users.h"

#include <algorithm>
#include <array>
#include <cinttypes>

#include "activate/dm_uuid.h"
#include "activate/flags.h"
#include "activate/helpers.h"
#include "base/i18n.h"
#include "base/scope_guard.h"
#include "base/secret_text.h"
#include "latchkey/sectors.h"

namespace latchkey::activate {
namespace {

// As the peer does: file systems need not be frozen, because what they see does not change.
constexpr bool kSkipLockfs = true;
constexpr bool kNoFlush = true;

Error not_while_open(std::string_view name, const char* why) {
    return fail(Errc::NotSupported, "the data of %s cannot be reencrypted while it is open: %s",
                std::string(name).c_str(), why);
}

Error other_than_header(std::string_view name) {
    return fail(Errc::CorruptHeader,
                "the mapping %s does not do what the header says: its data were not touched",
                std::string(name).c_str())
        .with_hint(translate(N_("close it, and open it again")));
}

std::vector<std::string> header_names(const ActivationFlags& flags) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < model::kFlagNames.size(); ++i)
        if (flags.*kFlagMembers[i]) names.emplace_back(model::kFlagNames[i].header);
    return names;
}

std::vector<DmTarget> one_target(DmTarget target) {
    std::vector<DmTarget> table;
    table.push_back(std::move(target));
    return table;
}

}  // namespace

Result<std::unique_ptr<KernelUsers>> KernelUsers::look(Context& context, KernelBackend& backend,
                                                       const UsersRequest& request) {
    std::unique_ptr<KernelUsers> users(
        new KernelUsers(context, backend, std::string(request.name)));
    if (!check_name(request.name)) return not_active(request.name);
    LK_ASSIGN(DeviceMapper::Table top, users->mapper().table(request.name));
    if (!top.info.exists) return not_active(request.name);
    users->top_ = top.info;
    users->uuid_ = parse_dm_uuid(top.info.uuid);
    if (users->uuid_.type != "LUKS2" || users->uuid_.uuid != request.uuid)
        return fail(Errc::InvalidArgument, "the mapping %s (%s) is not of the volume %s",
                    users->name_.c_str(), top.info.uuid.c_str(), request.uuid.c_str());
    if (top.info.read_only)
        return not_while_open(request.name, translate(N_("it can only be read")));
    if (top.info.suspended && !top.info.inactive_table)
        return not_while_open(request.name, translate(N_("it is suspended")));
    if (top.targets.empty()) return not_while_open(request.name, translate(N_("it has no table")));
    const std::array<std::string, 3> helpers = {overlay_name(request.name),
                                                hotzone_name(request.name, true),
                                                hotzone_name(request.name, false)};
    for (const std::string& helper : helpers) LK_TRY(check_name(helper));
    LK_ASSIGN(const BlockFacts data, backend.kernel_.devices->facts(*request.data.io()));
    users->devices_ = {.data = {data.major, data.minor},
                       .data_bytes = data.size_bytes,
                       .shown = request.data.name()};
    users->read_ahead_ = data.read_ahead;
    users->overlay_ = helpers[0];
    const DmTarget& last = top.targets.back();
    users->size_sectors_ = last.start + last.length;
    if (top.targets.size() == 1 && top.targets.front().type == "linear")
        LK_TRY(users->look_at_stack(top.targets.front()));
    if (!users->stacked_) users->table_ = std::move(top.targets);
    for (const DmTarget& target : users->table_) {
        if (target.type != "crypt") continue;
        const auto params = parse_crypt_params(as_text(target.parameters.bytes()));
        if (!params) return not_while_open(request.name, params.error().message.c_str());
        if (!params->integrity.empty())
            return not_while_open(request.name, translate(N_("it has integrity protection")));
        users->flags_ = header_names(params->flags);
    }
    return users;
}

// Looks at the devices of a reencryption that another process left.
Result<void> KernelUsers::look_at_stack(const DmTarget& top) {
    const auto below = device_below(top);
    if (!below) return {};
    const BlockFacts overlay = backend_.kernel_.devices->identify(below->first, below->second);
    if (overlay.dm_name != overlay_ || !is_helper(overlay, uuid_, name_)) return {};
    LK_ASSIGN(DeviceMapper::Table table, mapper().table(overlay_));
    overlay_suspended_ = table.info.suspended;
    table_ = std::move(table.targets);
    for (const bool forward : {true, false}) {
        LK_ASSIGN(const DeviceMapper::Table hotzone, mapper().table(hotzone_name(name_, forward)));
        if (!hotzone.info.exists) continue;
        hotzone_ = hotzone_name(name_, forward);
        devices_.hotzone = DeviceNumber{hotzone.info.major, hotzone.info.minor};
        hotzone_suspended_ = hotzone.info.suspended;
        hotzone_refuses_ = !hotzone.targets.empty() && hotzone.targets.front().type == "error";
        break;
    }
    stacked_ = true;
    // As long as the overlay is suspended, its new table has not come into effect, and nothing waits in the hotzone.
    if ((hotzone_suspended_ || hotzone_refuses_) && !overlay_suspended_)
        waiting_ = part_on_hotzone(table_, devices_);
    return {};
}

KernelUsers::~KernelUsers() {
    // Keys in this thread's keyring that cannot be unlinked end with the thread.
    for (const io::KeyLink& link : published_) (void)backend_.kernel_.keyring->unlink(link);
}

std::uint64_t KernelUsers::size() const {
    return size_sectors_ * kSectorSize;
}

Result<void> KernelUsers::place_keys(const MappingPlan& plan, const KeyRing& keys) {
    MappingPlan placed = plan;
    // Where all data are in clear yet, some will need the keys.
    placed.segments.push_back({.cipher = "aes-xts-plain64"});
    LK_ASSIGN(published_, backend_.place_keys(context_, placed, keys));
    keys_in_table_ = published_.empty();
    return {};
}

MappingPlan KernelUsers::as_placed(MappingPlan plan) const {
    plan.flags = flags_;
    if (keys_in_table_)
        for (PlanKey& key : plan.keys) key.keyring_description.clear();
    return plan;
}

Result<std::vector<DmTarget>> KernelUsers::table_of(const MappingPlan& plan, const KeyRing& keys,
                                                    const std::optional<PlainPart>& part) const {
    return overlay_table(as_placed(plan), keys, devices_, size_sectors_, part);
}

Result<void> KernelUsers::check_table(const MappingPlan& plan, const KeyRing& keys) const {
    MappingPlan keyed = plan;
    for (PlanKey& key : keyed.keys) key.keyring_description.clear();
    LK_ASSIGN(auto with_keys, overlay_table(keyed, keys, devices_, size_sectors_, std::nullopt));
    LK_ASSIGN(auto with_descriptions,
              overlay_table(plan, keys, devices_, size_sectors_, std::nullopt));
    if (does_the_same(table_, {std::move(with_keys), std::move(with_descriptions)}, devices_))
        return {};
    return other_than_header(name_);
}

// Removes a helper that a killed process left, and that nothing uses.
Result<void> KernelUsers::remove_leftover(const std::string& helper) {
    LK_ASSIGN(const DmInfo info, mapper().info(helper));
    if (!info.exists) return {};
    const DmUuid uuid = parse_dm_uuid(info.uuid);
    if (uuid.type != kHelperType || uuid.uuid != uuid_.uuid || info.open_count > 0)
        return fail(Errc::Exists, "device %s already exists", helper.c_str());
    if (info.suspended) LK_TRY(mapper().resume(helper, kSkipLockfs, kNoFlush));
    return mapper().remove(helper, false);
}

Result<void> KernelUsers::drop_inactive(const std::string& device) {
    LK_ASSIGN(const DmInfo info, mapper().info(device));
    return info.inactive_table ? mapper().clear(device) : Result<void>();
}

// Puts the devices of the reencryption between the mapping and its data.
Result<void> KernelUsers::put_under(const MappingPlan& plan, const KeyRing& keys) {
    LK_TRY(remove_leftover(overlay_));
    for (const bool forward : {true, false}) LK_TRY(remove_leftover(hotzone_name(name_, forward)));
    LK_ASSIGN(const std::vector<DmTarget> table, table_of(plan, keys, std::nullopt));
    const auto create = [&](const std::string& helper, const std::vector<DmTarget>& targets) {
        return mapper().create({.name = helper,
                                .uuid = make_dm_uuid(kHelperType, uuid_.uuid, helper),
                                .read_ahead = read_ahead_},
                               targets);
    };
    LK_ASSIGN(const DmInfo hotzone,
              create(hotzone_, one_target(linear_target(size_sectors_, devices_.data,
                                                        devices_.hotzone_offset))));
    ScopeGuard remove_hotzone([&] { (void)mapper().remove(hotzone_, false); });
    devices_.hotzone = DeviceNumber{hotzone.major, hotzone.minor};
    LK_ASSIGN(const DmInfo overlay, create(overlay_, table));
    ScopeGuard remove_overlay([&] { (void)mapper().remove(overlay_, false); });
    LK_TRY(mapper().reload(
        name_, false,
        one_target(linear_target(size_sectors_, DeviceNumber{overlay.major, overlay.minor}, 0))));
    ScopeGuard clear([&] {
        (void)mapper().clear(name_);
        (void)mapper().resume(name_, kSkipLockfs, kNoFlush);
    });
    LK_TRY(mapper().resume(name_, kSkipLockfs, kNoFlush));
    clear.dismiss();
    remove_overlay.dismiss();
    remove_hotzone.dismiss();
    stacked_ = true;
    mapper().settle();
    return {};
}

// Takes over the devices that another process left.
Result<void> KernelUsers::take_over() {
    if (overlay_suspended_) {
        if (hotzone_suspended_) LK_TRY(mapper().resume(hotzone_, kSkipLockfs, kNoFlush));
        LK_TRY(mapper().resume(overlay_, kSkipLockfs, kNoFlush));
        overlay_suspended_ = hotzone_suspended_ = false;
    }
    if (!waiting_) {
        // Nothing of the mapping lies on the hotzone's device.
        if (hotzone_refuses_)
            LK_TRY(replace_hotzone(
                linear_target(size_sectors_, devices_.data, devices_.hotzone_offset)));
        else if (hotzone_suspended_)
            LK_TRY(mapper().resume(hotzone_, kSkipLockfs, kNoFlush));
        hotzone_suspended_ = hotzone_refuses_ = false;
        return {};
    }
    if (!hotzone_refuses_) return {};
    // The I/O that failed until now waits from here on.
    if (!hotzone_suspended_) LK_TRY(mapper().suspend(hotzone_, kSkipLockfs, kNoFlush));
    hotzone_suspended_ = true;
    LK_TRY(mapper().reload(
        hotzone_, false,
        one_target(linear_target(size_sectors_, devices_.data, devices_.hotzone_offset))));
    hotzone_refuses_ = false;
    return {};
}

Result<void> KernelUsers::adopt(const MappingPlan& plan, const KeyRing& keys,
                                const model::NewPlace& place) {
    devices_.hotzone_offset = place.offset_bytes / kSectorSize;
    if (stacked_ && !hotzone_.empty() && place.forward &&
        hotzone_ != hotzone_name(name_, *place.forward))
        return other_than_header(name_);
    LK_TRY(check_table(plan, keys));
    if (hotzone_.empty()) hotzone_ = hotzone_name(name_, place.forward.value_or(true));
    LK_TRY(drop_inactive(name_));
    if (top_.suspended) LK_TRY(mapper().resume(name_, kSkipLockfs, kNoFlush));
    LK_TRY(place_keys(plan, keys));
    present_ = plan;
    if (!stacked_) return put_under(plan, keys);
    if (!devices_.hotzone) return other_than_header(name_);
    LK_TRY(drop_inactive(overlay_));
    LK_TRY(drop_inactive(hotzone_));
    return take_over();
}

// Undoes what hold() did before its last step came into effect.  `table` is the overlay's before.
void KernelUsers::undo_hold(const std::vector<DmTarget>& table) {
    // The overlay must not run with the new table: nothing has moved.
    (void)mapper().clear(overlay_);
    if (!mapper().reload(overlay_, false, table)) return;
    (void)mapper().resume(overlay_, kSkipLockfs, kNoFlush);
    (void)mapper().resume(hotzone_, kSkipLockfs, kNoFlush);
}

Result<void> KernelUsers::hold(const MappingPlan& plan, const KeyRing& keys,
                               const PlainPart& part) {
    LK_ASSIGN(const std::vector<DmTarget> before, table_of(present_, keys, std::nullopt));
    LK_ASSIGN(const std::vector<DmTarget> table, table_of(plan, keys, part));
    auto held = mapper().reload(overlay_, false, table);
    if (!held) return held;
    held = mapper().suspend(overlay_, kSkipLockfs, kNoFlush);
    if (held) held = mapper().suspend(hotzone_, kSkipLockfs, kNoFlush);
    if (held) held = mapper().resume(overlay_, false, false);
    if (!held) {
        undo_hold(before);
        return held;
    }
    waiting_ = part;
    present_ = plan;
    return {};
}

Result<void> KernelUsers::release() {
    if (!waiting_) return {};
    LK_TRY(mapper().resume(hotzone_, false, false));
    waiting_.reset();
    // Not before: rules of udev may read what waits.
    mapper().settle();
    return {};
}

// Replaces the table of the hotzone's device, and lets it run.
Result<void> KernelUsers::replace_hotzone(const DmTarget& target) {
    std::vector<DmTarget> table;
    table.push_back({.start = target.start,
                     .length = target.length,
                     .type = target.type,
                     .parameters = SecretBuffer::copy_of(target.parameters.bytes())});
    LK_TRY(mapper().reload(hotzone_, false, table));
    return mapper().resume(hotzone_, kSkipLockfs, kNoFlush);
}

Result<void> KernelUsers::refuse() {
    if (!waiting_) return {};
    return replace_hotzone(error_target(size_sectors_));
}

Result<void> KernelUsers::abandon(const MappingPlan& plan, const KeyRing& keys) {
    if (!waiting_) return {};
    LK_ASSIGN(const std::vector<DmTarget> table, table_of(plan, keys, std::nullopt));
    LK_TRY(refuse());
    LK_TRY(mapper().reload(overlay_, false, table));
    LK_TRY(mapper().resume(overlay_, kSkipLockfs, kNoFlush));
    waiting_.reset();
    present_ = plan;
    return replace_hotzone(linear_target(size_sectors_, devices_.data, devices_.hotzone_offset));
}

Result<void> KernelUsers::leave(const MappingPlan& plan, const KeyRing& keys) {
    if (!stacked_) return {};
    LK_ASSIGN(const std::vector<DmTarget> table, table_of(plan, keys, std::nullopt));
    LK_TRY(mapper().reload(name_, false, table));
    ScopeGuard clear([&] {
        (void)mapper().clear(name_);
        (void)mapper().resume(name_, kSkipLockfs, kNoFlush);
    });
    LK_TRY(mapper().resume(name_, kSkipLockfs, kNoFlush));
    clear.dismiss();
    stacked_ = false;
    auto removed = mapper().remove(overlay_, false);
    if (removed && !hotzone_.empty()) removed = mapper().remove(hotzone_, false);
    mapper().settle();
    return removed;
}

Result<std::unique_ptr<model::DataUsers>> KernelBackend::users(Context& context,
                                                               const UsersRequest& request) {
    LK_ASSIGN(auto users, KernelUsers::look(context, *this, request));
    return std::unique_ptr<model::DataUsers>(std::move(users));
}

}  // namespace latchkey::activate
