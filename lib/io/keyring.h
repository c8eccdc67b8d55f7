// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's key retention service, as far as we need it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/error.h"
#include "latchkey/secret.h"

namespace latchkey::io {

// A key and the keyring that we linked it into.
struct KeyLink {
    std::int32_t key = 0;
    std::int32_t keyring = 0;
};

class Keyring {
  public:
    virtual ~Keyring() = default;
    // Adds a logon key to this thread's keyring, which ends with the thread; replaces one of the same description.
    [[nodiscard]] virtual Result<KeyLink> add_logon(std::string_view description, ByteView key) = 0;
    [[nodiscard]] virtual Result<void> unlink(const KeyLink& link) = 0;
    // Makes every logon key of this description that we can reach useless, and unlinks it.
    [[nodiscard]] virtual Result<void> forget(std::string_view description) = 0;
    // The payload of a key that request_key finds, for tokens and --key-description.  NotFound.
    [[nodiscard]] virtual Result<SecretBuffer> read(std::string_view type,
                                                    std::string_view description) = 0;
    // "<keyring>::<key>", each as keyctl writes them ("@u", "%:name", "%user:desc"): puts the volume key there.
    [[nodiscard]] virtual Result<KeyLink> link(std::string_view target, ByteView key) = 0;
};

// What --link-vk-to-keyring says, taken apart: which keyring, and type and description of the new key.
struct LinkTarget {
    std::string keyring;   // as given: "@u", "%:name", "%keyring:name", "1234567"
    std::string key_type;  // "user" or "logon"
    std::string description;
};
// InvalidArgument names what is missing.
[[nodiscard]] Result<LinkTarget> parse_link_target(std::string_view text);
// The keyring of this name in the text of /proc/keys; nothing if there is none.
[[nodiscard]] std::optional<std::int32_t> find_keyring(std::string_view proc_keys,
                                                       std::string_view name);

// That of the running kernel.  NotSupported from each call where the kernel has none.
[[nodiscard]] std::unique_ptr<Keyring> system_keyring();

}  // namespace latchkey::io
