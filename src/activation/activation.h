// SPDX-License-Identifier: GPL-2.0-or-later
// What the actions on active devices share: names, flags, errors in the peer's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/mapping.h"
#include "ui/ui.h"

namespace latchkey::cli {

// "/dev/mapper/home" and "/dev/dm-0" by the name of the mapping; other words are names already.
[[nodiscard]] std::string mapped_name(std::string_view word);

// --allow-discards, --perf-*
[[nodiscard]] ActivationFlags activation_flags(const Arguments& args);
// That, --readonly, --shared, --disable-keyring, --link-vk-to-keyring and, with --persistent, nothing of what the
// header says.
[[nodiscard]] ActivateOptions activate_options(const Arguments& args);
// --size or --device-size in 512-byte sectors; nothing if neither is given.
[[nodiscard]] std::optional<std::uint64_t> wanted_size(const Arguments& args);
// Says that the size asked for is passed over, as the peer does in silence.
void warn_of_size(Ui& ui, const Arguments& args);

// The mapping, which must be active and not suspended; else "Device X is not active." with that exit status.
[[nodiscard]] Result<MappingInfo> running_mapping(Ui& ui, const std::string& name,
                                                  int inactive_status);
// The mapping, active or suspended.
[[nodiscard]] Result<MappingInfo> active_mapping(Ui& ui, const std::string& name,
                                                 int inactive_status);
// That nobody has the name yet; asked before a passphrase is.
[[nodiscard]] Result<void> check_name_is_free(Ui& ui, const std::string& name);

// That no device could be made of `data` under `name`, in the peer's words, and who is in the way.
[[nodiscard]] Error not_mapped(Ui& ui, Error error, const std::string& name, const Device& data,
                               const MappingPlan& plan);
// That the kernel cannot be asked: the peer's words, and its exit status for this action.
[[nodiscard]] Error no_device_mapper(Ui& ui, Error error, int status);
// "Device X is still in use." and its holders, a line each.
[[nodiscard]] Error still_in_use(Ui& ui, const std::string& name);

// {"name", "path", "read_only"} for results.
[[nodiscard]] std::vector<Fact> mapping_facts(const MappingInfo& info);

[[nodiscard]] bool is_luks(const MappingInfo& info);

}  // namespace latchkey::cli
