// SPDX-License-Identifier: LGPL-2.1-or-later
// What new keyslots cost and are encrypted with, unless a caller chose otherwise.
#pragma once

#include "capi/device.h"

namespace latchkey::capi {

// What crypt_keyslot_set_encryption() set, or what the format would choose.
[[nodiscard]] AreaCipher default_area_cipher(const crypt_device& cd);

// The area cipher of new keyslots; -EINVAL for one that protects nothing, is not known or takes no such key.
[[nodiscard]] Result<void> set_area_cipher(crypt_device& cd, std::string_view cipher,
                                           std::size_t key_bytes);

// Takes the settings for the context; InvalidArgument if they make no sense for `type` ("" = any).
[[nodiscard]] Result<void> set_pbkdf(crypt_device& cd, const crypt_pbkdf_type* wish,
                                     std::string_view type);

// The settings in force, completed with the defaults of the context's type.
[[nodiscard]] PbkdfSettings effective_pbkdf(const crypt_device& cd);

}  // namespace latchkey::capi
