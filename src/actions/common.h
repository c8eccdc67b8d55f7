// SPDX-License-Identifier: GPL-2.0-or-later
// Functions that several actions use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/mapping.h"
#include "latchkey/params.h"
#include "ui/facts.h"
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

// Returns --pbkdf and related options; refuses costs below a KDF's minimum in the peer's words.
[[nodiscard]] Result<KdfRequest> kdf_request(const Arguments& args);
// Returns the same with --keyslot-cipher, --keyslot-key-size and --name.
[[nodiscard]] Result<NewKeyslot> new_keyslot(const Arguments& args, std::optional<int> number);

// Returns the number of the keyslot that an option names, by its number or its name; nothing if the option is missing.
// NotFound if no keyslot has the name.
[[nodiscard]] Result<std::optional<int>> keyslot_number(const Arguments& args,
                                                        const Option<KeyslotWord>& option,
                                                        const Volume& volume);
[[nodiscard]] Result<int> keyslot_called(const Volume& volume, std::string_view name);
// Does the same for a volume that has no keyslots yet: InvalidArgument for a name.
[[nodiscard]] Result<std::optional<int>> new_keyslot_number(const Arguments& args,
                                                            const Option<KeyslotWord>& option);
// Refuses a name that another keyslot has, before anything is asked: Exists.  "" is accepted.
[[nodiscard]] Result<void> check_new_name(const Volume& volume, std::string_view name);

// Warns on stderr that --key-file overrides the operand with that index.
void warn_if_key_file_wins(Ui& ui, const Arguments& args, std::size_t operand_index);

// Allows removing the last keyslot that a person can use if the user agrees: YES on a terminal, or -q.  Otherwise the
// guard stays, and the removal fails with LastKeyslot.
[[nodiscard]] Result<void> agree_to_remove(Ui& ui, const Volume& volume, int keyslot);

// Calls Ui::confirm(), with a separate sentence for a refusal.
[[nodiscard]] Result<void> confirm_or(Ui& ui, std::string_view text, int refused_status,
                                      const char* refusal);

// Prints "WARNING: Device D already contains a 'ext4' superblock signature.", one line each; returns whether there
// was one.
[[nodiscard]] Result<bool> tell_signatures(Ui& ui, const Device& device);

// Returns {"device", "type", "uuid", "sequence_id"} and `facts`, the result of every change.
[[nodiscard]] Fact volume_result(const Volume& volume, std::vector<Fact> facts = {});

}  // namespace latchkey::cli
