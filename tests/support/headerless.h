// SPDX-License-Identifier: GPL-2.0-or-later
// The plain and loop-AES volumes of the corpus, with their parameters and keys.
#pragma once

#include "latchkey/loopaes.h"
#include "latchkey/mapping_plan.h"
#include "latchkey/plain.h"
#include "support/corpus.h"

namespace latchkey::test {

struct HeaderlessVolume {
    MappingPlan plan;
    VolumeKey key;
    int loopaes_version = 0;  // 0 = plain
};

// Makes one from an entry of family "plain" or "loopaes".
[[nodiscard]] Result<HeaderlessVolume> headerless_volume(const Corpus& corpus,
                                                         const CorpusEntry& entry);

}  // namespace latchkey::test
