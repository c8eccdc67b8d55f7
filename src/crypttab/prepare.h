// SPDX-License-Identifier: GPL-2.0-or-later
// A line of crypttab before there is a key: its devices, its header, what the mapping shall be.
#pragma once

#include <optional>
#include <string>

#include "crypttab/mounted.h"
#include "latchkey/crypttab.h"
#include "latchkey/mapping.h"
#include "latchkey/plain.h"
#include "ui/ui.h"

namespace latchkey::cli {

struct Prepared {
    std::string source;  // the path that was found
    Device data;
    std::optional<MountedDevice> header_device = {};  // goes after what is open on it
    std::optional<Volume> luks = {};                  // or else plain
    plain::Params plain = {};
    ActivateOptions options = {};
};

// `backend` as in ActivateOptions.  NoDevice: the device with the data, or the header, is not there yet.  Refused: a
// device that carries what a plain mapping would destroy.  NotSupported for types that nothing here opens.
// ConcurrentChange if `expected` is known, and the line's device is another one by now.
[[nodiscard]] Result<Prepared> prepare(Ui& ui, const crypttab::Volume& line,
                                       const std::string& backend,
                                       const DeviceIdentity& expected = {});

// Maps it under the line's name.  Nothing stays of it after an error.
[[nodiscard]] Result<void> map_prepared(Ui& ui, const crypttab::Volume& line,
                                        const Prepared& prepared, const MappingPlan& plan,
                                        const KeyRing& keys);

}  // namespace latchkey::cli
