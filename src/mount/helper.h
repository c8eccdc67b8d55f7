// SPDX-License-Identifier: GPL-2.0-or-later
// The programs that mount(8) and umount(8) call for volumes: mount.crypto_LUKS and umount.crypto_LUKS.
#pragma once

#include <span>
#include <string_view>

namespace latchkey::cli {

// Mounts or unmounts; returns the exit status, by the table in mount(8).  `name` begins the messages.
[[nodiscard]] int run_mount_helper(std::string_view name, bool mounts,
                                   std::span<const char* const> words);

}  // namespace latchkey::cli
