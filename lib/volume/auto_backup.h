// SPDX-License-Identifier: LGPL-2.1-or-later
// Header backups that nobody has to think of: policy.backup_directory.
#pragma once

#include "formats/format.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"

namespace latchkey::volume {

// What is kept of a header that does not load: the usual LUKS2 header area.
inline constexpr std::uint64_t kRawBackup = 0x1000000;  // bytes

// Writes <directory>/<uuid>-<sequence id>.luks-header (LUKS1: a hash of the content), or finds that it is
// there already; does nothing where no directory is set or the device is a shadow.  An error here is a
// reason not to go on.
[[nodiscard]] Result<void> backup_before_change(Context& context, const Device& device,
                                                const formats::LoadedHeader& header);

// The same where a header may not load: then the first `raw_bytes` of the device are kept as they are, as
// damaged-<hash>.luks-header.  Nothing where there is no header at all.
[[nodiscard]] Result<void> backup_unread_before_change(Context& context, const Device& device,
                                                       std::uint64_t raw_bytes);

}  // namespace latchkey::volume
