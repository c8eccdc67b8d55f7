// SPDX-License-Identifier: LGPL-2.1-or-later
// A device whose files are needed for a moment: key files, headers.
#pragma once

#include <string>

#include "latchkey/context.h"
#include "latchkey/error.h"

namespace latchkey::boot {

// Mounted read-only in a folder of its own, which goes with it.
class MountedDevice {
  public:
    // NoDevice, NotThisFormat (no file system), Io; the device may be UUID=... and the like.
    [[nodiscard]] static Result<MountedDevice> mount(Context& context, const std::string& device);
    MountedDevice(MountedDevice&& from) noexcept;
    MountedDevice& operator=(MountedDevice&& from) noexcept;
    ~MountedDevice();

    // An absolute path on the device as one of this system.  InvalidArgument if it leads out of the device.
    [[nodiscard]] Result<std::string> path_of(const std::string& path) const;

  private:
    explicit MountedDevice(std::string folder) : folder_(std::move(folder)) {}
    std::string folder_;  // "" = moved away
};

}  // namespace latchkey::boot
