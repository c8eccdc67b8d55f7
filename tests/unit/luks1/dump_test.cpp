// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "base/json.h"
#include "luks1_testing.h"
#include "support/images.h"
#include "support/temp_dir.h"

namespace latchkey::luks1 {
namespace {

constexpr const char* kImage = "luks1-slots-gaps-2_4_6";

Fact describe_image() {
    return (*test::load(test::file_with(latchkey::test::image(kImage))))->describe();
}

// Recorded from the peer, which used the same device name.
TEST(Luks1Dump, IsTheTextOfTheReference) {
    const Bytes recorded = latchkey::test::read_file(latchkey::test::source_dir() / "tests/images" /
                                                     (std::string(kImage) + ".luksDump"));
    const std::string expected(reinterpret_cast<const char*>(recorded.data()), recorded.size());
    EXPECT_EQ(to_text(describe_image()), expected);
}

TEST(Luks1Dump, IsJsonToo) {
    const auto json = nlohmann::json::parse(to_json(describe_image()));
    EXPECT_EQ(json["version"], 1);
    EXPECT_EQ(json["cipher_name"], "aes");
    EXPECT_EQ(json["cipher_mode"], "cbc-essiv:sha256");
    EXPECT_EQ(json["hash"], "sha1");
    EXPECT_EQ(json["payload_offset_sectors"], 2048);
    EXPECT_EQ(json["key_bits"], 128);
    EXPECT_EQ(json["digest"], "76ae89381adc10a2e1a63b1ce53ffec6a3ffd277");
    EXPECT_EQ(json["digest_iterations"], 1000);
    EXPECT_EQ(json["uuid"], "386a9ae3-d55f-4b63-b730-11ac66fc888e");
    ASSERT_EQ(json["keyslots"].size(), 8U);
    EXPECT_EQ(json["keyslots"][0]["number"], 0);
    EXPECT_EQ(json["keyslots"][0]["state"], "disabled");
    EXPECT_EQ(json["keyslots"][2]["state"], "enabled");
    EXPECT_EQ(json["keyslots"][2]["area_offset_sectors"], 264);
    EXPECT_EQ(json["keyslots"][2]["stripes"], 4000);
    EXPECT_EQ(json["keyslots"][2]["salt"],
              "a60e01b21586e3acc631e5b6128a3f82ee88b1d1239e826da1f7ceca5d2e88e0");
}

TEST(Luks1Dump, ADamagedKeyslotShowsInJsonAndAsDisabledInText) {
    Bytes bytes = latchkey::test::image(kImage);
    bytes[208] = std::byte{0x12};
    const Fact fact = (*test::load(test::file_with(std::move(bytes))))->describe();
    EXPECT_NE(to_text(fact).find("Key Slot 0: DISABLED\n"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(to_json(fact))["keyslots"][0]["state"], "invalid");
}

}  // namespace
}  // namespace latchkey::luks1
