// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/nearest.h"

#include <algorithm>
#include <array>

#include "base/i18n.h"
#include "base/strprintf.h"

namespace latchkey {
namespace {

constexpr std::size_t kLongest = 40;

// Counts the letters to insert, delete or change and the neighbours to swap.  Skips words longer than any option's
// name, because a hostile file may have many.
std::size_t distance(std::string_view a, std::string_view b) {
    std::array<std::array<unsigned, kLongest + 1>, kLongest + 1> least;
    for (unsigned i = 0; i <= a.size(); ++i) least[i][0] = i;
    for (unsigned j = 0; j <= b.size(); ++j) least[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const unsigned changed = least[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
            least[i][j] = std::min({least[i - 1][j] + 1, least[i][j - 1] + 1, changed});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                least[i][j] = std::min(least[i][j], least[i - 2][j - 2] + 1);
        }
    return least[a.size()][b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view nearest;
    // At most a third of the letters may be wrong, and never more than two: "luk" suggests luks, "tmpx" does not
    // suggest swap.
    std::size_t least = std::min<std::size_t>(word.size() / 3, 2) + 1;
    if (word.size() > kLongest || word.size() < 3) return nearest;
    for (const std::string_view candidate : candidates) {
        const std::size_t longer = std::max(candidate.size(), word.size());
        if (longer - std::min(candidate.size(), word.size()) >= least) continue;
        const std::size_t apart = distance(word, candidate);
        if (apart >= least) continue;
        least = apart;
        nearest = candidate;
    }
    return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const std::string nearest(nearest_word(word, candidates));
    if (nearest.empty()) return {};
    return strprintf(translate(N_("did you mean '%s'?")), nearest.c_str());
}

}  // namespace latchkey
