// SPDX-License-Identifier: GPL-2.0-or-later
// Loads the volume of an action, as its --type and --header say.
#pragma once

#include <string>
#include <string_view>

#include "latchkey/mapping.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Returns --type in the library's spelling: "LUKS1"; "" if it is not given.
[[nodiscard]] Result<std::string> library_type(const Arguments& args);
// Calls load_volume() for an action whose --type is not the type of the volume.
[[nodiscard]] Result<Volume> load_any_luks(Ui& ui, const Arguments& args, std::string_view device,
                                           Access access);
// Calls load_volume_of() in the same way.
[[nodiscard]] Result<Volume> load_any_luks_of(Ui& ui, const Arguments& args, const Device& data,
                                              Access access);
// Calls load_volume() for actions that only LUKS2 supports.
[[nodiscard]] Result<Volume> load_luks2(Ui& ui, const Arguments& args, std::string_view device,
                                        Access access);
// Loads the header of an active mapping: from --header, or from the device that the mapping lies on.
[[nodiscard]] Result<Volume> header_of_mapping(Ui& ui, const Arguments& args,
                                               const MappingInfo& info,
                                               Access access = Access::ReadOnly);

}  // namespace latchkey::cli
