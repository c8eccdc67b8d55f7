// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads the keys of a request as systemd and Debian do.
#pragma once

#include <string>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/key_source.h"
#include "latchkey/open_request.h"

namespace latchkey::boot {

// Returns the bytes of any source but tokens and people.  `environment`: of a script.  `plain_bytes`: of the key of a plain
// volume, 0 = LUKS.  `seen` becomes what a key file was.
[[nodiscard]] Result<SecretBuffer> read_key(Context& context, const OpenRequest& request,
                                            const KeySource& source, const KeyReading& reading,
                                            const std::vector<std::string>& environment,
                                            std::uint32_t plain_bytes, DeviceIdentity& seen);
// Overwrites the request's key file and removes it, if it wants that; warns of what fails.  Spares another file than was
// `seen`.
void erase_key_file(Context& context, const OpenRequest& request, const DeviceIdentity& seen);

}  // namespace latchkey::boot
