// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides where the table gets its key from, and which flags this kernel knows.
#include <algorithm>
#include <array>

#include "activate/kernel_backend.h"
#include "base/i18n.h"
#include "base/scope_guard.h"
#include "model/cipher_spec.h"

namespace latchkey::activate {
namespace {

// Earlier versions accept keyring keys, but not reliably; the peer uses the same limit.
constexpr DmVersion kKeyringTarget{1, 18, 1};
constexpr DmVersion kKeyringKernel{4, 15, 0};

struct FlagSince {
    std::string_view header;
    DmVersion since;  // of the crypt target
};
constexpr std::array<FlagSince, 6> kFlagSince = {{{"allow-discards", {1, 11, 0}},
                                                  {"same-cpu-crypt", {1, 14, 0}},
                                                  {"submit-from-crypt-cpus", {1, 14, 0}},
                                                  {"no-read-workqueue", {1, 22, 0}},
                                                  {"no-write-workqueue", {1, 22, 0}},
                                                  {"high_priority", {1, 26, 0}}}};

}  // namespace

Result<bool> KernelBackend::keyring_works(const Context& context, const MappingPlan& plan) {
    // The table of a null cipher has no key.
    const auto has_key = [&](const PlanSegment& segment) {
        return segment.encrypted() && plan.keys[segment.key].bytes != 0 &&
               !model::names_null_cipher(segment.cipher);
    };
    const bool keyed = std::ranges::any_of(plan.segments, has_key) ||
                       std::ranges::any_of(plan.below, [&](const PlanLayer& layer) {
                           return std::ranges::any_of(layer.segments, has_key);
                       });
    const bool described = std::ranges::all_of(
        plan.keys, [](const PlanKey& key) { return !key.keyring_description.empty(); });
    if (!keyed || !described || !context.policy.use_kernel_keyring ||
        kernel_.release < kKeyringKernel)
        return false;
    LK_ASSIGN(const auto version, kernel_.mapper->target_version("crypt"));
    if (!version)
        return fail(Errc::NotSupported, "the kernel has no target crypt: load its module dm_crypt")
            .with_hint("modprobe dm_crypt");
    return *version >= kKeyringTarget;
}

Result<io::KeyLink> KernelBackend::publish_key(const std::string& description,
                                               const VolumeKey& key) {
    auto link = kernel_.keyring->add_logon(description, key.bytes());
    if (!link)
        return std::move(link).error().within(
            translate("cannot load the key into the kernel's keyring"));
    return link;
}

Result<std::vector<io::KeyLink>> KernelBackend::place_keys(Context& context, MappingPlan& plan,
                                                           const KeyRing& keys) {
    LK_ASSIGN(const bool works, keyring_works(context, plan));
    std::vector<io::KeyLink> published;
    ScopeGuard undo([&] { withdraw(published); });
    for (std::size_t i = 0; works && i < plan.keys.size(); ++i) {
        auto link = publish_key(plan.keys[i].keyring_description, keys[i]);
        if (link) {
            published.push_back(*link);
            continue;
        }
        // A container's system call filter gives these errors; every other one (quota, memory) is a failure.
        const bool forbidden =
            link.error().code == Errc::NotSupported || link.error().code == Errc::AccessDenied;
        if (!forbidden) return std::move(link).error();
        context.log_text(LogLevel::Warning, link.error().message);
        context.log(LogLevel::Warning, "the key goes into the table instead");
        withdraw(published);
        break;
    }
    if (published.empty())
        for (PlanKey& key : plan.keys) key.keyring_description.clear();
    undo.dismiss();
    return published;
}

void KernelBackend::withdraw(std::vector<io::KeyLink>& published) {
    // The keys are in this thread's keyring: a key that cannot be unlinked disappears with the thread.
    for (const io::KeyLink& link : published) (void)kernel_.keyring->unlink(link);
    published.clear();
}

Result<void> KernelBackend::unlink(std::vector<io::KeyLink>& published) {
    while (!published.empty()) {
        LK_TRY(kernel_.keyring->unlink(published.back()));
        published.pop_back();
    }
    return {};
}

Result<bool> KernelBackend::drop_unsupported_flags(Context& context, MappingPlan& plan) {
    if (plan.flags.empty()) return false;
    LK_ASSIGN(const auto version, kernel_.mapper->target_version("crypt"));
    if (!version) return false;
    bool dropped = false;
    for (const FlagSince& flag : kFlagSince) {
        if (*version >= flag.since) continue;
        if (std::erase(plan.flags, flag.header) == 0) continue;
        dropped = true;
        context.log(LogLevel::Warning,
                    "%.*s is left out: it needs dm-crypt %u.%u, this kernel has %u.%u.%u",
                    static_cast<int>(flag.header.size()), flag.header.data(), flag.since.major,
                    flag.since.minor, version->major, version->minor, version->patch);
    }
    return dropped;
}

}  // namespace latchkey::activate
