// SPDX-License-Identifier: GPL-2.0-or-later
// An attacker who can write to a header but has no key cannot cause data to be mapped, recovered or moved
// (CVE-2021-4122 and similar).
#include "luks2/reencryption.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "support/corpus.h"
#include "verbs_testing.h"

namespace latchkey::luks2 {
namespace {

using latchkey::test::CorpusEntry;

struct Change {
    std::string what;
    Metadata metadata;
};

// Returns other values of the same kind for one member.
std::vector<Json> other_values(const Json& value) {
    if (value.is_number()) return {value.get<std::uint64_t>() * 2, value.get<std::uint64_t>() / 2};
    if (!value.is_string()) return {};
    const auto text = value.get<std::string>();
    if (!text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return {std::to_string(std::stoull(text) + 4096), std::to_string(std::stoull(text) + 8),
                "0", "dynamic"};
    if (text == "dynamic") return {"4096", "65536"};
    if (text == "forward") return {"backward"};
    if (text == "backward") return {"forward"};
    return {"none",    "journal", "checksum", "sha512",  "encrypt",
            "decrypt", "linear",  "crypt",    "aes-ecb", "aes-cbc-plain64"};
}

// Changes or removes one member of one object in turn, and collects the documents that can still be read.
void change_members(const Metadata& metadata, const Json::json_pointer& place,
                    std::vector<Change>& changes) {
    const auto add = [&](const std::string& what, auto edit) {
        auto next = metadata.edited(edit);
        if (next && next->document() != metadata.document())
            changes.push_back({what, std::move(next).value()});
    };
    for (const auto& [name, value] : metadata.document().at(place).items()) {
        const Json::json_pointer member = place / name;
        const std::string path = member.to_string();
        for (const Json& other : other_values(value))
            add(path + " = " + other.dump(), [&](Json& document) { document[member] = other; });
        add("no " + path, [&](Json& document) { document[place].erase(name); });
    }
}

std::vector<Change> changes_of(const Metadata& metadata, const Reencryption& reencryption) {
    std::vector<Change> changes;
    const Json::json_pointer keyslot =
        Json::json_pointer("/keyslots") / std::to_string(reencryption.keyslot->number);
    for (const char* name : {"mode", "direction"})
        for (const Json& other : other_values(metadata.document().at(keyslot / name)))
            if (auto next =
                    metadata.edited([&](Json& document) { document[keyslot / name] = other; });
                next && next->document() != metadata.document())
                changes.push_back({name, std::move(next).value()});
    change_members(metadata, keyslot / "area", changes);
    for (const Segment& segment : metadata.segments())
        change_members(metadata, Json::json_pointer("/segments") / std::to_string(segment.number),
                       changes);
    if (auto next = metadata.edited([](Json& document) {
            document["config"]["requirements"]["mandatory"] = {"online-reencrypt-v3"};
        }))
        changes.push_back({"version", std::move(next).value()});
    return changes;
}

// Returns how a change of the length of the last data begins.
std::string end_of_data(const Metadata& metadata) {
    int last = 0;
    for (const Segment& segment : metadata.segments())
        if (!segment.is_backup()) last = std::max(last, segment.number);
    return "/segments/" + std::to_string(last) + "/size = ";
}

TEST(Luks2Reencryption, ChangedMetadataMoveNoData) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    int images = 0;
    for (const CorpusEntry& entry : corpus.family("reencrypt")) {
        if (entry.files.size() != 1) continue;
        SCOPED_TRACE(entry.id);
        ++images;
        Context context;
        context.policy.metadata_locks = false;  // other tests use this volume, too
        const Bytes bytes = corpus.load(entry);
        const Metadata metadata = read_metadata(*test::file_with(bytes))->metadata;
        const auto reencryption = reencryption_of(metadata);
        ASSERT_TRUE(reencryption && *reencryption);
        const auto changes = changes_of(metadata, **reencryption);
        EXPECT_GT(changes.size(), 20U);
        for (const Change& change : changes) {
            const auto device = test::file_with(bytes);
            Metadata next = change.metadata;
            ASSERT_TRUE(write_metadata(context, *device, next));
            const Bytes before = test::bytes_of(*device);
            const auto header = test::load(device);
            if (!header) continue;
            const auto unlocked =
                (*header)->unlock(context, entry.keyslots.at(0).secret(), UnlockOptions{});
            if (!unlocked) continue;
            const KeyRing keys(unlocked->key, unlocked->more_keys);
            // The peer states where data end that were in use.  Other ends are refused where the device is known.
            const bool is_the_end = change.what.starts_with(end_of_data(metadata));
            EXPECT_TRUE(is_the_end || !(*header)->plan(context, keys)) << change.what;
            EXPECT_FALSE(
                (*header)->recover_reencryption(context, *device, keys, LostData::Accepted))
                << change.what;
            EXPECT_FALSE((*header)->run_reencryption(context, *device, keys, 0, nullptr))
                << change.what;
            EXPECT_EQ(before, test::bytes_of(*device)) << change.what;
        }
    }
    EXPECT_GE(images, 6);
}

}  // namespace
}  // namespace latchkey::luks2
