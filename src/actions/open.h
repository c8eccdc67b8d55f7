// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of "open": one for each kind of volume, and shared functions.
#pragma once

#include <string>
#include <vector>

#include "activation/activation.h"

namespace latchkey::cli {

[[nodiscard]] Result<void> open_luks(Ui& ui, const Arguments& args);
[[nodiscard]] Result<void> open_plain(Ui& ui, const Arguments& args);
[[nodiscard]] Result<void> open_loopaes(Ui& ui, const Arguments& args);
// Runs "open --refresh": the type is that of the active mapping, whatever --type says.
[[nodiscard]] Result<void> refresh_mapping(Ui& ui, const Arguments& args);
// Runs the first tool's "reload <name> <device>": gives the mapping the table that "create" would make.
[[nodiscard]] Result<void> reload_plain(Ui& ui, const Arguments& args);

// Stores `flags` in the header, for --persistent.  The mapping exists already, so a failure is reported but does not
// change the outcome.
void store_flags(Ui& ui, Volume& volume, const ActivationFlags& flags);

// Returns the name of the mapping, which must be free; "" with --dry-run.
[[nodiscard]] Result<std::string> new_name(Ui& ui, const Arguments& args);
// Opens the device with the data for the mapping.
[[nodiscard]] Result<Device> open_data(Ui& ui, const Arguments& args, const std::string& device);

struct Mapped {
    const MappingPlan& plan;
    KeyRing keys;
    const Device& data;
    std::string name;
};
// Prints the table of a plan without a key; the result is `facts` and the table.
[[nodiscard]] Result<void> say_table(Ui& ui, const MappingPlan& plan, const Device& data,
                                     const ActivateOptions& options, Fact result);
// Activates; prints the table with --dry-run.  The result is `facts` and the mapping.
[[nodiscard]] Result<void> map_volume(Ui& ui, const Mapped& mapped, const ActivateOptions& options,
                                      Fact result);

}  // namespace latchkey::cli
