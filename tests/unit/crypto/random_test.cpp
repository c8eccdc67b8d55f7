// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "base/bytes.h"
#include "latchkey/context.h"

namespace latchkey {
namespace {

TEST(SystemRandom, FillsEverythingAndNeverTheSame) {
    const auto random = system_random();
    constexpr std::size_t kLength = 1 << 20;  // more than one call of getrandom(2) guarantees
    Bytes first(kLength);
    Bytes second(kLength);
    ASSERT_TRUE(random->fill(first));
    ASSERT_TRUE(random->fill(second));
    EXPECT_NE(first, second);
    // A run of 16 zero bytes has a probability of 2^-108 here, so it would be a hole.
    for (const Bytes& bytes : {first, second})
        EXPECT_EQ(std::search_n(bytes.begin(), bytes.end(), 16, std::byte{0}), bytes.end());
    EXPECT_TRUE(random->fill({}));
}

}  // namespace
}  // namespace latchkey
