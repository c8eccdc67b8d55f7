// SPDX-License-Identifier: LGPL-2.1-or-later
// Automatic header backups: policy.backup_directory.
#pragma once

#include "formats/format.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::volume {

// The size saved from a header that does not load: the usual LUKS2 header area.
inline constexpr std::uint64_t kRawBackup = 0x1000000;  // bytes

// Writes <directory>/<uuid>-<sequence id>.luks-header (LUKS1: a hash of the content), unless that backup exists
// already.  Does nothing if no directory is set or the device is a shadow.  The caller must stop on an error.
[[nodiscard]] Result<void> backup_before_change(Context& context, const Device& device,
                                                const formats::LoadedHeader& header);

// Does the same for a header that may not load: then saves the first `raw_bytes` of the device unchanged as
// damaged-<hash>.luks-header.  Does nothing if there is no header at all.
[[nodiscard]] Result<void> backup_unread_before_change(Context& context, const Device& device,
                                                       std::uint64_t raw_bytes);

}  // namespace latchkey::volume
