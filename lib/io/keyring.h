// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's key retention service, as far as we need it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::io {

class Keyring {
  public:
    virtual ~Keyring() = default;
    // Adds a logon key to a keyring that vanishes with this thread's process; replaces one of the same description.
    [[nodiscard]] virtual Result<std::int32_t> add_logon(std::string_view description,
                                                         ByteView key) = 0;
    [[nodiscard]] virtual Result<void> unlink(std::int32_t key) = 0;
    // Unlinks every logon key of this description that we can reach.
    [[nodiscard]] virtual Result<void> forget(std::string_view description) = 0;
    // The payload of a key that request_key finds, for tokens and --key-description.  NotFound.
    [[nodiscard]] virtual Result<SecretBuffer> read(std::string_view type,
                                                    std::string_view description) = 0;
    // "<keyring>::<key>", each as keyctl writes them ("@u", "%:name", "%user:desc"): puts the volume key there.
    [[nodiscard]] virtual Result<void> link(std::string_view target, ByteView key) = 0;
};

// That of the running kernel.  NotSupported from each call where the kernel has none.
[[nodiscard]] std::unique_ptr<Keyring> system_keyring();

}  // namespace latchkey::io
