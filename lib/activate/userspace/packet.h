// SPDX-License-Identifier: LGPL-2.1-or-later
// Sends messages, keys and descriptors over a local socket that preserves message boundaries (SOCK_SEQPACKET).
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>

#include "activate/userspace/message.h"
#include "base/bytes.h"
#include "base/unique_fd.h"
#include "latchkey/key_ring.h"
#include "latchkey/secret.h"

namespace latchkey::userspace {

// Sends a message, optionally with a descriptor.
[[nodiscard]] Result<void> send_message(int socket, const Message& message, int descriptor = -1);
struct Received {
    Message message;
    UniqueFd descriptor;  // -1 if none came
};
// Io "... has ended" if the other side is gone.  Waits at most `limit`, then fails with Busy; 0 = for ever.  Interrupted
// soon after `cancelled` becomes true.
[[nodiscard]] Result<Received> receive_message(int socket, std::chrono::milliseconds limit,
                                               const std::atomic<bool>* cancelled = nullptr);

// Sends the keys of a plan, one after the other: 0 to kLongestKey bytes.
[[nodiscard]] Result<void> send_keys(int socket, const KeyRing& keys);
[[nodiscard]] Result<SecretBuffer> receive_keys(int socket);

// Returns the effective user of the process at the other end.
[[nodiscard]] std::optional<unsigned> user_of(int socket);

// The only way to connect to a serving process.  Refused, before a byte is sent, if the folder is not private to this
// user (io::open_private_folder), or if the listening process belongs neither to this user nor to root.  NotFound if no
// process listens.  Busy if it takes nobody for some seconds; Interrupted as above.
[[nodiscard]] Result<UniqueFd> connect_to(const std::string& path,
                                          const std::atomic<bool>* cancelled = nullptr);
[[nodiscard]] Result<UniqueFd> listen_at(const std::string& path);

}  // namespace latchkey::userspace
