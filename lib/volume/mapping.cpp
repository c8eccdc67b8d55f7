// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs of active devices: each is handed to the back end that has, or could have, the name.
#include "latchkey/mapping.h"

#include "activate/backend.h"
#include "activate/flags.h"
#include "base/i18n.h"
#include "io/holders.h"
#include "io/identity.h"
#include "latchkey/swap_guard.h"
#include "model/crypt_table.h"
#include "volume/mapping_changes.h"

namespace latchkey::mapping {
namespace {

using activate::Backend;

// Whether this back end has the name; one that cannot work here has none.
Result<bool> has_name(Context& context, Backend& backend, std::string_view name) {
    if (!backend.available()) return false;
    LK_ASSIGN(const MappingInfo info, backend.status(context, name));
    return info.active;
}

// Of several that do not work here each says why, and what would help.
void add_refusal(Error& error, const Error& another) {
    error.message += "; " + another.message;
    if (!error.hint.empty() && !another.hint.empty()) error.hint += " ";
    error.hint += another.hint;
}

// The first that works here, or the one that was asked for.  Exists if another one has the name: it itself will look.
Result<std::unique_ptr<Backend>> backend_for(Context& context, const std::string& wanted,
                                             std::string_view name) {
    std::optional<Error> refused;
    std::unique_ptr<Backend> chosen;
    for (auto& backend : activate::backends(context)) {
        const bool asked_for = wanted.empty() || wanted == backend->name();
        if (chosen || !asked_for) {
            LK_ASSIGN(const bool taken, has_name(context, *backend, name));
            if (taken)
                return fail(Errc::Exists, "device %s already exists", std::string(name).c_str());
            continue;
        }
        auto available = backend->available();
        if (available)
            chosen = std::move(backend);
        else if (refused)
            add_refusal(*refused, available.error());
        else
            refused = std::move(available).error();
    }
    if (chosen) return chosen;
    if (refused) return *std::move(refused);
    return fail(Errc::InvalidArgument, "there is no back end \"%s\"", wanted.c_str());
}

// The one that has the name.  The preferred one is not asked, as that costs as much as what it is wanted for: it
// answers for names that nobody has, or says why it cannot.
Result<std::unique_ptr<Backend>> backend_of(Context& context, std::string_view name) {
    auto all = activate::backends(context);
    for (std::size_t i = all.size() - 1; i > 0; --i) {
        LK_ASSIGN(const bool has, has_name(context, *all[i], name));
        if (has) return std::move(all[i]);
    }
    auto refused = all.front()->available();
    if (refused) return std::move(all.front());
    // Without device-mapper nobody has the name, and whoever works here can say so.  Where it is only forbidden to us, it
    // may well have it.
    Error error = std::move(refused).error();
    if (error.code != Errc::NotSupported) return error;
    for (auto& backend : all) {
        if (backend == all.front()) continue;
        auto available = backend->available();
        if (available) return std::move(backend);
        add_refusal(error, available.error());
    }
    return error;
}

}  // namespace

Result<MappingInfo> activate(Context& context, const MappingPlan& plan, const VolumeKey& key,
                             const Device& data, std::string_view name,
                             const ActivateOptions& options) {
    LK_TRY(plan.check_apart(data.storage(), data.name()));
    LK_ASSIGN(const auto backend, backend_for(context, options.backend, name));
    LK_TRY(check_key_for_device(key, plan, data, options.expect_signature));
    return backend->activate(context, {name, plan, key, data, options});
}

Result<std::string> planned_table(const MappingPlan& plan, const Device& data,
                                  const ActivateOptions& options) {
    LK_TRY(plan.check_apart(data.storage(), data.name()));
    return model::crypt_table(activate::with_options(plan, options), data.name(), data.size());
}

Result<MappingInfo> status(Context& context, std::string_view name) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->status(context, name);
}

std::vector<Holder> holders(const MappingInfo& info) {
    return io::find_holders(info.major, info.minor);
}

std::vector<Holder> holders(const Device& device) {
    return io::find_holders(device.identity());
}

Result<Device> open_data(Context& context, const MappingInfo& info, Access access) {
    LK_ASSIGN(Device data, Device::open(context, info.device, access));
    if (info.data.known() && data.identity() != info.data)
        return fail(Errc::ConcurrentChange, "%s is not the device that the mapping %s lies on",
                    info.device.c_str(), info.name.c_str())
            .with_hint(translate(N_("something else has its name by now")));
    return data;
}

Result<SecretBuffer> active_table(Context& context, std::string_view name, bool show_key) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->table(context, name, show_key);
}

Result<void> close(Context& context, std::string_view name, const CloseOptions& options) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->close(context, name, options);
}

Result<void> resize(Context& context, std::string_view name, std::uint64_t size_sectors,
                    const VolumeKey* key, const ResizeOptions& options) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    if (key != nullptr) {
        LK_ASSIGN(const MappingInfo info, backend->status(context, name));
        LK_TRY(check_key(context, info, *key));
    }
    if (!options.may_shrink) LK_TRY(check_shrink(context, *backend, name, size_sectors));
    return backend->resize(context, name, size_sectors, key);
}

Result<MappingInfo> refresh(Context& context, const MappingPlan& plan, const VolumeKey& key,
                            const Device& data, std::string_view name,
                            const ActivateOptions& options) {
    LK_TRY(plan.check_apart(data.storage(), data.name()));
    LK_ASSIGN(const auto backend, backend_of(context, name));
    LK_ASSIGN(const MappingInfo info, backend->status(context, name));
    LK_TRY(check_key(context, info, key));
    if (!options.may_shrink && plan.segments.size() == 1)
        LK_TRY(
            check_shrink(context, *backend, name,
                         options.size_sectors.value_or(plan.segments.front().length.value_or(0))));
    return backend->refresh(context, {name, plan, key, data, options});
}

Result<void> suspend(Context& context, std::string_view name) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->suspend(context, name);
}

Result<void> resume(Context& context, const MappingPlan& plan, const VolumeKey& key,
                    std::string_view name, const ActivateOptions& options) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    LK_ASSIGN(const MappingInfo info, backend->status(context, name));
    LK_TRY(plan.check_apart(io::lowest_storage(info.data, UINT64_MAX, io::look_below), info.device));
    return backend->resume(context, name, plan, key, options);
}

}  // namespace latchkey::mapping
