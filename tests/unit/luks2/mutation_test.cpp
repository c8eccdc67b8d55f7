// SPDX-License-Identifier: GPL-2.0-or-later
// Removes every member of a valid document, and replaces it by values of every type: each change is refused, or is in
// the list of harmless ones.  cryptsetup 2.6.1 was given every one of these documents: it accepts those that are
// accepted here, and also negative numbers and key sizes beyond 32 bits.
#include <algorithm>
#include <map>
#include <set>

#include "luks2/metadata.h"
#include "samples.h"

namespace latchkey::luks2 {
namespace {

using Pointer = Json::json_pointer;

// Collects all places below `value`, containers before their contents.
void collect(const Json& value, const Pointer& here, std::vector<Pointer>& places) {
    if (value.is_object())
        for (const auto& [name, member] : value.items()) {
            places.push_back(here / name);
            collect(member, here / name, places);
        }
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i) {
            places.push_back(here / i);
            collect(value[i], here / i, places);
        }
}

const std::vector<std::string> kValues = {
    "null",    "true",    "0",     "1",       "-1",         "1.0",    "4294967296",
    "\"\"",    "\"x\"",   "\"0\"", "\"512\"", "\"01\"",     "\"-1\"", "[]",
    "[\"0\"]", "[\"9\"]", "[0]",   "{}",      R"({"0":{}})"};

const std::set<std::string> kAnything = [] {
    std::set<std::string> all(kValues.begin(), kValues.end());
    all.insert("removed");
    return all;
}();
// An unknown name: the header stays valid, and the object with it cannot be used.
const std::set<std::string> kAnyText = {"\"x\"", "\"0\"", "\"512\"", "\"01\"", "\"-1\""};

const std::map<std::string, std::set<std::string>> kHarmless = {
    // Checked when a key is verified: a digest that cannot be read matches no key.
    {"/digests/0/digest", kAnything},
    {"/digests/0/hash", kAnything},
    {"/digests/0/iterations", kAnything},
    {"/digests/0/salt", kAnything},
    {"/digests/0/type", kAnyText},
    // Checked when the keyslot is opened.
    {"/keyslots/0/af/hash", kAnyText},
    {"/keyslots/0/af/stripes", {"0", "1", "4294967296"}},  // always 4000
    {"/keyslots/0/area/encryption", kAnyText},
    {"/keyslots/0/area/key_size", {"0", "1"}},
    {"/keyslots/0/area/size", {"\"512\"", "\"01\""}},
    {"/keyslots/0/kdf/hash", kAnyText},
    {"/keyslots/0/kdf/iterations", {"0", "1", "4294967296"}},
    {"/keyslots/0/kdf/salt", kAnyText},
    {"/keyslots/0/kdf/type", kAnyText},
    {"/keyslots/0/key_size", {"0", "1"}},
    {"/keyslots/0/type", kAnyText},
    // Checked when the data are mapped.
    {"/segments/0/encryption", kAnyText},
    {"/segments/0/iv_tweak", {"\"512\"", "\"01\""}},
    {"/segments/0/offset", {"\"0\""}},  // as in a detached header
    {"/segments/0/type", kAnyText},
};

TEST(Luks2Mutation, EveryChangeIsRefusedOrKnownToBeHarmless) {
    const Json good = test::parsed(test::vector_x().json);
    std::vector<Pointer> places;
    collect(good, Pointer(), places);
    ASSERT_EQ(places.size(), 42U);
    const auto fields = test::fields_of(test::vector_x());
    int refused = 0;
    for (const Pointer& place : places) {
        std::set<std::string> accepted;
        const auto check = [&](const std::string& change, Json document) {
            const auto metadata = Metadata::from_json(fields, std::move(document));
            if (metadata)
                accepted.insert(change);
            else {
                ++refused;
                EXPECT_EQ(metadata.error().code, Errc::CorruptHeader);
                EXPECT_NE(metadata.error().message, "");
            }
        };
        Json without = good;
        Json& parent = without[place.parent_pointer()];
        if (parent.is_object())
            parent.erase(place.back());
        else
            parent.erase(static_cast<std::size_t>(std::stoi(place.back())));
        check("removed", without);
        for (const std::string& text : kValues) {
            Json changed = good;
            const Json value = test::parsed(text);
            if (changed[place] == value && changed[place].type() == value.type()) continue;
            changed[place] = value;
            check(text, changed);
        }
        const auto known = kHarmless.find(place.to_string());
        std::set<std::string> harmless =
            known == kHarmless.end() ? std::set<std::string>() : known->second;
        EXPECT_EQ(accepted, harmless) << place.to_string();
    }
    EXPECT_GT(refused, 650);
}

// Truncated or garbled text is refused, and nothing crashes.
TEST(Luks2Mutation, EveryByteOfTheTextMayBeWrong) {
    const std::string good = test::vector_x().json;
    const auto fields = test::fields_of(test::vector_x());
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes area(12288);
        std::ranges::copy(as_byte_view(std::string_view(good).substr(0, i)), area.begin());
        EXPECT_FALSE(Metadata::parse(fields, area)) << "cut at " << i;
        for (const unsigned bit : {0U, 5U, 7U}) {
            Bytes flipped(12288);
            std::ranges::copy(as_byte_view(good), flipped.begin());
            flipped[i] ^= std::byte(1U << bit);
            const auto metadata = Metadata::parse(fields, flipped);
            if (metadata) (void)metadata->json_text();
        }
    }
}

}  // namespace
}  // namespace latchkey::luks2
