// SPDX-License-Identifier: LGPL-2.1-or-later
// Operations on active devices: passes each to the back end that has, or could have, the name.
#include "latchkey/mapping.h"

#include "activate/backend.h"
#include "activate/flags.h"
#include "base/i18n.h"
#include "crypto/cipher.h"
#include "crypto/kernel_cipher.h"
#include "io/holders.h"
#include "io/identity.h"
#include "latchkey/condition.h"
#include "latchkey/sectors.h"
#include "latchkey/swap_guard.h"
#include "model/cipher_spec.h"
#include "model/crypt_table.h"
#include "volume/mapping_changes.h"

namespace latchkey::mapping {
namespace {

using activate::Backend;

// Returns whether this back end has the name; a back end that cannot work here has none.
Result<bool> has_name(Context& context, Backend& backend, std::string_view name) {
    if (!backend.available()) return false;
    LK_ASSIGN(const MappingInfo info, backend.status(context, name));
    return info.active;
}

// Joins the refusals of several back ends, so that the error gives each reason and its remedy.
void add_refusal(Error& error, const Error& another) {
    error.message += "; " + another.message;
    if (!error.hint.empty() && !another.hint.empty()) error.hint += " ";
    error.hint += another.hint;
}

// Returns the first back end that works here, or the requested one.  Exists if another one has the name; the returned
// back end checks for itself.
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

// Returns the back end that has the name.  Does not ask the preferred one, because that costs as much as the operation
// itself.  If no other has the name, returns the preferred one, which then reports that the name is unknown or why it
// cannot work.
Result<std::unique_ptr<Backend>> backend_of(Context& context, std::string_view name) {
    auto all = activate::backends(context);
    for (std::size_t i = all.size() - 1; i > 0; --i) {
        LK_ASSIGN(const bool has, has_name(context, *all[i], name));
        if (has) return std::move(all[i]);
    }
    auto refused = all.front()->available();
    if (refused) return std::move(all.front());
    // Without device-mapper no mapping has the name, and any back end that works can report that.  If device-mapper is
    // only forbidden to this process, it may have the name.
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

std::string text_of(std::string_view name) {
    return std::string(name);
}

// Adds the condition for a kernel that cannot be asked.
Error with_cause(Error error) {
    if (error.code == Errc::AccessDenied)
        return std::move(error).because(Condition::DeviceMapperForbidden);
    if (error.code == Errc::NotSupported)
        return std::move(error).because(Condition::DeviceMapperMissing);
    return error;
}

// Explains why no mapping could be made from a plan.
Error not_mapped(Error error, const MappingPlan& plan, const Device& data, std::string_view name) {
    switch (error.code) {
        case Errc::Exists: return std::move(error).because(Condition::MappingExists, text_of(name));
        case Errc::Busy: return std::move(error).because(Condition::DataInUse, data.name());
        case Errc::DeviceTooSmall:
            return std::move(error).because(plan.begins_beyond(data.size())
                                                ? Condition::OffsetBeyondData
                                                : Condition::DataTooSmall,
                                            data.name());
        case Errc::InvalidArgument:
            if (name.find('/') != name.npos)
                return std::move(error).because(Condition::BadMappingName, text_of(name));
            if (plan.ends_within_sector(data.size()))
                return std::move(error).because(Condition::DataUnaligned);
            return error;
        // The header is correct, but this kernel lacks the cipher.
        case Errc::MissingCipher: return std::move(error).because(Condition::TableRefused);
        default: return error;
    }
}

// Checks whether this back end has the cipher, as far as that is known without a key.
Result<void> check_cipher(Backend& backend, const std::string& cipher, std::size_t key_bytes) {
    const auto spec = model::parse_cipher_for_kernel(cipher);
    // Only the kernel can judge names of drivers ("capi:...").
    if (!spec) return {};
    if (backend.name() != "kernel") return crypto::check_cipher(*spec, key_bytes);
    if (!crypto::kernel_lacks(*spec)) return {};
    return fail(Errc::MissingCipher, "cipher '%s': this kernel has no '%s' in mode '%s'",
                cipher.c_str(), spec->cipher.c_str(), spec->mode.c_str());
}

Error not_resized(Error error, Context& context, Backend& backend, std::string_view name,
                  std::uint64_t size_sectors) {
    if (error.code == Errc::NoDevice)
        return std::move(error).because(Condition::MappingInactive, text_of(name));
    const auto info = backend.status(context, name);
    if (!info) return error;
    if (error.code == Errc::DeviceTooSmall)
        return std::move(error).because(Condition::DataTooSmall, info->device);
    if (error.code == Errc::InvalidArgument && info->sector_size >= kSectorSize &&
        size_sectors % (info->sector_size / kSectorSize) != 0)
        return std::move(error).because(Condition::DataUnaligned);
    return error;
}

Result<MappingInfo> make(Context& context, const MappingPlan& plan, const KeyRing& keys,
                         const Device& data, std::string_view name,
                         const ActivateOptions& options) {
    LK_TRY(plan.check_apart(data.storage(), data.name()));
    LK_ASSIGN(const auto backend, backend_for(context, options.backend, name));
    LK_TRY(check_key_for_device(keys.front(), plan, data, options.expect_signature));
    context.debug("%s: mapped by back end %s", std::string(name).c_str(),
                  std::string(backend->name()).c_str());
    // The table contains no key.
    if (const auto table = planned_table(plan, data, options))
        context.debug("table: %s", table->substr(0, table->size() - 1).c_str());
    return backend->activate(context, {name, plan, keys, data, options});
}

Result<MappingInfo> make_again(Context& context, const MappingPlan& plan, const KeyRing& keys,
                               const Device& data, std::string_view name,
                               const ActivateOptions& options) {
    LK_TRY(plan.check_apart(data.storage(), data.name()));
    LK_ASSIGN(const auto backend, backend_of(context, name));
    LK_ASSIGN(const MappingInfo info, backend->status(context, name));
    LK_TRY(check_key(context, info, keys.front()));
    if (!options.may_shrink && plan.is_single())
        LK_TRY(
            check_shrink(context, *backend, name,
                         options.size_sectors.value_or(plan.segments.front().length.value_or(0))));
    return backend->refresh(context, {name, plan, keys, data, options});
}

}  // namespace

Result<MappingInfo> activate(Context& context, const MappingPlan& plan, const KeyRing& keys,
                             const Device& data, std::string_view name,
                             const ActivateOptions& options) {
    auto made = make(context, plan, keys, data, name, options);
    if (!made) return not_mapped(std::move(made).error(), plan, data, name);
    return made;
}

Result<void> check_ciphers(Context& context, const MappingPlan& plan, std::string_view name,
                           const ActivateOptions& options) {
    const auto backend = backend_for(context, options.backend, name);
    if (!backend) return {};
    std::vector<PlanSegment> all = plan.segments;
    for (const PlanLayer& layer : plan.below)
        all.insert(all.end(), layer.segments.begin(), layer.segments.end());
    for (const PlanSegment& segment : all) {
        if (segment.cipher.empty() || segment.key >= plan.keys.size()) continue;
        auto known = check_cipher(**backend, segment.cipher, plan.keys[segment.key].bytes);
        if (!known && known.error().code == Errc::MissingCipher)
            return std::move(known).error().because(Condition::TableRefused);
    }
    return {};
}

Result<std::string> planned_table(const MappingPlan& plan, const Device& data,
                                  const ActivateOptions& options) {
    LK_TRY(plan.check_apart(data.storage(), data.name()));
    return model::crypt_table(activate::with_options(plan, options), data.name(), data.size());
}

Result<MappingInfo> status(Context& context, std::string_view name) {
    auto backend = backend_of(context, name);
    if (!backend) return with_cause(std::move(backend).error());
    auto info = (*backend)->status(context, name);
    if (!info) return with_cause(std::move(info).error());
    return info;
}

Result<MappingInfo> active(Context& context, std::string_view name) {
    LK_ASSIGN(MappingInfo info, status(context, name));
    if (info.active) return info;
    return fail(Errc::NoDevice, "device %s is not active", text_of(name).c_str())
        .because(Condition::MappingInactive, text_of(name));
}

Result<void> check_name_is_free(Context& context, std::string_view name) {
    const auto info = status(context, name);
    if (!info && info.error().code == Errc::InvalidArgument) return {};
    if (!info && info.error().code == Errc::Busy) return info.error();
    if (!info) return Error(info.error()).exits_with(1);
    if (auto served = info->check_served(); !served) return std::move(served).error().exits_with(5);
    if (info->active && !info->without_table)
        return fail(Errc::Exists, "device %s already exists", text_of(name).c_str())
            .because(Condition::MappingExists, text_of(name));
    return {};
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
            .with_hint(translate(N_("another device has its name now")));
    return data;
}

Result<SecretBuffer> active_table(Context& context, std::string_view name, bool show_key) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->table(context, name, show_key);
}

Result<void> close(Context& context, std::string_view name, const CloseOptions& options) {
    auto backend = backend_of(context, name);
    if (!backend) return with_cause(std::move(backend).error());
    auto closed = (*backend)->close(context, name, options);
    if (closed) return closed;
    Error error = std::move(closed).error();
    switch (error.code) {
        case Errc::NoDevice:
        case Errc::NotFound:
            return std::move(error).because(Condition::MappingInactive, text_of(name));
        case Errc::Busy: return std::move(error).because(Condition::MappingInUse, text_of(name));
        default: return with_cause(std::move(error));
    }
}

Result<void> resize(Context& context, std::string_view name, std::uint64_t size_sectors,
                    const VolumeKey* key, const ResizeOptions& options) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    if (key != nullptr) {
        LK_ASSIGN(const MappingInfo info, backend->status(context, name));
        LK_TRY(check_key(context, info, *key));
    }
    if (!options.may_shrink) LK_TRY(check_shrink(context, *backend, name, size_sectors));
    auto resized = backend->resize(context, name, size_sectors, key);
    if (!resized)
        return not_resized(std::move(resized).error(), context, *backend, name, size_sectors);
    return resized;
}

Result<MappingInfo> refresh(Context& context, const MappingPlan& plan, const KeyRing& keys,
                            const Device& data, std::string_view name,
                            const ActivateOptions& options) {
    auto made = make_again(context, plan, keys, data, name, options);
    if (made || made.error().code == Errc::Busy) return made;
    Error error = std::move(made).error();
    if (error.code == Errc::InvalidArgument && name.find('/') == name.npos)
        return std::move(error).because(Condition::OtherMapping, text_of(name));
    return not_mapped(std::move(error), plan, data, name);
}

Result<std::vector<std::string>> over(Context& context, const Device& data) {
    std::vector<std::string> names;
    if (data.identity().kind != DeviceIdentity::Kind::Block) return names;
    for (const auto& backend : activate::backends(context)) {
        // A back end that does not work here has no mappings.
        if (!backend->available()) continue;
        LK_ASSIGN(std::vector<std::string> found, backend->mappings_over(data));
        names.insert(names.end(), found.begin(), found.end());
    }
    return names;
}

Result<OpenMapping> open_mapping(Context& context, const Volume& volume, const Device& data,
                                 std::string_view name) {
    OpenMapping open;
    LK_ASSIGN(open.backend, backend_of(context, name));
    LK_ASSIGN(open.users, open.backend->users(context, {name, volume.info().uuid, data}));
    return open;
}

Result<void> suspend(Context& context, std::string_view name) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    return backend->suspend(context, name);
}

Result<void> resume(Context& context, const MappingPlan& plan, const KeyRing& keys,
                    std::string_view name, const ActivateOptions& options) {
    LK_ASSIGN(const auto backend, backend_of(context, name));
    LK_ASSIGN(const MappingInfo info, backend->status(context, name));
    LK_TRY(
        plan.check_apart(io::lowest_storage(info.data, UINT64_MAX, io::look_below), info.device));
    return backend->resume(context, name, plan, keys, options);
}

}  // namespace latchkey::mapping
