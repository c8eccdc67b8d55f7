// SPDX-License-Identifier: LGPL-2.1-or-later
// A request before there is a key: its devices, its header.
#pragma once

#include <optional>
#include <string>

#include "boot/mounted.h"
#include "latchkey/context.h"
#include "latchkey/mapping.h"
#include "latchkey/open_request.h"
#include "latchkey/plain.h"
#include "latchkey/volume.h"

namespace latchkey::boot {

struct Prepared {
    std::string source;  // the path that was found
    Device data;
    std::optional<MountedDevice> header_device = {};  // goes after what is open on it
    std::optional<Volume> luks = {};                  // or else plain
    plain::Params plain = {};
};

// Finds the device and reads the header.  NoDevice: the device with the data, or the header, is not there yet.  Refused: a
// device that carries what a plain mapping would destroy.  NotSupported for formats that nothing here opens.
// ConcurrentChange if the device is not the expected one.
[[nodiscard]] Result<Prepared> prepare(Context& context, const OpenRequest& request);

// Maps it under the request's name.  Nothing stays of it after an error.
[[nodiscard]] Result<void> map_prepared(Context& context, const OpenRequest& request,
                                        const Prepared& prepared, const MappingPlan& plan,
                                        const KeyRing& keys);

}  // namespace latchkey::boot
