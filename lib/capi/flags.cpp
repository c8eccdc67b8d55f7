// SPDX-License-Identifier: LGPL-2.1-or-later
// Flags in a LUKS2 header: how to map the volume, and what a program must know before it touches the header.
#include <algorithm>

#include "capi/guard.h"
#include "model/requirements.h"

using namespace latchkey::capi;
using latchkey::Result;
using latchkey::Volume;

namespace {

struct NamedFlag {
    std::uint32_t bit;
    std::string_view name;
};

constexpr NamedFlag kActivation[] = {
    {CRYPT_ACTIVATE_ALLOW_DISCARDS, "allow-discards"},
    {CRYPT_ACTIVATE_SAME_CPU_CRYPT, "same-cpu-crypt"},
    {CRYPT_ACTIVATE_SUBMIT_FROM_CRYPT_CPUS, "submit-from-crypt-cpus"},
    {CRYPT_ACTIVATE_NO_JOURNAL, "no-journal"},
    {CRYPT_ACTIVATE_NO_READ_WORKQUEUE, "no-read-workqueue"},
    {CRYPT_ACTIVATE_NO_WRITE_WORKQUEUE, "no-write-workqueue"},
    {CRYPT_ACTIVATE_HIGH_PRIORITY, "high-priority"},
};

// The name that is stored for a bit.
constexpr NamedFlag kRequirements[] = {
    {CRYPT_REQUIREMENT_OFFLINE_REENCRYPT, "offline-reencrypt"},
    {CRYPT_REQUIREMENT_ONLINE_REENCRYPT, "online-reencrypt-v2"},
    {CRYPT_REQUIREMENT_OPAL, "opal"},
    {CRYPT_REQUIREMENT_INLINE_HW_TAGS, "inline-hw-tags"},
};

std::vector<std::string> names_of(std::span<const NamedFlag> table, std::uint32_t flags) {
    std::vector<std::string> names;
    for (const NamedFlag& flag : table)
        if ((flags & flag.bit) != 0) names.emplace_back(flag.name);
    return names;
}

std::uint32_t activation_bits(const std::vector<std::string>& names) {
    std::uint32_t bits = 0;
    for (const NamedFlag& flag : kActivation)
        if (std::ranges::find(names, flag.name) != names.end()) bits |= flag.bit;
    return bits;
}

}  // namespace

int crypt_persistent_flags_set(crypt_device* cd, crypt_flags_type type, uint32_t flags) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_TRY(loaded_luks2(self));
        if (type == CRYPT_FLAGS_ACTIVATION)
            return change_volume(self, [&](Volume& volume) -> Result<int> {
                LK_TRY(volume.set_flags(self.context, names_of(kActivation, flags)));
                return 0;
            });
        if (type == CRYPT_FLAGS_REQUIREMENTS)
            return change_volume(self, [&](Volume& volume) -> Result<int> {
                LK_TRY(volume.set_requirements(self.context, names_of(kRequirements, flags)));
                return 0;
            });
        return silent(EINVAL);
    });
}

int crypt_persistent_flags_get(crypt_device* cd, crypt_flags_type type, uint32_t* flags) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(const Volume* volume, loaded_luks2(self));
        if (flags == nullptr) return silent(EINVAL);
        const latchkey::VolumeInfo info = volume->info();
        if (type == CRYPT_FLAGS_ACTIVATION)
            *flags = activation_bits(info.flags);
        else if (type == CRYPT_FLAGS_REQUIREMENTS)
            *flags = latchkey::model::requirements_of(info.requirements).bits();
        else
            return silent(EINVAL);
        return 0;
    });
}
