// SPDX-License-Identifier: GPL-2.0-or-later
// What the actions on active devices share: flags, names that are free, and who holds what is in use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/mapping.h"
#include "ui/ui.h"

namespace latchkey::cli {

// --allow-discards, --perf-*
[[nodiscard]] ActivationFlags activation_flags(const Arguments& args);
// That, --readonly, --shared, --disable-keyring, --link-vk-to-keyring and, with --persistent, nothing of what the
// header says.
[[nodiscard]] ActivateOptions activate_options(const Arguments& args);
// --size or --device-size in 512-byte sectors; nothing if neither is given.
[[nodiscard]] std::optional<std::uint64_t> wanted_size(const Arguments& args);
// Says that the size asked for is passed over, as the peer does in silence.
void warn_of_size(Ui& ui, const Arguments& args);

// That a suspended mapping takes no changes.
[[nodiscard]] Error is_suspended(const MappingInfo& info);
// The mapping, which must be active ("Device X is not active." with that exit status) and not suspended.
[[nodiscard]] Result<MappingInfo> running_mapping(Ui& ui, const std::string& name,
                                                  int inactive_status);
// The mapping, active or suspended.
[[nodiscard]] Result<MappingInfo> active_mapping(Ui& ui, const std::string& name,
                                                 int inactive_status);
// That nobody has the name yet; asked before a passphrase is.
[[nodiscard]] Result<void> check_name_is_free(Ui& ui, const std::string& name);

// Data that somebody uses: who, a line each.  Other errors stay as they are.
[[nodiscard]] Error with_data_holders(Error error, const Device& data);
// The same of a mapping.
[[nodiscard]] Error with_mapping_holders(Ui& ui, Error error);
// "Device X is still in use." and its holders, a line each.
[[nodiscard]] Error still_in_use(Ui& ui, const std::string& name);

// {"name", "path", "read_only"} for results.
[[nodiscard]] std::vector<Fact> mapping_facts(const MappingInfo& info);

[[nodiscard]] bool is_luks(const MappingInfo& info);

}  // namespace latchkey::cli
