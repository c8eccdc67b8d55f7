// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/facets/loopaes.h"

#include "capi/guard.h"
#include "loopaes/opener.h"

namespace latchkey::capi {

DataFacts LoopaesFacet::data() const {
    return {.cipher = params_.cipher,
            .offset_sectors = params_.offset_sectors,
            .iv_offset_sectors = params_.skip_sectors.value_or(params_.offset_sectors),
            .key_bytes = params_.key_bytes};
}

Result<int> LoopaesFacet::activate(crypt_device& cd, const Activation& wanted,
                                   crypt_keyslot_context& kc) {
    if (!kc.source.is_a<keys::File>()) return bad_type();
    if (!wanted.name) return silent(EINVAL);
    auto file = passphrase_from(cd, kc);
    if (!file) return read_failure(kc, std::move(file).error());
    const auto opener = loopaes::make_opener(params_);
    LK_ASSIGN(const formats::Unlocked opened, opener->open(cd.context, *file));
    LK_ASSIGN(const MappingPlan plan, opener->plan(cd.context, opened.keys()));
    LK_TRY(map(cd, wanted, plan, opened.keys()));
    return 0;
}

}  // namespace latchkey::capi
