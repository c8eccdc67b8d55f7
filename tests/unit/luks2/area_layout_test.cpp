// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks2/area_layout.h"

#include "luks2/json_edit.h"
#include "samples.h"

namespace latchkey::luks2 {
namespace {

using test::refusal;

Keyslot slot_at(int number, std::uint64_t offset, std::uint64_t size) {
    return {.number = number,
            .type = "luks2",
            .key_bytes = 1,
            .area = {.type = "raw",
                     .offset = offset,
                     .size = size,
                     .encryption = "aes-xts-plain64",
                     .key_bytes = 64},
            .kdf = {.type = "pbkdf2", .hash = "sha256", .iterations = 1000},
            .kdf_salt = Bytes(32),
            .af_hash = "sha256",
            .af_stripes = 4000};
}

// Returns vector X with these keyslots instead of its own.
Metadata with_areas(const std::vector<Extent>& areas, const char* keyslots_size = "1048576") {
    const auto metadata = test::loaded(test::vector_x()).edited([&](Json& json) {
        json["config"]["keyslots_size"] = keyslots_size;
        json["keyslots"].erase("0");
        json["digests"]["0"]["keyslots"] = Json::array();
        int number = 0;
        for (const Extent& area : areas) {
            add_keyslot(json, slot_at(number, area.offset, area.size));
            link_keyslot(json, 0, number++);
        }
    });
    EXPECT_TRUE(metadata) << metadata.error().message;
    return *metadata;
}

TEST(Luks2AreaLayout, AreasAreWholePages) {
    EXPECT_EQ(area_size_for_key(64), 258048U);
    EXPECT_EQ(area_size_for_key(32), 131072U);
    EXPECT_EQ(area_size_for_key(16), 65536U);
    EXPECT_EQ(area_size_for_key(48), 192512U);
    EXPECT_EQ(area_size_for_key(UINT32_MAX), 17179869184000U);
}

TEST(Luks2AreaLayout, TheFirstGapIsTaken) {
    EXPECT_EQ(first_gap(with_areas({}), 258048).value(), (Extent{32768, 258048}));
    // After the first; areas need not be in the order of their numbers.
    EXPECT_EQ(first_gap(with_areas({{290816, 258048}, {32768, 258048}}), 131072).value(),
              (Extent{548864, 131072}));
    // A hole that is too small, one that fits exactly, one that is larger.
    const Metadata holes = with_areas({{36864, 4096}, {49152, 4096}, {77824, 4096}});
    EXPECT_EQ(first_gap(holes, 4096).value(), (Extent{32768, 4096}));
    EXPECT_EQ(first_gap(holes, 8192).value(), (Extent{40960, 8192}));
    EXPECT_EQ(first_gap(holes, 8193).value(), (Extent{53248, 8193}));
}

TEST(Luks2AreaLayout, AGapBeginsWithAPageWhereverAnAreaEnds) {
    const Metadata odd = with_areas({{32769, 4096}, {45056, 513}});
    EXPECT_EQ(first_gap(odd, 4096).value(), (Extent{40960, 4096}));
    EXPECT_EQ(first_gap(odd, 8192).value(), (Extent{49152, 8192}));
    EXPECT_EQ(largest_gap(odd).value().offset, 49152U);
}

TEST(Luks2AreaLayout, TheLastGapEndsWithTheKeyslotsArea) {
    const Metadata metadata = with_areas({{32768, 1040384}});
    EXPECT_EQ(first_gap(metadata, 8192).value(), (Extent{1073152, 8192}));
    EXPECT_EQ(refusal(first_gap(metadata, 8193), Errc::NoSpace),
              "no room for 8193 bytes in the keyslots area of 1048576");
    const Metadata full = with_areas({{32768, 1048576}});
    EXPECT_EQ(refusal(first_gap(full, 1), Errc::NoSpace),
              "no room for 1 bytes in the keyslots area of 1048576");
    EXPECT_EQ(refusal(largest_gap(full), Errc::NoSpace),
              "no room in the keyslots area of 1048576 bytes");
    const Metadata none = with_areas({}, "0");
    EXPECT_EQ(refusal(first_gap(none, 4096), Errc::NoSpace),
              "no room for 4096 bytes in the keyslots area of 0");
}

TEST(Luks2AreaLayout, TheLargestGapIsTakenWhole) {
    EXPECT_EQ(largest_gap(with_areas({})).value(), (Extent{32768, 1048576}));
    EXPECT_EQ(largest_gap(with_areas({{536576, 4096}})).value(), (Extent{540672, 540672}));
    EXPECT_EQ(largest_gap(with_areas({{577536, 4096}})).value(), (Extent{32768, 544768}));
    EXPECT_EQ(largest_gap(with_areas({{32768, 4096}, {557056, 4096}})).value(),
              (Extent{36864, 520192}))
        << "the lower of nearly equal ones";
}

TEST(Luks2AreaLayout, TheLowestFreeNumberIsTaken) {
    EXPECT_EQ(free_keyslot_number(with_areas({})).value(), 0);
    Metadata two = with_areas({{32768, 4096}, {36864, 4096}});
    EXPECT_EQ(free_keyslot_number(two).value(), 2);
    const auto gap = two.edited([](Json& json) { remove_keyslot(json, 0); });
    EXPECT_EQ(free_keyslot_number(*gap).value(), 0);
    std::vector<Extent> all;
    for (std::uint64_t i = 0; i < 32; ++i) all.push_back({32768 + 4096 * i, 4096});
    EXPECT_EQ(refusal(free_keyslot_number(with_areas(all)), Errc::NoSpace),
              "all 32 keyslots are in use");
    EXPECT_EQ(free_token_number(two).value(), 0);
    EXPECT_EQ(free_digest_number(two).value(), 1);
    const auto digests = two.edited([](Json& json) {
        for (int i = 1; i < 8; ++i) {
            json["digests"][std::to_string(i)] = json["digests"]["0"];
            json["digests"][std::to_string(i)]["keyslots"] = Json::array();
        }
    });
    ASSERT_TRUE(digests) << digests.error().message;
    EXPECT_EQ(refusal(free_digest_number(*digests), Errc::NoSpace), "all 8 digests are in use");
}

}  // namespace
}  // namespace latchkey::luks2
