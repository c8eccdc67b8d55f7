// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/json_edit.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <map>

#include "base/base64.h"
#include "base/json.h"
#include "luks2/header_disk.h"
#include "luks2/requirements.h"

namespace latchkey::luks2 {
namespace {

std::string name_of(int number) {
    return std::to_string(number);
}

Json& object(Json& document, const char* kind, int number) {
    const auto found = document[kind].find(name_of(number));
    assert(found != document[kind].end());
    return *found;
}

// Adds a new object as the last one.
Json& add_object(Json& document, const char* kind, int number, Json value) {
    assert(!document[kind].contains(name_of(number)));
    return document[kind][name_of(number)] = std::move(value);
}

Json names_of(const std::vector<int>& numbers) {
    Json names = Json::array();
    for (const int number : numbers) names.push_back(name_of(number));
    return names;
}

void remove_name(Json& array, int number) {
    const std::string name = name_of(number);
    for (auto item = array.begin(); item != array.end();)
        item = *item == name ? array.erase(item) : item + 1;
}

void add_name(Json& array, int number) {
    const Json name = name_of(number);
    if (std::ranges::find(array, name) == array.end()) array.push_back(name);
}

bool is_backup(const Json& segment) {
    const auto flags = segment.find("flags");
    return flags != segment.end() && std::ranges::any_of(*flags, [](const Json& flag) {
               return flag.get<std::string>().starts_with("backup-");
           });
}

// Returns whether add_segment() writes this member.
bool is_segment_member(std::string_view name) {
    constexpr std::array<std::string_view, 7> kMembers = {
        "type", "offset", "size", "iv_tweak", "encryption", "sector_size", "flags"};
    return std::ranges::find(kMembers, name) != kMembers.end();
}

bool has_flag(const Json& segment, std::string_view wanted) {
    const auto flags = segment.find("flags");
    return flags != segment.end() && std::ranges::find(*flags, Json(wanted)) != flags->end();
}

Json kdf_object(const Keyslot& slot) {
    const model::KdfParams& kdf = slot.kdf;
    if (kdf.type == model::kPbkdf2)
        return {{"type", kdf.type},
                {"hash", kdf.hash},
                {"iterations", kdf.iterations},
                {"salt", to_base64(slot.kdf_salt)}};
    assert(kdf.is_argon2());
    return {{"type", kdf.type},
            {"time", kdf.iterations},
            {"memory", kdf.memory_kib},
            {"cpus", kdf.lanes},
            {"salt", to_base64(slot.kdf_salt)}};
}

Json af_object(const Keyslot& slot) {
    return {{"type", "luks1"}, {"stripes", slot.af_stripes}, {"hash", slot.af_hash}};
}

Json area_object(const Area& area) {
    assert(area.type == "raw");
    return {{"type", area.type},
            {"offset", std::to_string(area.offset)},
            {"size", std::to_string(area.size)},
            {"encryption", area.encryption},
            {"key_size", area.key_bytes}};
}

// An empty list removes the member; another value is put in the place of the old one.
void set_list(Json& parent, const char* member, const std::vector<std::string>& values) {
    if (values.empty())
        parent.erase(member);
    else
        parent[member] = values;
}

}  // namespace

Json empty_document(std::uint64_t header_size, std::uint64_t keyslots_size) {
    return {{"keyslots", Json::object()},
            {"tokens", Json::object()},
            {"segments", Json::object()},
            {"digests", Json::object()},
            {"config",
             {{"json_size", std::to_string(header_size - kBinaryHeaderBytes)},
              {"keyslots_size", std::to_string(keyslots_size)}}}};
}

void add_keyslot(Json& document, const Keyslot& slot) {
    assert(slot.is_luks2());
    add_object(document, "keyslots", slot.number,
               {{"type", slot.type},
                {"key_size", slot.key_bytes},
                {"af", af_object(slot)},
                {"area", area_object(slot.area)},
                {"kdf", kdf_object(slot)}});
    set_priority(document, slot.number, slot.priority);
}

void replace_keyslot(Json& document, const Keyslot& slot) {
    Json& stored = object(document, "keyslots", slot.number);
    stored["key_size"] = slot.key_bytes;
    stored["af"] = af_object(slot);
    stored["area"] = area_object(slot.area);
    stored["kdf"] = kdf_object(slot);
}

void remove_keyslot(Json& document, int number) {
    for (const char* kind : {"digests", "tokens"})
        for (Json& other : document[kind]) remove_name(other["keyslots"], number);
    document["keyslots"].erase(name_of(number));
}

void swap_keyslots(Json& document, int a, int b) {
    std::swap(object(document, "keyslots", a), object(document, "keyslots", b));
}

void renumber_keyslot(Json& document, int from, int to) {
    add_object(document, "keyslots", to, object(document, "keyslots", from));
    document["keyslots"].erase(name_of(from));
    for (const char* kind : {"digests", "tokens"})
        for (Json& other : document[kind])
            for (Json& name : other["keyslots"])
                if (name == name_of(from)) name = name_of(to);
}

void set_priority(Json& document, int number, Priority priority) {
    Json& slot = object(document, "keyslots", number);
    if (priority == Priority::Normal)
        slot.erase("priority");
    else
        slot["priority"] = static_cast<unsigned>(priority);
}

void add_segment(Json& document, const Segment& segment) {
    Json& stored = add_object(
        document, "segments", segment.number,
        {{"type", segment.type},
         {"offset", std::to_string(segment.offset)},
         {"size", segment.size ? std::to_string(*segment.size) : std::string("dynamic")}});
    if (segment.type == "crypt") {
        stored["iv_tweak"] = std::to_string(segment.iv_tweak);
        stored["encryption"] = segment.encryption;
        stored["sector_size"] = segment.sector_size;
    }
    if (!segment.flags.empty()) stored["flags"] = segment.flags;
}

void add_digest(Json& document, const Digest& digest) {
    add_object(document, "digests", digest.number,
               {{"type", digest.type},
                {"keyslots", names_of(digest.keyslots)},
                {"segments", names_of(digest.segments)},
                {"hash", digest.hash},
                {"iterations", digest.iterations},
                {"salt", to_base64(digest.salt)},
                {"digest", to_base64(digest.digest)}});
}

void remove_digest(Json& document, int number) {
    document["digests"].erase(name_of(number));
}

void link_keyslot(Json& document, int digest, int keyslot) {
    add_name(object(document, "digests", digest)["keyslots"], keyslot);
}
void unlink_keyslot(Json& document, int digest, int keyslot) {
    remove_name(object(document, "digests", digest)["keyslots"], keyslot);
}

void link_segment(Json& document, int digest, int segment) {
    for (auto& [number, other] : document["digests"].items())
        remove_name(other["segments"], segment);
    add_name(object(document, "digests", digest)["segments"], segment);
}

void replace_regular_segments(Json& document, const std::vector<Segment>& segments) {
    std::map<int, Json> backups;  // by number
    for (auto& [name, segment] : document["segments"].items())
        if (is_backup(segment)) backups.emplace(std::stoi(name), std::move(segment));
    document["segments"] = Json::object();
    for (const Segment& segment : segments) add_segment(document, segment);

    std::map<std::string, std::string> renamed;
    int next = static_cast<int>(segments.size());
    for (auto& [number, segment] : backups) {
        renamed[name_of(number)] = name_of(next);
        add_object(document, "segments", next++, std::move(segment));
    }
    for (auto& [number, digest] : document["digests"].items()) {
        Json kept = Json::array();
        for (const Json& name : digest["segments"])
            if (const auto found = renamed.find(name.get<std::string>()); found != renamed.end())
                kept.push_back(found->second);
        digest["segments"] = std::move(kept);
    }
}

void link_regular_segments(Json& document, int digest, const std::vector<int>& segments) {
    for (const int segment : segments)
        add_name(object(document, "digests", digest)["segments"], segment);
}

void begin_reencryption(Json& document, const ReencryptionStart& start) {
    const Area& area = start.keyslot.area;
    Json stored_area = {{"offset", std::to_string(area.offset)},
                        {"size", std::to_string(area.size)},
                        {"type", area.type}};
    if (!area.hash.empty()) {
        stored_area["hash"] = area.hash;
        stored_area["sector_size"] = area.block_size;
    }
    if (area.shift_size != 0) stored_area["shift_size"] = std::to_string(area.shift_size);
    add_object(document, "keyslots", start.keyslot.number,
               {{"area", std::move(stored_area)},
                {"type", start.keyslot.type},
                {"key_size", start.keyslot.key_bytes},
                {"mode", start.keyslot.mode},
                {"direction", start.keyslot.direction},
                {"priority", 0}});
    if (start.previous.type != "crypt") {
        // Of data in clear the only segment says what they become.
        document["segments"]["0"]["encryption"] = start.final.encryption;
        document["segments"]["0"]["sector_size"] = start.final.sector_size;
    }
    // Unknown members stay with the data.
    const Json as_it_is = document["segments"]["0"];
    int number = 1;
    const auto add = [&](Segment segment, const std::optional<int>& digest) {
        segment.number = number++;
        add_segment(document, segment);
        for (const auto& [name, value] : as_it_is.items())
            if (!is_segment_member(name))
                document["segments"][name_of(segment.number)][name] = value;
        if (digest) link_regular_segments(document, *digest, {segment.number});
    };
    if (start.moved) add(*start.moved, start.old_digest);
    add(start.previous, start.old_digest);
    add(start.final, start.new_digest);
    add_digest(document, start.proof);
    link_keyslot(document, start.proof.number, start.keyslot.number);

    Json& requirements = document["config"]["requirements"];
    if (!requirements.is_object()) requirements = Json::object();
    Json& mandatory = requirements["mandatory"];
    if (!mandatory.is_array()) mandatory = Json::array();
    mandatory.push_back("online-reencrypt-v" + std::to_string(start.version));
}

void end_reencryption(Json& document, std::optional<int> digest) {
    Json final;
    for (auto& [name, segment] : document["segments"].items())
        if (has_flag(segment, "backup-final")) final = std::move(segment);
    Json& flags = final["flags"];
    for (auto flag = flags.begin(); flag != flags.end();)
        flag = *flag == "backup-final" ? flags.erase(flag) : flag + 1;
    if (flags.empty()) final.erase("flags");
    document["segments"] = Json::object();
    document["segments"]["0"] = std::move(final);
    for (auto& [number, other] : document["digests"].items()) other["segments"] = Json::array();
    if (digest) add_name(object(document, "digests", *digest)["segments"], 0);

    Json& mandatory = document["config"]["requirements"]["mandatory"];
    for (auto name = mandatory.begin(); name != mandatory.end();)
        name =
            is_online_reencrypt_name(name->get<std::string>()) ? mandatory.erase(name) : name + 1;
}

void set_token(Json& document, int number, Json token) {
    document["tokens"][name_of(number)] = std::move(token);
}
void remove_token(Json& document, int number) {
    document["tokens"].erase(name_of(number));
}

void assign_token(Json& document, int token, int keyslot) {
    add_name(object(document, "tokens", token)["keyslots"], keyslot);
}
void unassign_token(Json& document, int token, int keyslot) {
    remove_name(object(document, "tokens", token)["keyslots"], keyslot);
}

void set_flags(Json& document, const std::vector<std::string>& flags) {
    set_list(document["config"], "flags", flags);
}

void set_requirements(Json& document, const std::vector<std::string>& mandatory) {
    Json& config = document["config"];
    if (mandatory.empty() && !config.contains("requirements")) return;
    set_list(config["requirements"], "mandatory", mandatory);
    drop_unused(document);
}

void drop_unused(Json& document) {
    Json& digests = document["digests"];
    for (auto digest = digests.begin(); digest != digests.end();) {
        const bool used = !(*digest)["keyslots"].empty() || !(*digest)["segments"].empty();
        if (used)
            ++digest;
        else
            digest = digests.erase(digest);
    }
    Json& config = document["config"];
    if (!config.contains("requirements")) return;
    Json& requirements = config["requirements"];
    if (requirements.contains("mandatory") && requirements["mandatory"].empty())
        requirements.erase("mandatory");
    if (requirements.empty()) config.erase("requirements");
}

}  // namespace latchkey::luks2
