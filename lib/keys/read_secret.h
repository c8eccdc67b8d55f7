// SPDX-License-Identifier: LGPL-2.1-or-later
// read_secret() with a keyring other than the kernel's, for tests.
#pragma once

#include "io/keyring.h"
#include "latchkey/key_source.h"

namespace latchkey::keys {

[[nodiscard]] Result<SecretBuffer> read_secret(const Context& context, const KeySource& source,
                                               const KeyReading& reading, unsigned retry,
                                               io::Keyring& keyring);

}  // namespace latchkey::keys
