// SPDX-License-Identifier: LGPL-2.1-or-later
// For root: makes the served file a block device, under the name where mappings are expected.
#pragma once

#include <cstdint>
#include <string>

#include "latchkey/error.h"

namespace latchkey::userspace {

// Makes a loop device over `file`, past the page cache if the kernel can, and the link `node` to it.  Returns the path
// of the loop device.  The device does not detach itself: if the serving process dies, the device stays and returns
// errors, and does not vanish from under a file system.
[[nodiscard]] Result<std::string> make_block_node(const std::string& file, const std::string& node,
                                                  std::uint32_t sector_size, bool read_only);
// Returns the loop device that `node` links to; "" if it is not such a link.
[[nodiscard]] std::string loop_behind(const std::string& node);
// Does the same, and returns "" if that device is not over the served file any more.
[[nodiscard]] std::string own_loop(const std::string& node);
// Makes the kernel detach the device when its last user closes it, or takes that back.
[[nodiscard]] Result<void> detach_with_last_user(const std::string& node, bool wanted);
// Says if the device stays for programs that have it open.
enum class Users : std::uint8_t { Respected, Ignored };
// Busy if the device is mounted or mapped or, unless users are ignored, open; it then stays as it is.  Succeeds if there
// is nothing to remove.
[[nodiscard]] Result<void> remove_block_node(const std::string& node, Users users);
// Call after the size of the file has changed.
[[nodiscard]] Result<void> resize_block_node(const std::string& file, const std::string& node);
// Writes what the kernel has cached.
[[nodiscard]] Result<void> flush_block_node(const std::string& node);

}  // namespace latchkey::userspace
