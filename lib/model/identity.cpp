// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/identity.h"

#include <algorithm>

namespace latchkey {

StorageRange StorageRange::part(std::uint64_t from, std::uint64_t most) const {
    const std::uint64_t skipped = std::min({from, length, UINT64_MAX - offset});
    return {.on = on, .offset = offset + skipped, .length = std::min(length - skipped, most)};
}

bool overlap(const StorageRange& a, const StorageRange& b) {
    if (!a.on.known() || a.on != b.on || a.length == 0 || b.length == 0) return false;
    const StorageRange& first = a.offset <= b.offset ? a : b;
    const StorageRange& second = a.offset <= b.offset ? b : a;
    return second.offset - first.offset < first.length;
}

}  // namespace latchkey
