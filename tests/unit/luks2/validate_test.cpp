// SPDX-License-Identifier: GPL-2.0-or-later
// One invalid header for each rule, made from a valid one by one edit, with the message of its refusal.
#include <functional>

#include "luks2/metadata.h"
#include "samples.h"

namespace latchkey::luks2 {
namespace {

using test::refusal;

// A header in the middle of a reencryption, with two keyslots, a token and a flag, so that every rule applies.
Json rich_document() {
    Json json = test::parsed(test::vector_x().json);
    json["keyslots"]["1"] = json["keyslots"]["0"];
    json["keyslots"]["1"]["area"]["offset"] = "290816";
    json["keyslots"]["1"]["kdf"] = {{"type", "argon2id"},
                                    {"time", 4},
                                    {"memory", 32},
                                    {"cpus", 1},
                                    {"salt", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}};
    json["keyslots"]["2"] = {{"area",
                              {{"offset", "548864"},
                               {"size", "4096"},
                               {"type", "datashift"},
                               {"shift_size", "1048576"}}},
                             {"type", "reencrypt"},
                             {"key_size", 1},
                             {"mode", "reencrypt"},
                             {"direction", "backward"},
                             {"priority", 0}};
    json["tokens"]["0"] = {
        {"type", "luks2-keyring"}, {"keyslots", {"0"}}, {"key_description", "d"}};
    Json& segments = json["segments"];
    segments["1"] = segments["0"];
    segments["0"]["size"] = "1048576";
    segments["1"]["offset"] = "17825792";
    segments["1"]["integrity"] = {
        {"type", "aead"}, {"journal_encryption", "none"}, {"journal_integrity", "none"}};
    segments["2"] = segments["0"];
    segments["2"]["flags"] = {"backup-previous"};
    segments["3"] = segments["2"];
    segments["3"]["flags"] = {"backup-final"};
    json["digests"]["0"]["segments"] = {"0", "1", "2", "3"};
    json["digests"]["0"]["keyslots"] = {"0", "1"};
    json["digests"]["1"] = json["digests"]["0"];
    json["digests"]["1"]["segments"] = Json::array();
    json["digests"]["1"]["keyslots"] = {"2"};
    json["config"]["flags"] = {"allow-discards"};
    json["config"]["requirements"] = {{"mandatory", {"online-reencrypt-v2"}}};
    return json;
}

Result<Metadata> check(Json document) {
    return Metadata::from_json(test::fields_of(test::vector_x()), std::move(document));
}

TEST(Luks2Rules, TheSampleIsGood) {
    const auto metadata = check(rich_document());
    ASSERT_TRUE(metadata) << metadata.error().message;
    EXPECT_EQ(metadata->keyslots().size(), 3U);
    EXPECT_EQ(metadata->config().requirements, std::vector<std::string>{"online-reencrypt-v2"});
}

struct Bad {
    const char* name;
    std::function<void(Json&)> edit;
    std::string message;
};

class Luks2Rule : public testing::TestWithParam<Bad> {};

TEST_P(Luks2Rule, RefusesByName) {
    Json document = rich_document();
    GetParam().edit(document);
    EXPECT_EQ(refusal(check(std::move(document))), GetParam().message);
}

void linear(Json& segment) {
    segment["type"] = "linear";
}

const Bad kRules[] = {
    // R1
    {"R1_object", [](Json& j) { j["config"]["requirements"] = Json::array(); },
     "config.requirements: not an object: an array"},
    {"R1_array", [](Json& j) { j["config"]["requirements"]["mandatory"] = "opal"; },
     "config.requirements.mandatory: not an array: \"opal\""},
    {"R1_strings", [](Json& j) { j["config"]["requirements"]["mandatory"] = {1}; },
     "config.requirements.mandatory: not a string in it: 1"},
    {"R1_one_version",
     [](Json& j) { j["config"]["requirements"]["mandatory"].push_back("online-reencrypt-v9"); },
     "config.requirements.mandatory: \"online-reencrypt-v2\" and \"online-reencrypt-v9\" at once"},
    // T1
    {"T1_missing", [](Json& j) { j.erase("tokens"); }, "tokens: missing"},
    {"T1_object", [](Json& j) { j["tokens"] = nullptr; }, "tokens: not an object: null"},
    {"T1_name", [](Json& j) { j["tokens"]["a"] = Json::object(); },
     "tokens: not an object number: \"a\""},
    {"T1_member", [](Json& j) { j["tokens"]["1"] = 3; }, "tokens.1: not an object: 3"},
    {"T1_type", [](Json& j) { j["tokens"]["0"].erase("type"); }, "tokens.0.type: missing"},
    {"T1_type_empty", [](Json& j) { j["tokens"]["0"]["type"] = ""; }, "tokens.0.type: empty"},
    {"T1_type_number", [](Json& j) { j["tokens"]["0"]["type"] = 5; },
     "tokens.0.type: not a string: 5"},
    {"T1_keyslots", [](Json& j) { j["tokens"]["0"].erase("keyslots"); },
     "tokens.0.keyslots: missing"},
    {"T1_reference", [](Json& j) { j["tokens"]["0"]["keyslots"] = {"9"}; },
     "tokens.0.keyslots: no such object: keyslots \"9\""},
    {"T1_reference_number", [](Json& j) { j["tokens"]["0"]["keyslots"] = {0}; },
     "tokens.0.keyslots: not a string in it: 0"},
    // D1
    {"D1_missing", [](Json& j) { j.erase("digests"); }, "digests: missing"},
    {"D1_name", [](Json& j) { j["digests"]["01"] = Json::object(); },
     "digests: not an object number: \"01\""},
    {"D1_huge_name", [](Json& j) { j["digests"]["4294967296"] = Json::object(); },
     "digests: not an object number: \"4294967296\""},
    {"D1_type", [](Json& j) { j["digests"]["0"]["type"] = ""; }, "digests.0.type: empty"},
    {"D1_keyslots",
     [](Json& j) {
         j["digests"]["0"]["keyslots"] = {"0", "7"};
     },
     "digests.0.keyslots: no such object: keyslots \"7\""},
    {"D1_segments", [](Json& j) { j["digests"]["0"]["segments"] = {"7"}; },
     "digests.0.segments: no such object: segments \"7\""},
    {"D1_segments_array", [](Json& j) { j["digests"]["0"]["segments"] = Json::object(); },
     "digests.0.segments: not an array: an object"},
    // S1
    {"S1_missing", [](Json& j) { j.erase("segments"); }, "segments: missing"},
    {"S1_none",
     [](Json& j) {
         j["segments"] = Json::object();
         j["digests"]["0"]["segments"] = Json::array();
     },
     "segments: none"},
    {"S1_name", [](Json& j) { j["segments"]["-1"] = Json::object(); },
     "segments: not an object number: \"-1\""},
    // S2
    {"S2_type", [](Json& j) { j["segments"]["0"].erase("type"); }, "segments.0.type: missing"},
    {"S2_offset", [](Json& j) { j["segments"]["0"]["offset"] = 16777216; },
     "segments.0.offset: not a string: 16777216"},
    {"S2_offset_hex", [](Json& j) { j["segments"]["0"]["offset"] = "0x1000000"; },
     "segments.0.offset: not decimal digits: \"0x1000000\""},
    {"S2_offset_blank", [](Json& j) { j["segments"]["0"]["offset"] = " 512"; },
     "segments.0.offset: not decimal digits: \" 512\""},
    {"S2_offset_huge", [](Json& j) { j["segments"]["0"]["offset"] = "18446744073709551616"; },
     "segments.0.offset: \"18446744073709551616\" > 18446744073709551615"},
    {"S2_size", [](Json& j) { j["segments"]["0"]["size"] = "-512"; },
     "segments.0.size: not decimal digits: \"-512\""},
    {"S2_size_zero", [](Json& j) { j["segments"]["0"]["size"] = "0"; }, "segments.0.size: 0"},
    // S3
    {"S3_offset", [](Json& j) { j["segments"]["0"]["offset"] = "16777217"; },
     "segments.0.offset: 16777217 is not a multiple of 512"},
    {"S3_size", [](Json& j) { j["segments"]["0"]["size"] = "1000"; },
     "segments.0.size: 1000 is not a multiple of 512"},
    // S4
    {"S4_array", [](Json& j) { j["segments"]["2"]["flags"] = "backup-final"; },
     "segments.2.flags: not an array: \"backup-final\""},
    {"S4_strings", [](Json& j) { j["segments"]["2"]["flags"] = {1}; },
     "segments.2.flags: not a string in it: 1"},
    // S5
    {"S5_first", [](Json& j) { j["segments"]["0"]["flags"] = {"backup-x"}; },
     "segments.0: a backup segment cannot be the first"},
    {"S5_behind", [](Json& j) { j["segments"]["3"].erase("flags"); },
     "segments.3: behind a backup segment"},
    // S6
    {"S6_iv_tweak", [](Json& j) { j["segments"]["0"]["iv_tweak"] = "dynamic"; },
     "segments.0.iv_tweak: not decimal digits: \"dynamic\""},
    {"S6_encryption", [](Json& j) { j["segments"]["0"]["encryption"] = ""; },
     "segments.0.encryption: empty"},
    {"S6_sector_size", [](Json& j) { j["segments"]["0"]["sector_size"] = 1000; },
     "segments.0.sector_size: 1000 is not a multiple of 512 above 0"},
    {"S6_sector_size_zero", [](Json& j) { j["segments"]["0"]["sector_size"] = 0; },
     "segments.0.sector_size: 0 is not a multiple of 512 above 0"},
    {"S6_sector_size_text", [](Json& j) { j["segments"]["0"]["sector_size"] = "512"; },
     "segments.0.sector_size: not an integer: \"512\""},
    {"S6_sector_size_fraction", [](Json& j) { j["segments"]["0"]["sector_size"] = 512.0; },
     "segments.0.sector_size: not an integer: 512.0"},
    {"S6_sector_size_negative", [](Json& j) { j["segments"]["0"]["sector_size"] = -512; },
     "segments.0.sector_size: -512 < 0"},
    {"S6_sector_size_huge", [](Json& j) { j["segments"]["0"]["sector_size"] = 4294967296U; },
     "segments.0.sector_size: 4294967296 > 4294967295"},
    {"S6_size", [](Json& j) { j["segments"]["0"]["size"] = "1048064"; },
     "segments.0.size: 1048064 is not a multiple of sector_size 4096"},
    {"S6_digest",
     [](Json& j) {
         j["digests"]["0"]["segments"] = {"0", "2", "3"};
     },
     "segments.1: in no digest"},
    {"S6_integrity", [](Json& j) { j["segments"]["1"]["integrity"] = "aead"; },
     "segments.1.integrity: not an object: \"aead\""},
    {"S6_integrity_type", [](Json& j) { j["segments"]["1"]["integrity"]["type"] = ""; },
     "segments.1.integrity.type: empty"},
    {"S6_journal_encryption",
     [](Json& j) { j["segments"]["1"]["integrity"].erase("journal_encryption"); },
     "segments.1.integrity.journal_encryption: missing"},
    {"S6_journal_integrity",
     [](Json& j) { j["segments"]["1"]["integrity"].erase("journal_integrity"); },
     "segments.1.integrity.journal_integrity: missing"},
    // S7
    {"S7_dynamic", [](Json& j) { j["segments"]["1"]["type"] = "hw-opal"; },
     "segments.1.size: dynamic, in a segment of type hw-opal"},
    {"S7_number", [](Json& j) { j["segments"]["0"]["type"] = "hw-opal"; },
     "segments.0.opal_segment_number: missing"},
    {"S7_key_size",
     [](Json& j) {
         j["segments"]["0"]["type"] = "hw-opal-crypt";
         j["segments"]["0"]["opal_segment_number"] = 1;
     },
     "segments.0.opal_key_size: missing"},
    {"S7_size_zero",
     [](Json& j) {
         j["segments"]["0"].update({{"type", "hw-opal"},
                                    {"opal_segment_number", 1},
                                    {"opal_key_size", 32},
                                    {"opal_segment_size", "0"}});
     },
     "segments.0.opal_segment_size: 0"},
    {"S7_size_small",
     [](Json& j) {
         j["segments"]["0"].update({{"type", "hw-opal"},
                                    {"opal_segment_number", 1},
                                    {"opal_key_size", 32},
                                    {"opal_segment_size", "512"}});
     },
     "segments.0.opal_segment_size: 512 < 1048576 (size)"},
    {"S7_crypt",
     [](Json& j) {
         j["segments"]["0"].update({{"type", "hw-opal-crypt"},
                                    {"opal_segment_number", 1},
                                    {"opal_key_size", 32},
                                    {"opal_segment_size", "1048576"}});
         j["segments"]["0"].erase("iv_tweak");
     },
     "segments.0.iv_tweak: missing"},
    // S8
    {"S8_gap",
     [](Json& j) {
         j["segments"]["5"] = j["segments"]["3"];
         j["segments"].erase("3");
         j["digests"]["0"]["segments"] = {"0", "1", "2", "5"};
     },
     "segments: number 5 in 4 segments, there is a gap"},
    // S9
    {"S9_overlap", [](Json& j) { j["segments"]["0"]["size"] = "1052672"; },
     "segments.0: reaches into segments.1, which begins at 17825792"},
    {"S9_dynamic", [](Json& j) { j["segments"]["0"]["size"] = "dynamic"; },
     "segments.0.size: dynamic, but segments.1 follows"},
    {"S9_dynamic_below", [](Json& j) { j["segments"]["1"]["offset"] = "15728640"; },
     "segments.1: reaches into segments.0, which begins at 16777216"},
    {"S9_overflow", [](Json& j) { j["segments"]["0"]["size"] = "18446744073709547520"; },
     "segments.0: offset 16777216 + size 18446744073709547520 overflows"},
    // S10
    {"S10_previous", [](Json& j) { j["segments"]["2"]["flags"] = {"backup-x"}; },
     "segments: reencryption, but no segment flagged backup-previous"},
    {"S10_final", [](Json& j) { j["segments"]["3"]["flags"] = {"backup-x"}; },
     "segments: reencryption, but no segment flagged backup-final"},
    {"S10_encryption", [](Json& j) { j["segments"]["1"]["encryption"] = "aes-cbc-plain64"; },
     "segments.1: like neither the backup-previous nor the backup-final segment"},
    {"S10_sector_size", [](Json& j) { j["segments"]["1"]["sector_size"] = 512; },
     "segments.1: like neither the backup-previous nor the backup-final segment"},
    {"S10_type", [](Json& j) { linear(j["segments"]["1"]); },
     "segments.1: like neither the backup-previous nor the backup-final segment"},
    {"S10_in_reencryption",
     [](Json& j) {
         linear(j["segments"]["3"]);
         j["segments"]["0"]["flags"] = {"in-reencryption"};
     },
     "segments.0: in reencryption, but not like the backup-final segment"},
    // K1
    {"K1_missing", [](Json& j) { j.erase("keyslots"); }, "keyslots: missing"},
    {"K1_name", [](Json& j) { j["keyslots"]["x"] = Json::object(); },
     "keyslots: not an object number: \"x\""},
    {"K1_type", [](Json& j) { j["keyslots"]["1"].erase("type"); }, "keyslots.1.type: missing"},
    {"K1_key_size", [](Json& j) { j["keyslots"]["1"].erase("key_size"); },
     "keyslots.1.key_size: missing"},
    {"K1_key_size_text", [](Json& j) { j["keyslots"]["1"]["key_size"] = "64"; },
     "keyslots.1.key_size: not an integer: \"64\""},
    {"K1_key_size_negative", [](Json& j) { j["keyslots"]["1"]["key_size"] = -1; },
     "keyslots.1.key_size: -1 < 0"},
    {"K1_key_size_fraction", [](Json& j) { j["keyslots"]["1"]["key_size"] = 64.0; },
     "keyslots.1.key_size: not an integer: 64.0"},
    {"K1_key_size_huge", [](Json& j) { j["keyslots"]["1"]["key_size"] = 4294967296U; },
     "keyslots.1.key_size: 4294967296 > 4294967295"},
    {"K1_priority", [](Json& j) { j["keyslots"]["1"]["priority"] = 3; },
     "keyslots.1.priority: 3 is not 0, 1 or 2"},
    // C1
    {"C1_missing", [](Json& j) { j.erase("config"); }, "config: missing"},
    {"C1_json_size", [](Json& j) { j["config"].erase("json_size"); }, "config.json_size: missing"},
    {"C1_json_size_number", [](Json& j) { j["config"]["json_size"] = 12288; },
     "config.json_size: not a string: 12288"},
    {"C1_keyslots_size", [](Json& j) { j["config"]["keyslots_size"] = "16M"; },
     "config.keyslots_size: not decimal digits: \"16M\""},
    {"C1_keyslots_size_odd", [](Json& j) { j["config"]["keyslots_size"] = "16744447"; },
     "config.keyslots_size: 16744447 is not a multiple of 4096"},
    {"C1_keyslots_size_huge", [](Json& j) { j["config"]["keyslots_size"] = "134221824"; },
     "config.keyslots_size: 134221824 > 134217728"},
    // C2
    {"C2_offset", [](Json& j) { j["segments"]["0"]["offset"] = "16773120"; },
     "segments: offset 16773120 < 16777216 (end of the keyslots area)"},
    // C3
    {"C3_flags", [](Json& j) { j["config"]["flags"] = Json::object(); },
     "config.flags: not an array: an object"},
    {"C3_strings", [](Json& j) { j["config"]["flags"] = {true}; },
     "config.flags: not a string in it: true"},
    // J1
    {"J1_json_size", [](Json& j) { j["config"]["json_size"] = "28672"; },
     "config.json_size: 28672 != 12288 (hdr_size - 4096)"},
    // A1
    {"A1_area", [](Json& j) { j["keyslots"]["1"].erase("area"); }, "keyslots.1.area: missing"},
    {"A1_type", [](Json& j) { j["keyslots"]["1"]["area"]["type"] = ""; },
     "keyslots.1.area.type: empty"},
    {"A1_offset", [](Json& j) { j["keyslots"]["1"]["area"]["offset"] = "a"; },
     "keyslots.1.area.offset: not decimal digits: \"a\""},
    {"A1_size", [](Json& j) { j["keyslots"]["1"]["area"].erase("size"); },
     "keyslots.1.area.size: missing"},
    // A2
    {"A2_low", [](Json& j) { j["keyslots"]["1"]["area"]["offset"] = "28672"; },
     "keyslots.1.area.offset: 28672 < 32768 (end of the headers)"},
    {"A2_zero", [](Json& j) { j["keyslots"]["2"]["area"]["size"] = "0"; },
     "keyslots.2.area.size: 0"},
    {"A2_overflow", [](Json& j) { j["keyslots"]["1"]["area"]["offset"] = "18446744073709551104"; },
     "keyslots.1.area: offset 18446744073709551104 + size 258048 overflows"},
    {"A2_high", [](Json& j) { j["keyslots"]["1"]["area"]["offset"] = "16523264"; },
     "keyslots.1.area: end 16781312 > 16777216 (end of the keyslots area)"},
    {"A2_overlap", [](Json& j) { j["keyslots"]["1"]["area"]["offset"] = "286720"; },
     "keyslots.0.area: end 290816 > 286720 (keyslots.1.area.offset)"},
    {"A2_same", [](Json& j) { j["keyslots"]["1"]["area"]["offset"] = "32768"; },
     "keyslots.0.area: end 290816 > 32768 (keyslots.1.area.offset)"},
    // L1
    {"L1_kdf", [](Json& j) { j["keyslots"]["0"].erase("kdf"); }, "keyslots.0.kdf: missing"},
    {"L1_kdf_type", [](Json& j) { j["keyslots"]["0"]["kdf"].erase("type"); },
     "keyslots.0.kdf.type: missing"},
    {"L1_hash", [](Json& j) { j["keyslots"]["0"]["kdf"].erase("hash"); },
     "keyslots.0.kdf.hash: missing"},
    {"L1_iterations", [](Json& j) { j["keyslots"]["0"]["kdf"]["iterations"] = "1000"; },
     "keyslots.0.kdf.iterations: not an integer: \"1000\""},
    {"L1_iterations_negative", [](Json& j) { j["keyslots"]["0"]["kdf"]["iterations"] = -1; },
     "keyslots.0.kdf.iterations: -1 < 0"},
    {"L1_iterations_beyond_u64", [](Json& j) { j["keyslots"]["0"]["kdf"]["iterations"] = 1e30; },
     "keyslots.0.kdf.iterations: not an integer: 1e+30"},
    {"L1_salt", [](Json& j) { j["keyslots"]["0"]["kdf"].erase("salt"); },
     "keyslots.0.kdf.salt: missing"},
    {"L1_time", [](Json& j) { j["keyslots"]["1"]["kdf"].erase("time"); },
     "keyslots.1.kdf.time: missing"},
    {"L1_memory", [](Json& j) { j["keyslots"]["1"]["kdf"]["memory"] = nullptr; },
     "keyslots.1.kdf.memory: not an integer: null"},
    {"L1_cpus", [](Json& j) { j["keyslots"]["1"]["kdf"].erase("cpus"); },
     "keyslots.1.kdf.cpus: missing"},
    {"L1_argon2_salt", [](Json& j) { j["keyslots"]["1"]["kdf"]["salt"] = ""; },
     "keyslots.1.kdf.salt: empty"},
    {"L1_af", [](Json& j) { j["keyslots"]["0"].erase("af"); }, "keyslots.0.af: missing"},
    {"L1_af_type", [](Json& j) { j["keyslots"]["0"]["af"]["type"] = "luks2"; },
     "keyslots.0.af.type: \"luks2\" != \"luks1\""},
    {"L1_stripes", [](Json& j) { j["keyslots"]["0"]["af"].erase("stripes"); },
     "keyslots.0.af.stripes: missing"},
    {"L1_af_hash", [](Json& j) { j["keyslots"]["0"]["af"]["hash"] = 256; },
     "keyslots.0.af.hash: not a string: 256"},
    {"L1_area_type", [](Json& j) { j["keyslots"]["0"]["area"]["type"] = "none"; },
     "keyslots.0.area.type: \"none\" != \"raw\""},
    {"L1_encryption", [](Json& j) { j["keyslots"]["0"]["area"].erase("encryption"); },
     "keyslots.0.area.encryption: missing"},
    {"L1_area_key_size", [](Json& j) { j["keyslots"]["0"]["area"]["key_size"] = "64"; },
     "keyslots.0.area.key_size: not an integer: \"64\""},
    {"L1_no_digest", [](Json& j) { j["digests"]["0"]["keyslots"] = {"0"}; },
     "keyslots.1: in 0 digests, not 1"},
    {"L1_two_digests",
     [](Json& j) {
         j["digests"]["1"]["keyslots"] = {"1", "2"};
     },
     "keyslots.1: in 2 digests, not 1"},
    // L2
    {"L2_key_size", [](Json& j) { j["keyslots"]["2"]["key_size"] = 64; },
     "keyslots.2.key_size: 64 != 1"},
    {"L2_mode", [](Json& j) { j["keyslots"]["2"]["mode"] = "rewrite"; },
     "keyslots.2.mode: unknown: \"rewrite\""},
    {"L2_direction", [](Json& j) { j["keyslots"]["2"]["direction"] = "up"; },
     "keyslots.2.direction: unknown: \"up\""},
    {"L2_shift", [](Json& j) { j["keyslots"]["2"]["area"].erase("shift_size"); },
     "keyslots.2.area.shift_size: missing"},
    {"L2_shift_zero", [](Json& j) { j["keyslots"]["2"]["area"]["shift_size"] = "0"; },
     "keyslots.2.area.shift_size: 0 is not a multiple of 512 above 0"},
    {"L2_checksum_hash", [](Json& j) { j["keyslots"]["2"]["area"]["type"] = "checksum"; },
     "keyslots.2.area.hash: missing"},
    {"L2_checksum_block",
     [](Json& j) {
         j["keyslots"]["2"]["area"].update(
             {{"type", "datashift-checksum"}, {"hash", "sha256"}, {"sector_size", 1536}});
     },
     "keyslots.2.area.sector_size: 1536 is not a power of 2 from 512"},
    {"L2_two",
     [](Json& j) {
         j["keyslots"]["3"] = j["keyslots"]["2"];
         j["keyslots"]["3"]["area"]["offset"] = "552960";
     },
     "keyslots.2 and keyslots.3: both of type reencrypt"},
    {"L2_no_requirement", [](Json& j) { j["config"].erase("requirements"); },
     "keyslots.2: of type reencrypt, without an online-reencrypt requirement"},
    {"L2_no_keyslot",
     [](Json& j) {
         j["keyslots"].erase("2");
         j["digests"].erase("1");
     },
     "keyslots: none of type reencrypt, with an online-reencrypt requirement"},
};

INSTANTIATE_TEST_SUITE_P(All, Luks2Rule, testing::ValuesIn(kRules),
                         [](const auto& test) { return test.param.name; });

TEST(Luks2Rules, NamesWhatAPersonCannotPrint) {
    Json document = rich_document();
    document["segments"]["0"]["offset"] = "\x1b[2J\xff" + std::string(100, '7');
    EXPECT_EQ(refusal(check(document)), "segments.0.offset: not decimal digits: \"\\x1b[2J\\xff" +
                                            std::string(35, '7') + "\"...");
}

// Faults that the peer refuses only when it opens a keyslot, maps a segment or checks a key leave the header valid
// here too: the rest of it still works.
struct Defect {
    const char* name;
    std::function<void(Json&)> edit;
    std::function<std::string(const Metadata&)> defect;
    std::string message;
};

class Luks2Defect : public testing::TestWithParam<Defect> {};

TEST_P(Luks2Defect, LeavesTheHeaderValid) {
    Json document = rich_document();
    GetParam().edit(document);
    const auto metadata = check(std::move(document));
    ASSERT_TRUE(metadata) << metadata.error().message;
    EXPECT_EQ(GetParam().defect(*metadata), GetParam().message);
    EXPECT_EQ(metadata->keyslot(1)->defect, "") << "the other keyslot is as it was";
}

std::string of_slot(const Metadata& metadata) {
    return metadata.keyslot(0)->defect;
}
std::string of_digest(const Metadata& metadata) {
    return metadata.digest(0)->defect;
}

INSTANTIATE_TEST_SUITE_P(
    All, Luks2Defect,
    testing::Values(
        Defect{"Salt", [](Json& j) { j["keyslots"]["0"]["kdf"]["salt"] = "*"; }, of_slot,
               "keyslots.0.kdf.salt: not base64: \"*\""},
        Defect{"Iterations", [](Json& j) { j["keyslots"]["0"]["kdf"]["iterations"] = 0; }, of_slot,
               "keyslots.0.kdf.iterations: 0"},
        Defect{"Time",
               [](Json& j) {
                   j["keyslots"]["0"]["kdf"] = j["keyslots"]["1"]["kdf"];
                   j["keyslots"]["0"]["kdf"]["time"] = 0;
               },
               of_slot, "keyslots.0.kdf.time: 0"},
        Defect{"KdfType", [](Json& j) { j["keyslots"]["0"]["kdf"]["type"] = "scrypt"; }, of_slot,
               "keyslots.0.kdf.type: unknown: \"scrypt\""},
        Defect{"Type", [](Json& j) { j["keyslots"]["0"]["type"] = "luks3"; }, of_slot,
               "keyslots.0.type: unknown: \"luks3\""},
        Defect{"KeySize", [](Json& j) { j["keyslots"]["0"]["key_size"] = 0; }, of_slot,
               "keyslots.0.key_size: 0"},
        Defect{"AreaKeySize", [](Json& j) { j["keyslots"]["0"]["area"]["key_size"] = 513; },
               of_slot, "keyslots.0.area.key_size: 513 is not in 1 .. 512"},
        Defect{"AreaTooSmall", [](Json& j) { j["keyslots"]["0"]["area"]["size"] = "255999"; },
               of_slot, "keyslots.0.area.size: 255999 < 256000 (key_size 64 * 4000 stripes)"},
        Defect{
            "HugeKeySize", [](Json& j) { j["keyslots"]["0"]["key_size"] = 4294967295U; }, of_slot,
            "keyslots.0.area.size: 258048 < 17179869180000 (key_size 4294967295 * 4000 stripes)"},
        Defect{"ReencryptArea", [](Json& j) { j["keyslots"]["2"]["area"]["type"] = "new"; },
               [](const Metadata& m) { return m.keyslot(2)->defect; },
               "keyslots.2.area.type: unknown: \"new\""},
        Defect{"DigestType", [](Json& j) { j["digests"]["0"]["type"] = "sha"; }, of_digest,
               "digests.0.type: unknown: \"sha\""},
        Defect{"DigestIterations", [](Json& j) { j["digests"]["0"]["iterations"] = -1; }, of_digest,
               "digests.0.iterations: -1 < 0"},
        Defect{"DigestSalt", [](Json& j) { j["digests"]["0"]["salt"] = "AA="; }, of_digest,
               "digests.0.salt: not base64: \"AA=\""},
        Defect{"DigestValue", [](Json& j) { j["digests"]["0"].erase("digest"); }, of_digest,
               "digests.0.digest: missing"},
        Defect{"SectorSize",
               [](Json& j) {
                   for (Json& segment : j["segments"]) {
                       segment["sector_size"] = 8192;
                       segment["size"] = "1048576";
                   }
               },
               [](const Metadata& m) { return m.segment(0)->defect; },
               "segments.0.sector_size: 8192 is not 512, 1024, 2048 or 4096"}),
    [](const auto& test) { return test.param.name; });

TEST(Luks2Rules, TheGoodSampleHasNoDefect) {
    const auto metadata = check(rich_document());
    ASSERT_TRUE(metadata);
    for (const Keyslot& slot : metadata->keyslots()) EXPECT_EQ(slot.defect, "");
    for (const Segment& segment : metadata->segments()) EXPECT_EQ(segment.defect, "");
    for (const Digest& digest : metadata->digests()) EXPECT_EQ(digest.defect, "");
}

TEST(Luks2Rules, KnowEveryAreaOfReencryption) {
    for (
        const char* area :
        {R"({"type":"none"})", R"({"type":"journal"})",
         R"({"type":"checksum","hash":"sha256","sector_size":4096})",
         R"({"type":"datashift","shift_size":"512"})",
         R"({"type":"datashift-journal","shift_size":"512"})",
         R"({"type":"datashift-checksum","hash":"sha256","sector_size":512,"shift_size":"512"})"}) {
        Json document = rich_document();
        document["keyslots"]["2"]["area"] = test::parsed(area);
        document["keyslots"]["2"]["area"].update({{"offset", "548864"}, {"size", "4096"}});
        const auto metadata = check(document);
        ASSERT_TRUE(metadata) << area << metadata.error().message;
        EXPECT_EQ(metadata->keyslot(2)->defect, "") << area;
    }
}

TEST(Luks2Rules, AllowAnUnknownReencryptionVersionOnlyWithItsKeyslot) {
    Json document = rich_document();
    document["config"]["requirements"]["mandatory"] = {"online-reencrypt-v17"};
    EXPECT_TRUE(check(document));
    document["keyslots"].erase("2");
    document["digests"].erase("1");
    EXPECT_TRUE(check(document)) << "nothing is known of that version";
}

TEST(Luks2Rules, LeaveAHeaderValidWhoseOnlySegmentEndsBeyondEverything) {
    Json document = test::parsed(test::vector_x().json);
    document["segments"]["0"]["size"] = "18446744073709547520";
    const auto metadata = check(document);
    ASSERT_TRUE(metadata) << metadata.error().message;
    EXPECT_EQ(metadata->default_segment().defect,
              "segments.0: offset 16777216 + size 18446744073709547520 overflows");
}

TEST(Luks2Rules, ReadASegmentOfUnknownTypeAsIfItWereCrypt) {
    Json document = test::parsed(test::vector_x().json);
    document["segments"]["0"]["type"] = "future";
    const auto metadata = check(document);
    ASSERT_TRUE(metadata);
    EXPECT_EQ(metadata->default_segment().encryption, "aes-xts-plain64");
    EXPECT_EQ(metadata->default_segment().sector_size, 4096U);
    document["segments"]["0"]["sector_size"] = "";
    const auto other = check(document);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->default_segment().encryption, "");
}

}  // namespace
}  // namespace latchkey::luks2
