// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "latchkey/loopaes.h"
#include "loopaes/versions.h"
#include "model/cipher_spec.h"

namespace latchkey::loopaes {

Result<MappingPlan> plan(const Params& params, int version) {
    const auto* row = std::ranges::find(kVersions, version, &Version::number);
    if (row == kVersions.end())
        return fail(Errc::InvalidArgument, "loop-AES has no version %d", version);
    if (params.cipher.find_first_of("-:") != std::string::npos)
        return fail(Errc::InvalidArgument,
                    "cipher '%s': loop-AES takes the name alone, mode and IV are given",
                    params.cipher.c_str());
    const std::string cipher = params.cipher + row->cipher_suffix;
    LK_TRY(model::parse_cipher_for_kernel(cipher));
    if (params.key_bytes == 0 || params.key_bytes > 64)
        return fail(Errc::InvalidArgument, "invalid key size");

    MappingPlan plan{.type = "LOOPAES"};
    plan.keys = {{.bytes = row->keys * params.key_bytes}};
    PlanSegment segment{.cipher = cipher,
                        .iv_offset = params.skip_sectors.value_or(params.offset_sectors),
                        .device_offset = params.offset_sectors};
    if (params.size_sectors.value_or(0) != 0) segment.length = params.size_sectors;
    plan.segments.push_back(std::move(segment));
    return plan;
}

}  // namespace latchkey::loopaes
