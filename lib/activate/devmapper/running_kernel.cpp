// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/utsname.h>

#include <cstdio>

#include "activate/devmapper/device_mapper.h"

namespace latchkey::activate {

Kernel running_kernel(Context& context) {
    Kernel kernel{.mapper = system_device_mapper(context),
                  .keyring = io::system_keyring(),
                  .loops = system_loop_devices(),
                  .devices = system_block_devices()};
    utsname names = {};
    if (::uname(&names) == 0)
        (void)std::sscanf(names.release, "%u.%u.%u", &kernel.release.major, &kernel.release.minor,
                          &kernel.release.patch);
    return kernel;
}

}  // namespace latchkey::activate
