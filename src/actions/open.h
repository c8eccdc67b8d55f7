// SPDX-License-Identifier: GPL-2.0-or-later
// The parts of "open": one for each kind of volume, and what they share.
#pragma once

#include <string>
#include <vector>

#include "activation/activation.h"

namespace latchkey::cli {

[[nodiscard]] Result<void> open_luks(Ui& ui, const Arguments& args);
[[nodiscard]] Result<void> open_plain(Ui& ui, const Arguments& args);
[[nodiscard]] Result<void> open_loopaes(Ui& ui, const Arguments& args);
// "open --refresh": the type is that of the active mapping, whatever --type says.
[[nodiscard]] Result<void> refresh_mapping(Ui& ui, const Arguments& args);
// The first tool's "reload <name> <device>": makes the mapping what the options say, as "create" would.
[[nodiscard]] Result<void> reload_plain(Ui& ui, const Arguments& args);

// Makes `flags` the header's own, for --persistent.  The mapping is there by then, so that a failure is told and
// does not change the outcome.
void store_flags(Ui& ui, Volume& volume, const ActivationFlags& flags);

// The name of the mapping, which must be free; "" with --dry-run.
[[nodiscard]] Result<std::string> new_name(Ui& ui, const Arguments& args);
// The device with the data, as it is to be mapped.
[[nodiscard]] Result<Device> open_data(Ui& ui, const Arguments& args, const std::string& device);

struct Mapped {
    const MappingPlan& plan;
    KeyRing keys;
    const Device& data;
    std::string name;
};
// Prints the table that a plan comes to, without a key; the result is `facts` and the table.
[[nodiscard]] Result<void> say_table(Ui& ui, const MappingPlan& plan, const Device& data,
                                     const ActivateOptions& options, Fact result);
// Activates; with --dry-run prints the table.  The result is `facts` and what came of it.
[[nodiscard]] Result<void> map_volume(Ui& ui, const Mapped& mapped, const ActivateOptions& options,
                                      Fact result);

}  // namespace latchkey::cli
