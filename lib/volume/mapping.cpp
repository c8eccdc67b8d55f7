// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs of active devices: each is handed to the back end that has, or could have, the name.
#include "latchkey/mapping.h"

#include "activate/backend.h"
#include "activate/flags.h"
#include "activate/holders.h"
#include "model/crypt_table.h"

namespace latchkey::mapping {
namespace {

using activate::Backend;

// The first that works here, or the one that was asked for.
Result<std::unique_ptr<Backend>> backend_for(Context& context, const std::string& wanted) {
    std::optional<Error> refused;
    for (auto& backend : activate::backends(context)) {
        if (!wanted.empty() && wanted != backend->name()) continue;
        auto available = backend->available();
        if (available) return std::move(backend);
        if (refused)
            refused->message += "; " + available.error().message;
        else
            refused = std::move(available).error();
    }
    if (refused) return *std::move(refused);
    return fail(Errc::InvalidArgument, "there is no back end \"%s\"", wanted.c_str());
}

// The one that has the name.  If none has, the last that works: its verb says what is wrong.
Result<std::unique_ptr<Backend>> backend_of(Context& context, std::string_view name) {
    std::unique_ptr<Backend> last;
    std::optional<Error> refused;
    auto all = activate::backends(context);
    for (auto& backend : all) {
        if (auto available = backend->available(); !available) {
            if (!refused) refused = std::move(available).error();
            continue;
        }
        if (all.size() > 1) {
            LK_ASSIGN(const MappingInfo info, backend->status(context, name));
            if (info.active) return std::move(backend);
        }
        last = std::move(backend);
    }
    if (last) return last;
    return *std::move(refused);
}

}  // namespace

Result<MappingInfo> activate(Context& context, const MappingPlan& plan, const VolumeKey& key,
                             const Device& data, std::string_view name,
                             const ActivateOptions& options) {
    LK_ASSIGN(const auto backend, backend_for(context, options.backend));
    return backend->activate(context, {name, plan, key, data, options});
}

Result<std::string> planned_table(const MappingPlan& plan, const Device& data,
                                  const ActivateOptions& options) {
    return model::crypt_table(activate::with_options(plan, options), data.name(), data.size());
}

Result<MappingInfo> status(Context& context, std::string_view name) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->status(context, name);
}

std::vector<Holder> holders(const MappingInfo& info) {
    return activate::find_holders(info.major, info.minor);
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
                    const VolumeKey* key) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->resize(context, name, size_sectors, key);
}

Result<MappingInfo> refresh(Context& context, const MappingPlan& plan, const VolumeKey& key,
                            const Device& data, std::string_view name,
                            const ActivateOptions& options) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->refresh(context, {name, plan, key, data, options});
}

Result<void> suspend(Context& context, std::string_view name) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->suspend(context, name);
}

Result<void> resume(Context& context, const MappingPlan& plan, const VolumeKey& key,
                    std::string_view name, const ActivateOptions& options) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->resume(context, name, plan, key, options);
}

}  // namespace latchkey::mapping
