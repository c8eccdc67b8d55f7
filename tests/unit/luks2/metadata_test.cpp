// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks2/metadata.h"

#include "base/hex.h"
#include "luks2/json_edit.h"
#include "samples.h"

namespace latchkey::luks2 {
namespace {

using test::refusal;

TEST(Luks2Metadata, ReadsVectorX) {
    const Metadata metadata = test::loaded(test::vector_x());
    ASSERT_EQ(metadata.keyslots().size(), 1U);
    const Keyslot& slot = metadata.keyslots()[0];
    EXPECT_EQ(slot.number, 0);
    EXPECT_TRUE(slot.is_luks2());
    EXPECT_EQ(slot.key_bytes, 64U);
    EXPECT_EQ(slot.priority, Priority::Normal);
    EXPECT_EQ(slot.area.type, "raw");
    EXPECT_EQ(slot.area.offset, 32768U);
    EXPECT_EQ(slot.area.size, 258048U);
    EXPECT_EQ(slot.area.encryption, "aes-xts-plain64");
    EXPECT_EQ(slot.area.key_bytes, 64U);
    EXPECT_EQ(slot.kdf.type, "pbkdf2");
    EXPECT_EQ(slot.kdf.hash, "sha256");
    EXPECT_EQ(slot.kdf.iterations, 1000U);
    EXPECT_EQ(to_hex(slot.kdf_salt),
              "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    EXPECT_EQ(slot.af_hash, "sha256");
    EXPECT_EQ(slot.af_stripes, 4000U);
    const Segment& segment = metadata.default_segment();
    EXPECT_EQ(segment.type, "crypt");
    EXPECT_EQ(segment.offset, 16777216U);
    EXPECT_FALSE(segment.size);
    EXPECT_EQ(segment.iv_tweak, 0U);
    EXPECT_EQ(segment.encryption, "aes-xts-plain64");
    EXPECT_EQ(segment.sector_size, 4096U);
    EXPECT_FALSE(segment.has_integrity);
    const Digest* digest = metadata.digest_of_keyslot(0);
    ASSERT_NE(digest, nullptr);
    EXPECT_EQ(digest, metadata.digest_of_segment(0));
    EXPECT_EQ(digest->hash, "sha256");
    EXPECT_EQ(digest->iterations, 1000U);
    EXPECT_EQ(digest->digest.size(), 32U);
    EXPECT_EQ(metadata.config().json_size, 12288U);
    EXPECT_EQ(metadata.config().keyslots_size, 16744448U);
    EXPECT_EQ(metadata.data_offset(), 16777216U);
    EXPECT_EQ(metadata.header_area_bytes(), 16777216U);
    EXPECT_EQ(metadata.keyslot(1), nullptr);
    EXPECT_EQ(metadata.token(0), nullptr);
    EXPECT_EQ(metadata.digest_of_keyslot(1), nullptr);
}

TEST(Luks2Metadata, ReadsArgon2) {
    const Keyslot slot = test::loaded(test::vector_z()).keyslots()[0];
    EXPECT_EQ(slot.kdf.type, "argon2i");
    EXPECT_EQ(slot.kdf.iterations, 4U);
    EXPECT_EQ(slot.kdf.memory_kib, 64U);
    EXPECT_EQ(slot.kdf.lanes, 2U);
}

TEST(Luks2Metadata, ReadsIntegrity) {
    const auto metadata = latchkey::test::load(test::with(
        test::vector_x().json, R"("sector_size":4096)",
        R"x("sector_size":4096,"integrity":{"type":"hmac(sha256)","journal_encryption":"none","journal_integrity":"none","key_size":24})x"));
    ASSERT_TRUE(metadata) << metadata.error().message;
    EXPECT_TRUE(metadata->default_segment().has_integrity);
    EXPECT_EQ(metadata->default_segment().integrity_type, "hmac(sha256)");
    EXPECT_EQ(metadata->default_segment().integrity_key_bytes, 24U);
}

TEST(Luks2Metadata, TheFinalStateGivesOffsetAndDefaultDuringReencryption) {
    Json json = test::parsed(test::vector_x().json);
    json["segments"]["1"] = json["segments"]["0"];
    json["segments"]["1"]["flags"] = {"backup-final"};
    json["segments"]["1"]["offset"] = "17825792";
    json["digests"]["0"]["segments"] = {"0", "1"};
    const auto metadata = Metadata::from_json(test::fields_of(test::vector_x()), json);
    ASSERT_TRUE(metadata) << metadata.error().message;
    EXPECT_EQ(metadata->default_segment().number, 1);
    EXPECT_EQ(metadata->data_offset(), 17825792U);
}

TEST(Luks2Metadata, KeepsOrderAndWhatItDoesNotKnow) {
    std::string text = test::vector_x().json;
    text = test::with(
        text, R"("tokens":{})",
        R"("tokens":{"7":{"keyslots":[],"type":"clevis","jwe":{"z":[1.5,null],"a":{}}},"3":{"type":"t","keyslots":["0"]}},"future":[{"x":true}])");
    text = test::with(text, R"("type":"crypt")", R"("vendor":"ö/\u0001","type":"crypt")");
    const auto metadata = latchkey::test::load(text);
    ASSERT_TRUE(metadata) << metadata.error().message;
    EXPECT_EQ(metadata->json_text().value(), text);
    EXPECT_EQ(metadata->tokens()[0].number, 7);
    EXPECT_EQ(metadata->tokens()[1].number, 3);
    const auto edited =
        metadata->edited([](Json& json) { set_priority(json, 0, Priority::Prefer); });
    ASSERT_TRUE(edited);
    EXPECT_EQ(edited->json_text().value(),
              test::with(text, R"(Hh8="}}},"tokens")", R"(Hh8="},"priority":2}},"tokens")"));
}

TEST(Luks2Metadata, IsAValue) {
    Metadata a = test::loaded(test::vector_x());
    Metadata b = a;
    b.binary.label = "b";
    EXPECT_EQ(a.binary.label, "");
    EXPECT_NE(&a.document(), &b.document());
    EXPECT_EQ(a.document(), b.document());
    a = b;
    EXPECT_EQ(a.binary.label, "b");
    EXPECT_EQ(a.keyslots().size(), 1U);
    a = std::move(b);
    EXPECT_EQ(a.json_text().value(), test::vector_x().json);
}

// --- the JSON area ---

Bytes area_of(const std::string& text, std::size_t size = 12288) {
    Bytes area(size);
    std::ranges::copy(as_byte_view(text), area.begin());
    return area;
}

Result<Metadata> parse(const Bytes& area) {
    return Metadata::parse(test::fields_of(test::vector_x()), area);
}

TEST(Luks2JsonArea, HoldsTextAndZeros) {
    const std::string text = test::vector_x().json;
    const std::string end = std::to_string(text.size() + 1);
    EXPECT_TRUE(parse(area_of(text)));
    EXPECT_TRUE(parse(area_of(text + "\n "))) << "as the reference does";
    EXPECT_EQ(refusal(parse(area_of(" " + text))), "JSON area: the first byte 0x20 is not '{'");
    EXPECT_EQ(refusal(parse(area_of("[]"))), "JSON area: the first byte 0x5b is not '{'");
    EXPECT_EQ(refusal(parse(area_of(""))), "JSON area: the first byte 0x00 is not '{'");
    EXPECT_EQ(refusal(parse(area_of(text + std::string("\0x", 2)))),
              "JSON area: byte 0x78 at " + end + " behind the text, not 0");
    EXPECT_EQ(refusal(parse(area_of(text + "x"))), "JSON: syntax error at byte " + end);
    EXPECT_EQ(refusal(parse(area_of("{}"))), "config: missing");
    Bytes last = area_of(text);
    last.back() = std::byte{1};
    EXPECT_EQ(refusal(parse(last)), "JSON area: byte 0x01 at 12287 behind the text, not 0");
    EXPECT_EQ(refusal(parse(Bytes(12288, std::byte{'{'}))), "JSON area: no NUL behind the text");
    EXPECT_EQ(refusal(parse({})), "JSON area: no NUL behind the text");
}

TEST(Luks2JsonArea, MayHoldTextThatIsNotUtf8) {
    std::string text = test::with(test::vector_x().json, R"("tokens":{})",
                                  R"("tokens":{"0":{"type":"x","keyslots":[],"k":"b)"
                                  "\xfc"
                                  R"(ro"}})");
    const auto metadata = parse(area_of(text));
    ASSERT_TRUE(metadata) << metadata.error().message;
    EXPECT_EQ(metadata->json_text().value(), text);
}

TEST(Luks2JsonArea, MustHaveRoomForTheText) {
    const Metadata metadata = test::loaded(test::vector_x());
    const std::size_t used = test::vector_x().json.size();
    const auto with_token = [&](std::size_t filler) {
        return metadata.edited([&](Json& json) {
            set_token(
                json, 0,
                {{"type", "x"}, {"keyslots", Json::array()}, {"f", std::string(filler, 'f')}});
        });
    };
    const std::size_t overhead = with_token(0)->json_text().value().size() - used;
    EXPECT_TRUE(with_token(12287 - used - overhead)) << "and one NUL";
    EXPECT_EQ(refusal(with_token(12288 - used - overhead), Errc::NoSpace),
              "the metadata takes 12289 bytes, the JSON area has 12288");
}

// --- leftovers of old versions ---

TEST(Luks2Glitch, LeftoverKdfMembersAreDropped) {
    const std::string text = test::vector_x().json;
    const auto metadata = latchkey::test::load(test::with(
        text, R"("iterations":1000,"salt")", R"("iterations":1000,"time":4,"memory":32,"salt")"));
    ASSERT_TRUE(metadata) << metadata.error().message;
    EXPECT_EQ(metadata->json_text().value(), text);
    const auto argon = latchkey::test::load(test::with(
        test::vector_y().json, R"("cpus":1)", R"("hash":"sha256","cpus":1,"iterations":1000)"));
    ASSERT_TRUE(argon) << argon.error().message;
    EXPECT_EQ(argon->json_text().value(), test::vector_y().json);
}

TEST(Luks2Glitch, NothingElseIsRepaired) {
    const std::string bad = test::with(test::vector_x().json, R"("iterations":1000,"salt")",
                                       R"("iterations":1000,"time":4,"salt")");
    EXPECT_EQ(refusal(latchkey::test::load(test::with(bad, "\"luks1\"", "\"luks9\""))),
              "keyslots.0.af.type: \"luks9\" != \"luks1\"");
    // A kdf of unknown type may have any members.
    const auto unknown = latchkey::test::load(test::with(bad, "\"pbkdf2\"", "\"scrypt\""));
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->json_text().value(), test::with(bad, "\"pbkdf2\"", "\"scrypt\""));
}

// --- editing ---

TEST(Luks2Edited, IsCheckedAsAWhole) {
    const Metadata metadata = test::loaded(test::vector_x());
    EXPECT_EQ(refusal(metadata.edited([](Json& json) { json["digests"].erase("0"); })),
              "segments.0: in no digest");
    EXPECT_EQ(metadata.json_text().value(), test::vector_x().json) << "the old value is as it was";
}

TEST(Luks2Edited, DropsWhatIsOfNoUse) {
    const Metadata metadata = test::loaded(test::vector_x());
    const auto edited = metadata.edited([](Json& json) {
        json["digests"]["1"] = json["digests"]["0"];
        json["digests"]["1"]["keyslots"] = Json::array();
        json["digests"]["1"]["segments"] = Json::array();
        json["config"]["requirements"] = {{"mandatory", Json::array()}};
    });
    ASSERT_TRUE(edited) << edited.error().message;
    EXPECT_EQ(edited->json_text().value(), test::vector_x().json);
}

TEST(Luks2Edited, KeepsADigestWithoutKeyslots) {
    const auto edited =
        test::loaded(test::vector_x()).edited([](Json& json) { remove_keyslot(json, 0); });
    ASSERT_TRUE(edited) << edited.error().message;
    EXPECT_EQ(edited->keyslots().size(), 0U);
    EXPECT_NE(edited->digest_of_segment(0), nullptr) << "the volume key still opens the data";
}

}  // namespace
}  // namespace latchkey::luks2
