// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "io/new_file.h"
#include "latchkey/volume.h"
#include "volume/header_area.h"
#include "volume/new_file.h"

namespace latchkey {

Result<void> Volume::backup(Context& context, std::string_view path) const {
    const std::string file(path);
    LK_TRY(io::check_name_is_free(file));
    LK_ASSIGN(const volume::HeaderArea area, volume::copy_header_area(context, device_, *header_));
    if (device_.is_shadow()) return {};
    return volume::write_new_file(file, area.bytes);
}

}  // namespace latchkey
