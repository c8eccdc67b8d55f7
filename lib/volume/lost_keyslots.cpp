// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/lost_keyslots.h"

#include <algorithm>

#include "crypto/af_splitter.h"
#include "formats/area_damage.h"
#include "formats/format.h"
#include "latchkey/volume.h"

namespace latchkey {
namespace volume {

std::vector<int> lost_keyslots(Context& context, const io::BlockDevice& device,
                               const std::vector<KeyslotInfo>& keyslots, const std::string& whose) {
    std::vector<int> lost;
    for (const KeyslotInfo& slot : keyslots) {
        if (!slot.usable) continue;
        // Bytes behind the material are padding, with any content.
        const std::uint64_t length =
            std::min(slot.area_size, crypto::af_material_length(slot.key_bytes));
        if (formats::tell_area_damage(context, device, slot.number,
                                      {.offset = slot.area_offset, .length = length}, whose))
            lost.push_back(slot.number);
    }
    return lost;
}

std::vector<KeyslotInfo> without_lost(Context& context, const io::BlockDevice& device,
                                      std::vector<KeyslotInfo> keyslots, std::optional<int> except,
                                      const std::string& whose) {
    std::vector<KeyslotInfo> others = keyslots;
    std::erase_if(others, [except](const KeyslotInfo& slot) { return slot.number == except; });
    const std::vector<int> lost = lost_keyslots(context, device, others, whose);
    for (KeyslotInfo& slot : keyslots)
        if (std::ranges::find(lost, slot.number) != lost.end()) slot.usable = false;
    return keyslots;
}

}  // namespace volume

std::vector<int> Volume::lost_keyslots(Context& context) const {
    return volume::lost_keyslots(context, *device_.io(), header_->keyslots());
}

}  // namespace latchkey
