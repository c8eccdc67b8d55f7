// SPDX-License-Identifier: LGPL-2.1-or-later
// Explains a failed ioctl.
#include <cerrno>
#include <cstring>

#include "activate/devmapper/system_device_mapper.h"
#include "base/i18n.h"
#include "base/secret_text.h"
#include "base/strprintf.h"
#include "latchkey/condition.h"

namespace latchkey::activate {

Error SystemDeviceMapper::refused_table(std::string_view name, int error,
                                        const std::vector<DmTarget>& targets) {
    const std::string shown(name);
    for (const DmTarget& target : targets) {
        const auto version = target_version(target.type);
        if (version && !*version)
            return fail(Errc::NotSupported, "the kernel has no target %s: load its module dm_%s",
                        target.type.c_str(), target.type.c_str())
                .with_hint(strprintf("modprobe dm_%s", target.type.c_str()));
    }
    if (error == ENOENT && !targets.empty()) {
        const std::string_view parameters = as_text(targets.front().parameters.bytes());
        const std::string cipher(parameters.substr(0, parameters.find(' ')));
        return fail(Errc::MissingCipher,
                    "device-mapper: reload of %s failed: the kernel cannot do cipher %s",
                    shown.c_str(), cipher.c_str())
            .because(Condition::TableRefused)
            .with_hint(
                translate("check that the kernel has modules for this cipher, its mode and its IV; "
                          "the kernel's log (dmesg) says which is missing"));
    }
    return fail(Errc::InvalidArgument, "device-mapper: reload of %s failed: %s", shown.c_str(),
                std::strerror(error))
        .because(Condition::TableRefused)
        .with_hint(translate("the kernel's log (dmesg) says what it refuses"));
}

Error SystemDeviceMapper::failure(dm_task* task, const char* operation, std::string_view name,
                                  const std::vector<DmTarget>* targets) {
    const std::string shown(name);
    const int error = dm_task_get_errno(task);
    const char* text = error != 0 ? std::strerror(error) : "libdevmapper refused";
    switch (error) {
        case EACCES:
        case EPERM:
            return fail(Errc::AccessDenied, "device-mapper: %s of %s failed: %s", operation,
                        shown.c_str(), text);
        case ENXIO:
        case ENODEV:
            return fail(Errc::NoDevice, "device-mapper: %s of %s failed: %s", operation,
                        shown.c_str(), text);
        case EBUSY:
            return fail(Errc::Busy, "device-mapper: %s of %s failed: %s", operation, shown.c_str(),
                        text);
        case ENOMEM:
            return fail(Errc::OutOfMemory, "device-mapper: %s of %s failed: %s", operation,
                        shown.c_str(), text);
        case ENOKEY:
        case EKEYREVOKED:
        case EKEYEXPIRED:
            return fail(Errc::NotFound,
                        "device-mapper: %s of %s failed: the key is not in the kernel's keyring",
                        operation, shown.c_str())
                .because(Condition::KernelKeyMissing);
        case ENOENT:
        case EINVAL:
            if (targets != nullptr) return refused_table(name, error, *targets);
            [[fallthrough]];
        default:
            return fail(Errc::Io, "device-mapper: %s of %s failed: %s", operation, shown.c_str(),
                        text);
    }
}

}  // namespace latchkey::activate
