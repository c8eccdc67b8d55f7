// SPDX-License-Identifier: LGPL-2.1-or-later
// Operations that change keyslots.  Each is a sequence of area writes and header commits, after each of which the old
// or the new state opens (docs/formats/luks1.md gives the limits).
#pragma once

#include "formats/format.h"
#include "luks1/store.h"

namespace latchkey::luks1 {

inline constexpr std::uint32_t kMinIterations = 1000;  // of keyslots and of the digest

// NotSupported for what LUKS1 cannot store; "" means no request.
[[nodiscard]] Result<void> check_keyslot_wish(const std::string& kdf,
                                              const std::string& area_cipher,
                                              const std::string& name);

// Returns the keyslot's number.  NoSpace if all are in use, KeyslotInUse if the requested one is, WrongPassphrase if
// `key` is not this volume's key.
[[nodiscard]] Result<int> add_keyslot(Context& context, Transaction& change, const VolumeKey& key,
                                      const Passphrase& passphrase,
                                      const formats::KeyslotSpec& spec);

// Returns the keyslot's number afterwards: a free one, or the old one if that was requested or none is free.
[[nodiscard]] Result<int> change_keyslot(Context& context, Transaction& change, int number,
                                         const VolumeKey& key, const Passphrase& passphrase,
                                         const formats::KeyslotSpec& spec);

[[nodiscard]] Result<void> kill_keyslot(Context& context, Transaction& change, int number);

// Erases every keyslot that is not disabled, damaged ones too.
[[nodiscard]] Result<void> erase_keyslots(Context& context, Transaction& change);

}  // namespace latchkey::luks1
