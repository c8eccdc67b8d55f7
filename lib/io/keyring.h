// SPDX-License-Identifier: LGPL-2.1-or-later
// The parts of the kernel's key retention service that this library needs.
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

// A key and the keyring that this process linked it into.
struct KeyLink {
    std::int32_t key = 0;
    std::int32_t keyring = 0;
};

class Keyring {
  public:
    virtual ~Keyring() = default;
    // Adds a logon key to this thread's keyring, which ends with the thread.  Replaces a key of the same description.
    [[nodiscard]] virtual Result<KeyLink> add_logon(std::string_view description, ByteView key) = 0;
    [[nodiscard]] virtual Result<void> unlink(const KeyLink& link) = 0;
    // Invalidates and unlinks every logon key of this description that this process can reach.
    [[nodiscard]] virtual Result<void> forget(std::string_view description) = 0;
    // Returns the payload of a key that request_key finds, for tokens and --key-description.  NotFound.
    [[nodiscard]] virtual Result<SecretBuffer> read(std::string_view type,
                                                    std::string_view description) = 0;
    // Puts the volume key where "<keyring>::<key>" says, each as keyctl writes them ("@u", "%:name", "%user:desc").
    [[nodiscard]] virtual Result<KeyLink> link(std::string_view target, ByteView key) = 0;
};

// The parsed argument of --link-vk-to-keyring: the keyring, and type and description of the new key.
struct LinkTarget {
    std::string keyring;   // as given: "@u", "%:name", "%keyring:name", "1234567"
    std::string key_type;  // "user" or "logon"
    std::string description;
};
// InvalidArgument names the missing part.
[[nodiscard]] Result<LinkTarget> parse_link_target(std::string_view text);
// Returns the keyring of this name in the text of /proc/keys; nothing if there is none.
[[nodiscard]] std::optional<std::int32_t> find_keyring(std::string_view proc_keys,
                                                       std::string_view name);

// Returns the error of a system call about a key; `error` is its errno.  Each cause has words and advice of its own.
[[nodiscard]] Error keyring_error(const char* call, const std::string& description, int error);

// Returns the keyrings of the running kernel.  Each call fails with NotSupported if the kernel has none.
[[nodiscard]] std::unique_ptr<Keyring> system_keyring();

}  // namespace latchkey::io
