// SPDX-License-Identifier: GPL-2.0-or-later
// Documents are compared as text: the order of members is the peer's.
#include "luks2/json_edit.h"

#include "base/base64.h"
#include "samples.h"

namespace latchkey::luks2 {
namespace {

Json document(const std::string& text = test::vector_x().json) {
    return test::parsed(text);
}

// Reads the values of vector X and builds the document again from them.
TEST(Luks2JsonEdit, MakesTheVectorsFromTheirValues) {
    for (const test::HeaderVector& vector :
         {test::vector_x(), test::vector_y(), test::vector_z()}) {
        const Metadata metadata = test::loaded(vector);
        Json json = empty_document(vector.header_size, metadata.config().keyslots_size);
        add_keyslot(json, metadata.keyslots()[0]);
        add_segment(json, metadata.segments()[0]);
        add_digest(json, metadata.digests()[0]);
        EXPECT_EQ(json_to_text(json), vector.json) << vector.name;
    }
}

TEST(Luks2JsonEdit, AddsSegmentsOfOtherKinds) {
    Json json = empty_document(0x4000, 4096);
    add_segment(
        json,
        {.number = 1, .type = "linear", .offset = 512, .size = 1024, .flags = {"backup-previous"}});
    EXPECT_EQ(
        json_to_text(json["segments"]),
        R"({"1":{"type":"linear","offset":"512","size":"1024","flags":["backup-previous"]}})");
}

TEST(Luks2JsonEdit, RemovesAKeyslotEverywhere) {
    Json json = document();
    json["keyslots"]["1"] = json["keyslots"]["0"];
    json["digests"]["0"]["keyslots"] = {"0", "1"};
    json["tokens"] = test::parsed(
        R"({"0":{"type":"a","keyslots":["1","0"]},"1":{"type":"b","keyslots":["1"]}})");
    remove_keyslot(json, 1);
    EXPECT_FALSE(json["keyslots"].contains("1"));
    EXPECT_EQ(json_to_text(json["digests"]["0"]["keyslots"]), R"(["0"])");
    EXPECT_EQ(json_to_text(json["tokens"]),
              R"({"0":{"type":"a","keyslots":["0"]},"1":{"type":"b","keyslots":[]}})");
}

TEST(Luks2JsonEdit, ReplacesAKeyslotInPlaceAndKeepsWhatItDoesNotKnow) {
    std::string text = test::with(test::vector_x().json, R"("0":{"type":"luks2",)",
                                  R"("0":{"vendor":1,"type":"luks2","priority":2,)");
    Json json = document(text);
    Keyslot slot = test::loaded(test::vector_y()).keyslots()[0];
    slot.area.offset = 290816;
    replace_keyslot(json, slot);
    EXPECT_EQ(
        json_to_text(json["keyslots"]),
        R"({"0":{"vendor":1,"type":"luks2","priority":2,"key_size":64,"af":{"type":"luks1","stripes":4000,"hash":"sha256"},"area":{"type":"raw","offset":"290816","size":"258048","encryption":"aes-xts-plain64","key_size":64},"kdf":{"type":"argon2id","time":4,"memory":32,"cpus":1,"salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}})");
}

TEST(Luks2JsonEdit, SwapsKeyslotsUnderTheirNumbers) {
    Json json = test::parsed(R"({"keyslots":{"0":{"a":1},"5":{"b":2}}})");
    swap_keyslots(json, 5, 0);
    EXPECT_EQ(json_to_text(json), R"({"keyslots":{"0":{"b":2},"5":{"a":1}}})");
}

TEST(Luks2JsonEdit, NormalPriorityIsNoMember) {
    Json json = document();
    set_priority(json, 0, Priority::Ignore);
    EXPECT_EQ(json_to_text(json), test::with(test::vector_x().json, R"(Hh8="}}},"tokens")",
                                             R"(Hh8="},"priority":0}},"tokens")"));
    set_priority(json, 0, Priority::Normal);
    EXPECT_EQ(json_to_text(json), test::vector_x().json);
    set_priority(json, 0, Priority::Normal);
    EXPECT_EQ(json_to_text(json), test::vector_x().json);
}

TEST(Luks2JsonEdit, LinksOnce) {
    Json json = document();
    link_keyslot(json, 0, 5);
    link_keyslot(json, 0, 5);
    link_keyslot(json, 0, 0);
    EXPECT_EQ(json_to_text(json["digests"]["0"]["keyslots"]), R"(["0","5"])");
    unlink_keyslot(json, 0, 0);
    unlink_keyslot(json, 0, 7);
    EXPECT_EQ(json_to_text(json["digests"]["0"]["keyslots"]), R"(["5"])");
    remove_digest(json, 0);
    EXPECT_EQ(json_to_text(json["digests"]), "{}");
}

TEST(Luks2JsonEdit, StoresTokensAsTheyAre) {
    Json json = document();
    set_token(json, 3, test::parsed(R"({"keyslots":[],"type":"t","x":{"y":[]}})"));
    set_token(json, 1, test::parsed(R"({"type":"u","keyslots":[]})"));
    set_token(json, 3, test::parsed(R"({"type":"v","keyslots":[]})"));
    assign_token(json, 3, 0);
    assign_token(json, 3, 0);
    EXPECT_EQ(json_to_text(json["tokens"]),
              R"({"3":{"type":"v","keyslots":["0"]},"1":{"type":"u","keyslots":[]}})");
    unassign_token(json, 3, 0);
    remove_token(json, 1);
    remove_token(json, 9);
    EXPECT_EQ(json_to_text(json["tokens"]), R"({"3":{"type":"v","keyslots":[]}})");
}

TEST(Luks2JsonEdit, EmptyListsAreNoMembers) {
    Json json = document();
    set_flags(json, {"allow-discards", "no-journal"});
    set_requirements(json, {"opal"});
    EXPECT_EQ(
        json_to_text(json["config"]),
        R"({"json_size":"12288","keyslots_size":"16744448","flags":["allow-discards","no-journal"],"requirements":{"mandatory":["opal"]}})");
    set_flags(json, {});
    set_requirements(json, {});
    EXPECT_EQ(json_to_text(json), test::vector_x().json);
    set_requirements(json, {});
    EXPECT_EQ(json_to_text(json), test::vector_x().json);
}

TEST(Luks2JsonEdit, KeepsOtherRequirementsThanMandatoryOnes) {
    Json json = document();
    json["config"]["requirements"] = test::parsed(R"({"mandatory":["opal"],"future":["x"]})");
    set_requirements(json, {});
    EXPECT_EQ(json_to_text(json["config"]["requirements"]), R"({"future":["x"]})");
}

}  // namespace
}  // namespace latchkey::luks2
