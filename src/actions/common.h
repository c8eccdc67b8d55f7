// SPDX-License-Identifier: GPL-2.0-or-later
// What several actions do.
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

// --type in the library's spelling: "LUKS1"; "" if it is not given.
[[nodiscard]] Result<std::string> library_type(const Arguments& args);
// load_volume, for an action whose --type is not that of the volume.
[[nodiscard]] Result<Volume> load_any_luks(Ui& ui, const Arguments& args, std::string_view device,
                                           Access access);
// load_volume_of, likewise.
[[nodiscard]] Result<Volume> load_any_luks_of(Ui& ui, const Arguments& args, const Device& data,
                                              Access access);
// load_volume, for actions that only LUKS2 has.
[[nodiscard]] Result<Volume> load_luks2(Ui& ui, const Arguments& args, std::string_view device,
                                        Access access);
// The header of an active mapping: on --header, or on the very device that the mapping lies on.
[[nodiscard]] Result<Volume> header_of_mapping(Ui& ui, const Arguments& args,
                                               const MappingInfo& info,
                                               Access access = Access::ReadOnly);

// --pbkdf and what belongs to it; refuses costs below a KDF's minimum in the peer's words.
[[nodiscard]] Result<KdfRequest> kdf_request(const Arguments& args);
// That, with --keyslot-cipher, --keyslot-key-size and --name.
[[nodiscard]] Result<NewKeyslot> new_keyslot(const Arguments& args, std::optional<int> number);

// Tells on stderr that --key-file makes the operand of that index moot.
void warn_if_key_file_wins(Ui& ui, const Arguments& args, std::size_t operand_index);

// Lifts the guard of the last keyslot that a person can use, where a person said so: YES on a
// terminal, or -q.  Without either the guard stays, and the removal ends in LastKeyslot.
[[nodiscard]] Result<void> agree_to_remove(Ui& ui, const Volume& volume, int keyslot);

// Ui::confirm with a refusal in its own words.
[[nodiscard]] Result<void> confirm_or(Ui& ui, std::string_view text, int refused_status,
                                      const char* refusal);

// "WARNING: Device D already contains a 'ext4' superblock signature.", a line each; whether there was one.
[[nodiscard]] Result<bool> tell_signatures(Ui& ui, const Device& device);

// {"device", "type", "uuid", "sequence_id"} and `facts`: what every change answers.
[[nodiscard]] Fact volume_result(const Volume& volume, std::vector<Fact> facts = {});

}  // namespace latchkey::cli
