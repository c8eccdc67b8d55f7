// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "crypto/af_splitter.h"
#include "formats/area_damage.h"
#include "formats/format.h"
#include "latchkey/volume.h"

namespace latchkey {

int Volume::check_areas(Context& context) const {
    int damaged = 0;
    for (const KeyslotInfo& slot : header_->keyslots()) {
        if (!slot.usable) continue;
        // What lies behind the material is padding, of any content.
        const std::uint64_t length =
            std::min(slot.area_size, crypto::af_material_length(slot.key_bytes));
        if (formats::tell_area_damage(context, *device_.io(), slot.number,
                                      {.offset = slot.area_offset, .length = length}))
            ++damaged;
    }
    return damaged;
}

}  // namespace latchkey
