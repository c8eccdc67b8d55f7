// SPDX-License-Identifier: LGPL-2.1-or-later
// Cost and encryption of new keyslots: the caller's settings or the defaults.
#pragma once

#include "capi/device.h"

namespace latchkey::capi {

// Returns what crypt_keyslot_set_encryption() set, or what the format would choose.
[[nodiscard]] AreaCipher default_area_cipher(const crypt_device& cd);

// Sets the area cipher of new keyslots; -EINVAL for one that protects nothing, is unknown or does not accept the key.
[[nodiscard]] Result<void> set_area_cipher(crypt_device& cd, std::string_view cipher,
                                           std::size_t key_bytes);

// Sets the context's settings; InvalidArgument if they are invalid for `type` ("" = any).
[[nodiscard]] Result<void> set_pbkdf(crypt_device& cd, const crypt_pbkdf_type* wish,
                                     std::string_view type);

// Returns the current settings, completed with the defaults of the context's type.
[[nodiscard]] PbkdfSettings effective_pbkdf(const crypt_device& cd);

}  // namespace latchkey::capi
