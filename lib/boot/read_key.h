// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the keys of a request as systemd and Debian do.
#pragma once

#include <string>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/key_source.h"
#include "latchkey/open_request.h"

namespace latchkey::boot {

// Returns the bytes of any source except tokens and persons.  `environment` is for scripts.  `plain_bytes`: size of the
// key of a plain volume, 0 for LUKS.  Sets `seen` to the identity of a key file.
[[nodiscard]] Result<SecretBuffer> read_key(Context& context, const OpenRequest& request,
                                            const KeySource& source, const KeyReading& reading,
                                            const std::vector<std::string>& environment,
                                            std::uint32_t plain_bytes, DeviceIdentity& seen);
// Overwrites and removes the key file if the request wants that; logs a warning if it fails.  Leaves the file alone if it
// is not the one that was `seen`.
void erase_key_file(Context& context, const OpenRequest& request, const DeviceIdentity& seen);

}  // namespace latchkey::boot
