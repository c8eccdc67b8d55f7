// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"
#include "latchkey/volume.h"

namespace latchkey {

Result<Volume> Volume::load(Context& context, Device metadata, const LoadOptions& options) {
    LK_ASSIGN(auto header, formats::load(context, metadata.io(), options));
    return Volume(std::move(metadata), std::move(header));
}

}  // namespace latchkey
