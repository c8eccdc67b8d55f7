// SPDX-License-Identifier: LGPL-2.1-or-later
// Wipes the key of a mapping that stays, and restores it.
#include "activate/dm_uuid.h"
#include "activate/flags.h"
#include "activate/kernel_backend.h"
#include "base/scope_guard.h"
#include "base/secret_text.h"
#include "latchkey/condition.h"
#include "model/cipher_spec.h"

namespace latchkey::activate {
namespace {

SecretBuffer wipe_message() {
    return std::move(SecretText().append("key wipe")).take();
}

SecretBuffer set_message(const MappingPlan& plan, const VolumeKey& key) {
    SecretText text;
    text.append("key set ");
    if (key.size() == 0 || model::names_null_cipher(plan.segments.front().cipher))
        text.append("-");
    else if (plan.keys.front().keyring_description.empty())
        text.append_hex(key.bytes());
    else
        text.append(model::keyring_key_field(key.size(), plan.keys.front().keyring_description));
    return std::move(text).take();
}

// "key wipe" and "key set" work only for a table with one target.
Error several_segments(std::string_view name) {
    return fail(Errc::NotSupported,
                "device %s has several segments: it is not suspended while it is reencrypted",
                std::string(name).c_str());
}

}  // namespace

Result<void> KernelBackend::suspend_and_wipe(std::string_view name) {
    LK_TRY(kernel_.mapper->suspend(name, false, false));
    ScopeGuard resume([&] { (void)kernel_.mapper->resume(name, false, false); });
    LK_TRY(kernel_.mapper->message(name, wipe_message()));
    resume.dismiss();
    return {};
}

Result<void> KernelBackend::suspend(Context&, std::string_view name) {
    LK_ASSIGN(const CryptMapping mapping, crypt_mapping(name));
    if (mapping.info.suspended)
        return fail(Errc::InvalidArgument, "volume %s is already suspended",
                    std::string(name).c_str())
            .because(Condition::MappingSuspended, std::string(name));
    if (mapping.targets.size() != 1) return several_segments(name);
    // Done first because it can fail without harm: dm-crypt has a copy of the key.
    if (mapping.params.key_in_keyring)
        LK_TRY(kernel_.keyring->forget(mapping.params.key_description));
    return suspend_and_wipe(name);
}

Result<void> KernelBackend::resume(Context& context, std::string_view name, const MappingPlan& plan,
                                   const KeyRing& keys, const ActivateOptions& options) {
    LK_ASSIGN(const CryptMapping mapping, crypt_mapping(name));
    const std::string shown(name);
    if (!mapping.info.suspended)
        return fail(Errc::InvalidArgument, "volume %s is not suspended", shown.c_str())
            .because(Condition::MappingNotSuspended, shown);
    // With the key of another volume, writes would destroy data.
    const DmUuid active = parse_dm_uuid(mapping.info.uuid);
    if (active.uuid != plan.uuid || active.type != plan.type)
        return fail(Errc::InvalidArgument, "volume %s is %s %s, the header is of %s %s",
                    shown.c_str(), active.type.c_str(), active.uuid.c_str(), plan.type.c_str(),
                    plan.uuid.c_str());
    LK_TRY(plan.check_keys(keys));
    if (mapping.targets.size() != 1 || !plan.is_single()) return several_segments(name);
    const VolumeKey& key = keys.front();
    const bool keyless = model::names_null_cipher(mapping.params.cipher);
    if (!keyless && key.size() != mapping.params.key_bytes)
        return fail(Errc::InvalidArgument, "volume %s has a key of %zu bytes, this one has %zu",
                    shown.c_str(), mapping.params.key_bytes, key.size());
    // A killed resize may have left an inactive table, which resuming would activate.
    if (mapping.info.inactive_table) LK_TRY(kernel_.mapper->clear(name));

    MappingPlan wanted = with_options(plan, options);
    LK_ASSIGN(auto published, place_keys(context, wanted, keys));
    ScopeGuard forget([&] { withdraw(published); });
    LK_TRY(kernel_.mapper->message(name, set_message(wanted, key)));
    ScopeGuard wipe([&] { (void)kernel_.mapper->message(name, wipe_message()); });
    LK_TRY(unlink(published));
    LK_TRY(kernel_.mapper->resume(name, false, false));
    wipe.dismiss();
    kernel_.mapper->settle();
    if (auto linked = link_keys(options.link_key_to, key); !linked) {
        (void)suspend_and_wipe(name);
        return linked;
    }
    return {};
}

}  // namespace latchkey::activate
