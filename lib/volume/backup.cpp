// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "io/new_file.h"
#include "latchkey/condition.h"
#include "latchkey/volume.h"
#include "volume/header_area.h"
#include "volume/new_file.h"

namespace latchkey {
namespace {

// Adds the condition for a file that cannot be created at all.
Result<void> with_cause(Result<void> written, const std::string& file) {
    if (written) return {};
    Error error = std::move(written).error();
    switch (error.code) {
        case Errc::Exists: return std::move(error).because(Condition::BackupExists, file);
        case Errc::NoDevice:
        case Errc::AccessDenied:
            return std::move(error).because(Condition::BackupCannotBeMade, file);
        default: return error;
    }
}

}  // namespace

Result<void> Volume::backup(Context& context, std::string_view path) const {
    const std::string file(path);
    if (const auto is_free = io::check_name_is_free(file); !is_free)
        return Error(is_free.error()).because(Condition::BackupExists, file);
    LK_ASSIGN(const volume::HeaderArea area, volume::copy_header_area(context, device_, *header_));
    if (device_.is_shadow()) return {};
    return with_cause(volume::write_new_file(file, area.bytes), file);
}

}  // namespace latchkey
