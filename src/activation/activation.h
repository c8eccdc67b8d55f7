// SPDX-License-Identifier: GPL-2.0-or-later
// Functions for the actions on active devices: flags, free names, and holders of devices in use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/mapping.h"
#include "ui/ui.h"

namespace latchkey::cli {

// Returns the flags of --allow-discards and --perf-*.
[[nodiscard]] ActivationFlags activation_flags(const Arguments& args);
// Returns these flags with --readonly, --shared, --disable-keyring and --link-vk-to-keyring.  With --persistent,
// flags in the header are ignored.
[[nodiscard]] ActivateOptions activate_options(const Arguments& args);
// Returns --size or --device-size in 512-byte sectors; nothing if neither is given.
[[nodiscard]] std::optional<std::uint64_t> wanted_size(const Arguments& args);
// Warns that the requested size is ignored; the peer ignores it silently.
void warn_of_size(Ui& ui, const Arguments& args);

// Returns the error that a suspended mapping cannot be changed.
[[nodiscard]] Error is_suspended(const MappingInfo& info);
// Returns a mapping that must be active ("Device X is not active." with that exit status) and not suspended.
[[nodiscard]] Result<MappingInfo> running_mapping(Ui& ui, const std::string& name,
                                                  int inactive_status);
// Returns a mapping that is active or suspended.
[[nodiscard]] Result<MappingInfo> active_mapping(Ui& ui, const std::string& name,
                                                 int inactive_status);

// Adds the users of the data to an error, one line each.  Other errors stay unchanged.
[[nodiscard]] Error with_data_holders(Error error, const Device& data);
// Does the same for a mapping.
[[nodiscard]] Error with_mapping_holders(Ui& ui, Error error);
// Returns what uses the mapping, and what its users wait for; a sentence each.
[[nodiscard]] std::vector<std::string> reasons_of_use(const MappingInfo& info);
// Returns "Device X is still in use." and its holders, one line each.
[[nodiscard]] Error still_in_use(Ui& ui, const std::string& name);

// Returns {"name", "path", "read_only"} for results.
[[nodiscard]] std::vector<Fact> mapping_facts(const MappingInfo& info);

[[nodiscard]] bool is_luks(const MappingInfo& info);

}  // namespace latchkey::cli
