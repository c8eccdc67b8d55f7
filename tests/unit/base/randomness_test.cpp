// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/randomness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace latchkey {
namespace {

constexpr std::size_t kArea = 64'000;  // bytes; the material of a key of 128 bits

Bytes random_bytes(std::mt19937_64& random, std::size_t size) {
    Bytes bytes(size);
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
        const std::uint64_t word = random();
        std::memcpy(bytes.data() + at, &word, 8);
    }
    return bytes;
}

TEST(Randomness, NoHealthyKeyslotOfTenThousandIsAccused) {
    std::mt19937_64 random(11);
    for (int area = 0; area < 10'000; ++area)
        ASSERT_FALSE(first_block_not_random(random_bytes(random, kArea))) << area;
}

TEST(Randomness, WhatNoCipherWroteIsFoundWhereItBegins) {
    std::mt19937_64 random(7);
    const Bytes area = random_bytes(random, kArea);
    const auto found_with = [&](ByteView damage, std::size_t at) {
        Bytes bytes = area;
        std::ranges::copy(damage, bytes.begin() + static_cast<std::ptrdiff_t>(at));
        return first_block_not_random(bytes);
    };
    const auto text = [](std::string_view pattern, std::size_t length) {
        std::string all;
        while (all.size() < length) all += pattern;
        return all.substr(0, length);
    };
    constexpr std::size_t kAt = 24 * 512;
    for (const std::size_t length : {std::size_t{16}, std::size_t{512}, std::size_t{8192}}) {
        for (const char fill : {'\0', '\xff', 'U'}) {
            const std::string damage(length, fill);
            EXPECT_EQ(found_with(as_byte_view(damage), kAt), kAt) << length << fill;
        }
    }
    EXPECT_EQ(
        found_with(as_byte_view(text("the quick brown fox jumps over the lazy dog. ", 4096)), kAt),
        kAt);
    EXPECT_EQ(found_with(as_byte_view(text(
                             "R0lGODlhPQBEAPeoAJosM//AwO/AwHVYZ/z595kzAP/s7P+goOXMv8+fhw\n", 4096)),
                         kAt),
              kAt);
    EXPECT_EQ(found_with(as_byte_view(text("root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/"
                                           "usr/sbin:/usr/sbin/nologin\n",
                                           96)),
                         kAt),
              kAt);
    EXPECT_EQ(found_with(as_byte_view(text("\xde\xad\xbe\xef", 512)), kAt), kAt);
    // A signature with zeros around it, as in superblocks and partition tables.
    std::string superblock = "EFI PART" + std::string(8, '\0') + "\x5c" + std::string(495, '\0');
    EXPECT_EQ(found_with(as_byte_view(superblock), kAt), kAt);
    // A match in the middle of a block gives the block's start.
    EXPECT_EQ(found_with(as_byte_view(std::string(600, '\0')), kAt + 100), kAt);
    // A rest shorter than a block is ignored.
    EXPECT_FALSE(first_block_not_random(Bytes(511)));
    EXPECT_EQ(first_block_not_random(Bytes(512)), 0U);
}

}  // namespace
}  // namespace latchkey
