// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/volume_result.h"

#include "ui/facts.h"

namespace latchkey::cli {

Fact volume_result(const Volume& volume, std::vector<Fact> facts) {
    const VolumeInfo info = volume.info();
    Fact result{.key = {},
                .kind = Fact::Kind::Object,
                .children = {text_fact("device", volume.device().name()),
                             text_fact("type", info.type), text_fact("uuid", info.uuid)}};
    // LUKS1 has no sequence id.
    if (info.sequence_id != 0)
        result.children.push_back(number_fact("sequence_id", info.sequence_id));
    for (Fact& fact : facts) result.children.push_back(std::move(fact));
    return result;
}

}  // namespace latchkey::cli
