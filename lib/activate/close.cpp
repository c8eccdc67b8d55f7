// SPDX-License-Identifier: LGPL-2.1-or-later
// Removes a mapping now or later, or cancels a planned removal.
#include <algorithm>

#include "activate/dm_uuid.h"
#include "activate/helpers.h"
#include "activate/kernel_backend.h"
#include "base/i18n.h"
#include "base/secret_text.h"
#include "base/strprintf.h"
#include "io/holders.h"

namespace latchkey::activate {
namespace {

SecretBuffer plain_message(std::string_view text) {
    return std::move(SecretText().append(text)).take();
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

Result<void> KernelBackend::close(Context&, std::string_view name,
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
    std::string description;
    for (const DmTarget& target : mapping.targets) {
        if (target.type != "crypt") continue;
        const auto params = parse_crypt_params(as_text(target.parameters.bytes()));
        // A table written for a newer kernel can still be removed.
        if (params && params->key_in_keyring) description = params->key_description;
    }
    LK_ASSIGN(const std::vector<std::string> helpers, helpers_below(name, mapping));

    auto removed = kernel_.mapper->remove(name, options.deferred);
    if (removed)
        for (const std::string& helper : helpers) {
            removed = kernel_.mapper->remove(helper, options.deferred);
            if (!removed) break;
        }
    kernel_.mapper->settle();
    if (!removed)
        return removed.error().code == Errc::Busy ? still_in_use(name, mapping.info)
                                                  : std::move(removed).error();
    // The volume key must not outlive the mapping.
    return description.empty() ? Result<void>() : kernel_.keyring->forget(description);
}

}  // namespace latchkey::activate
