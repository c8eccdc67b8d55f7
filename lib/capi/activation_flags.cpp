// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/activation_flags.h"

#include "capi/process.h"

namespace latchkey::capi {
namespace {

struct TableFlag {
    std::uint32_t bit;
    bool ActivationFlags::*member;
};
constexpr TableFlag kTableFlags[] = {
    {CRYPT_ACTIVATE_ALLOW_DISCARDS, &ActivationFlags::allow_discards},
    {CRYPT_ACTIVATE_SAME_CPU_CRYPT, &ActivationFlags::same_cpu_crypt},
    {CRYPT_ACTIVATE_SUBMIT_FROM_CRYPT_CPUS, &ActivationFlags::submit_from_crypt_cpus},
    {CRYPT_ACTIVATE_NO_READ_WORKQUEUE, &ActivationFlags::no_read_workqueue},
    {CRYPT_ACTIVATE_NO_WRITE_WORKQUEUE, &ActivationFlags::no_write_workqueue},
    {CRYPT_ACTIVATE_HIGH_PRIORITY, &ActivationFlags::high_priority},
};

}  // namespace

ActivateOptions activate_options(const crypt_device& cd, std::uint32_t flags) {
    ActivateOptions options{
        .read_only = (flags & CRYPT_ACTIVATE_READONLY) != 0,
        .shared = (flags & CRYPT_ACTIVATE_SHARED) != 0,
        .key_in_keyring = process::key_in_keyring(),
        .ignore_persistent_flags = (flags & CRYPT_ACTIVATE_IGNORE_PERSISTENT) != 0,
        .backend = "kernel",
    };
    for (const TableFlag& flag : kTableFlags) options.flags.*flag.member = (flags & flag.bit) != 0;
    if (cd.keyring_link)
        options.link_key_to.push_back(cd.keyring_link->keyring + "::%" + cd.keyring_link->key_type +
                                      ":" + cd.keyring_link->description);
    return options;
}

std::uint32_t flags_of(const MappingInfo& info) {
    std::uint32_t flags = 0;
    for (const TableFlag& flag : kTableFlags)
        if (info.flags.*flag.member) flags |= flag.bit;
    if (info.read_only) flags |= CRYPT_ACTIVATE_READONLY;
    if (info.iv_large_sectors) flags |= CRYPT_ACTIVATE_IV_LARGE_SECTORS;
    if (info.suspended)
        flags |= CRYPT_ACTIVATE_SUSPENDED;  // its key was removed from the keyring, too
    else if (info.key_in_keyring)
        flags |= CRYPT_ACTIVATE_KEYRING_KEY;
    return flags;
}

}  // namespace latchkey::capi
