// SPDX-License-Identifier: LGPL-2.1-or-later
// Removes a mapping now or later, or cancels a planned removal.
#include <algorithm>

#include "activate/dm_uuid.h"
#include "activate/helpers.h"
#include "activate/kernel_backend.h"
#include "activate/overlay.h"
#include "base/i18n.h"
#include "base/secret_text.h"
#include "base/strprintf.h"
#include "io/holders.h"
#include "io/lock.h"

namespace latchkey::activate {
namespace {

SecretBuffer plain_message(std::string_view text) {
    return std::move(SecretText().append(text)).take();
}

// Returns the lock that keeps a process from reencrypting the data; null if it cannot be tried.  Locked if a process does.
Result<std::unique_ptr<io::BlockDevice::Lock>> reencryption_lock(const Context& context,
                                                                 const std::string& uuid) {
    if (!context.policy.metadata_locks) return std::unique_ptr<io::BlockDevice::Lock>();
    auto lock =
        io::acquire_reencryption_lock(uuid, {.limit = {}, .cancelled = &context.cancelled()});
    if (lock || lock.error().code == Errc::Locked) return lock;
    return std::unique_ptr<io::BlockDevice::Lock>();
}

}  // namespace

Error not_active(std::string_view name) {
    return fail(Errc::NoDevice, "device %s is not active", std::string(name).c_str());
}

Error KernelBackend::still_in_use(std::string_view name, const DmInfo& info) {
    const std::string who = io::list_holders(kernel_.devices->holders(info.major, info.minor));
    Error error = fail(Errc::Busy, "device %s is still in use", std::string(name).c_str());
    if (who.empty()) return error;
    return std::move(error).with_hint(strprintf(translate("it is held by %s"), who.c_str()));
}

// Returns upper devices before lower ones, the order in which they must be removed.
Result<std::vector<std::string>> KernelBackend::helpers_below(std::string_view name,
                                                              const DeviceMapper::Table& mapping) {
    const DmUuid uuid = parse_dm_uuid(mapping.info.uuid);
    std::vector<std::string> helpers;
    const auto add = [&](const std::vector<DmTarget>& targets) {
        for (const DmTarget& target : targets) {
            const auto below = device_below(target);
            if (!below) continue;
            const BlockFacts device = kernel_.devices->identify(below->first, below->second);
            if (is_helper(device, uuid, name) &&
                std::ranges::find(helpers, device.dm_name) == helpers.end())
                helpers.push_back(device.dm_name);
        }
    };
    add(mapping.targets);
    for (std::size_t i = 0; i < helpers.size(); ++i) {
        LK_ASSIGN(const DeviceMapper::Table table, kernel_.mapper->table(helpers[i]));
        add(table.targets);
    }
    return helpers;
}

// Fails the I/O that waits in a helper, which could not be removed before.
Result<void> KernelBackend::let_fail(const std::string& helper) {
    LK_ASSIGN(const DeviceMapper::Table table, kernel_.mapper->table(helper));
    if (!table.info.suspended || table.targets.empty()) return {};
    const DmTarget& last = table.targets.back();
    std::vector<DmTarget> failing;
    failing.push_back(error_target(last.start + last.length));
    LK_TRY(kernel_.mapper->reload(helper, table.info.read_only, failing));
    return kernel_.mapper->resume(helper, true, true);
}

// Removes the helpers of a reencryption whose end was cut short: they are beside the mapping, not below it, and would
// keep the device busy.
Result<void> KernelBackend::remove_leftovers(std::string_view name,
                                             const DeviceMapper::Table& mapping) {
    const DmUuid uuid = parse_dm_uuid(mapping.info.uuid);
    const auto below =
        mapping.targets.empty() ? std::nullopt : device_below(mapping.targets.front());
    if (uuid.type != "LUKS2" || !below) return {};
    const auto beside = kernel_.devices->mappings_above(below->first, below->second);
    for (const std::string& helper :
         {overlay_name(name), hotzone_name(name, true), hotzone_name(name, false)})
        for (const BlockFacts& device : beside)
            if (device.dm_name == helper && is_helper(device, uuid, name)) {
                LK_TRY(let_fail(helper));
                LK_TRY(kernel_.mapper->remove(helper, false));
            }
    return {};
}

Result<void> KernelBackend::close(Context& context, std::string_view name,
                                  const mapping::CloseOptions& options) {
    if (!check_name(name)) return not_active(name);
    if (options.deferred && options.cancel_deferred)
        return fail(Errc::InvalidArgument, "deferred and cancel_deferred exclude each other");
    LK_ASSIGN(const DeviceMapper::Table mapping, kernel_.mapper->table(name));
    if (!mapping.info.exists) return not_active(name);
    if (options.cancel_deferred)
        return kernel_.mapper->message(name, plain_message("@cancel_deferred_remove"));
    if (mapping.info.open_count > 0 && !options.deferred) {
        // Mounts and mappings will not end while we wait; a process that only looks at the device may.
        const auto holders = kernel_.devices->holders(mapping.info.major, mapping.info.minor);
        // What waits for a suspended mapping waits until it is resumed.
        const bool stays =
            mapping.info.suspended || std::ranges::any_of(holders, [](const Holder& holder) {
                return holder.kind != Holder::Kind::Process;
            });
        if (stays) return still_in_use(name, mapping.info);
    }

    // libdevmapper also removes whatever is at the mapping's place, and a file that another program wrote there must
    // stay.
    LK_TRY(kernel_.mapper->check_place(name));
    std::vector<std::string> descriptions;
    const auto forget_later = [&](const DmTarget& target) {
        if (target.type != "crypt") return;
        const auto params = parse_crypt_params(as_text(target.parameters.bytes()));
        // A table written for a newer kernel can still be removed.
        if (params && params->key_in_keyring &&
            std::ranges::find(descriptions, params->key_description) == descriptions.end())
            descriptions.push_back(params->key_description);
    };
    for (const DmTarget& target : mapping.targets) forget_later(target);
    LK_ASSIGN(const std::vector<std::string> helpers, helpers_below(name, mapping));
    LK_ASSIGN(const auto overlay, overlay_below(name, mapping));
    std::unique_ptr<io::BlockDevice::Lock> alone;
    if (overlay) {
        auto lock = reencryption_lock(context, parse_dm_uuid(mapping.info.uuid).uuid);
        if (!lock)
            return still_in_use(name, mapping.info).with_hint(std::move(lock).error().message);
        alone = std::move(lock).value();
        if (options.deferred)
            return fail(Errc::Busy, "a reencryption of the data of %s was cut short",
                        std::string(name).c_str())
                .with_hint(translate(N_("'reencrypt --resume-only' goes on")));
        for (const DmTarget& target : overlay->targets) forget_later(target);
        // The lower ones first: requests that wait there keep those above busy.
        if (mapping.info.open_count == 0)
            for (auto helper = helpers.rbegin(); helper != helpers.rend(); ++helper)
                LK_TRY(let_fail(*helper));
    }

    auto removed = kernel_.mapper->remove(name, options.deferred);
    if (removed)
        for (const std::string& helper : helpers) {
            removed = kernel_.mapper->remove(helper, options.deferred);
            if (!removed) break;
        }
    if (removed && !options.deferred) removed = remove_leftovers(name, mapping);
    kernel_.mapper->settle();
    if (!removed)
        return removed.error().code == Errc::Busy ? still_in_use(name, mapping.info)
                                                  : std::move(removed).error();
    // The volume keys must not outlive the mapping.
    for (const std::string& description : descriptions)
        LK_TRY(kernel_.keyring->forget(description));
    return {};
}

}  // namespace latchkey::activate
