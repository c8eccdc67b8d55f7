// SPDX-License-Identifier: LGPL-2.1-or-later
// For root: the served file as a block device, under the name where people look for mappings.
#pragma once

#include <cstdint>
#include <string>

#include "latchkey/error.h"

namespace latchkey::userspace {

// A loop device over `file`, read past the page cache where the kernel can, and the link `node` to it.  It does not
// detach itself: a serving process that dies leaves a device that answers errors, not one that vanishes from under a
// file system.  Returns its path.
[[nodiscard]] Result<std::string> make_block_node(const std::string& file, const std::string& node,
                                                  std::uint32_t sector_size, bool read_only);
// The loop device that `node` links to; "" if it is no such link.
[[nodiscard]] std::string loop_behind(const std::string& node);
// Busy if the device is mounted or mapped.  Nothing to do is success.
[[nodiscard]] Result<void> remove_block_node(const std::string& node);
// The file below has another size now.
[[nodiscard]] Result<void> resize_block_node(const std::string& file, const std::string& node);
// Writes what the kernel still holds back.
[[nodiscard]] Result<void> flush_block_node(const std::string& node);

}  // namespace latchkey::userspace
