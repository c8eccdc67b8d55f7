// SPDX-License-Identifier: LGPL-2.1-or-later
// The verbs that change keyslots, each a sequence of areas and header commits after any of which the
// old or the new state opens (docs/formats/luks1.md says where that has a limit).
#pragma once

#include "formats/format.h"
#include "luks1/store.h"

namespace latchkey::luks1 {

inline constexpr std::uint32_t kMinIterations = 1000;  // of keyslots and of the digest

// NotSupported for what LUKS1 cannot store; "" is nothing asked for.
[[nodiscard]] Result<void> check_keyslot_wish(const std::string& kdf,
                                              const std::string& area_cipher,
                                              const std::string& name);

// Returns the keyslot's number.  NoSpace if all are in use, KeyslotInUse for the one asked for, WrongPassphrase
// if `key` is not this volume's.
[[nodiscard]] Result<int> add_keyslot(Context& context, Change& change, const VolumeKey& key,
                                      const Passphrase& passphrase,
                                      const formats::KeyslotSpec& spec);

// Returns the number that the keyslot has now: a free one, or its own if that is asked for or there is none.
[[nodiscard]] Result<int> change_keyslot(Context& context, Change& change, int number,
                                         const VolumeKey& key, const Passphrase& passphrase,
                                         const formats::KeyslotSpec& spec);

[[nodiscard]] Result<void> kill_keyslot(Context& context, Change& change, int number);

// Every keyslot that is not disabled, damaged ones too.
[[nodiscard]] Result<void> erase_keyslots(Context& context, Change& change);

}  // namespace latchkey::luks1
