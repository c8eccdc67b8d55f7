// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>
#include <cinttypes>
#include <map>
#include <set>
#include <span>

#include "base/base64.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "latchkey/sectors.h"
#include "luks2/area_layout.h"
#include "luks2/requirements.h"
#include "luks2/validate.h"

namespace latchkey::luks2 {
namespace {

// Maximum of all keyslot ciphers, in bytes; the KDF produces this many.
constexpr std::uint32_t kMaxAreaKeyBytes = 512;

constexpr std::array kPbkdf2Members = {"type", "hash", "iterations", "salt"};
constexpr std::array kArgon2Members = {"type", "time", "memory", "cpus", "salt"};

// Returns nothing for a kdf of an unknown type.
std::span<const char* const> allowed_members(std::string_view kdf_type) {
    if (kdf_type == model::kPbkdf2) return kPbkdf2Members;
    if (kdf_type == model::kArgon2i || kdf_type == model::kArgon2id) return kArgon2Members;
    return {};
}

bool contains(std::span<const char* const> members, std::string_view name) {
    return std::ranges::any_of(members, [&](std::string_view member) { return member == name; });
}

Result<void> read_kdf(const Node& slot_node, Keyslot& slot) {
    LK_ASSIGN(const Node node, slot_node.object("kdf"));
    LK_ASSIGN(slot.kdf.type, node.text("type"));
    const auto allowed = allowed_members(slot.kdf.type);
    for (const auto& [name, value] : node.json().items())
        if (!allowed.empty() && !contains(allowed, name))
            return node.error(name.c_str(), "not a member of a kdf of type " + slot.kdf.type);
    if (slot.kdf.type == model::kPbkdf2) {
        LK_ASSIGN(slot.kdf.hash, node.text("hash"));
        LK_ASSIGN(slot.kdf.iterations, node.number("iterations"));
        if (slot.kdf.iterations == 0) slot.defect = node.error("iterations", "0").message;
    } else if (slot.kdf.is_argon2()) {
        LK_ASSIGN(slot.kdf.iterations, node.number("time"));
        LK_ASSIGN(slot.kdf.memory_kib, node.number("memory"));
        LK_ASSIGN(slot.kdf.lanes, node.number32("cpus"));
        if (slot.kdf.iterations == 0) slot.defect = node.error("time", "0").message;
        if (slot.kdf.memory_kib == 0) slot.defect = node.error("memory", "0").message;
        if (slot.kdf.lanes == 0) slot.defect = node.error("cpus", "0").message;
    } else {
        slot.defect = node.error("type", "unknown: " + quote(slot.kdf.type)).message;
        return {};
    }
    LK_ASSIGN(const std::string salt, node.text("salt"));
    if (auto bytes = from_base64(salt))
        slot.kdf_salt = std::move(*bytes);
    else
        slot.defect = node.error("salt", "not base64: " + quote(salt)).message;
    return {};
}

Result<void> read_af(const Node& slot_node, Keyslot& slot) {
    LK_ASSIGN(const Node node, slot_node.object("af"));
    LK_ASSIGN(const std::string type, node.text("type"));
    if (type != "luks1") return node.error("type", quote(type) + " != \"luks1\"");
    LK_ASSIGN(slot.af_hash, node.text("hash"));
    LK_ASSIGN(slot.af_stripes, node.number("stripes"));
    return {};
}

// L1, without the digest.
Result<void> read_luks2(const Node& node, Keyslot& slot) {
    LK_TRY(read_kdf(node, slot));
    LK_TRY(read_af(node, slot));
    LK_ASSIGN(const Node area, node.object("area"));
    if (slot.area.type != "raw") return area.error("type", quote(slot.area.type) + " != \"raw\"");
    LK_ASSIGN(slot.area.encryption, area.text("encryption"));
    LK_ASSIGN(slot.area.key_bytes, area.number32("key_size"));

    // The peer checks these only when it opens the keyslot.
    const std::uint64_t material = std::uint64_t{slot.key_bytes} * kAfStripes;
    if (slot.key_bytes == 0) slot.defect = node.error("key_size", "0").message;
    if (slot.area.key_bytes == 0 || slot.area.key_bytes > kMaxAreaKeyBytes)
        slot.defect = area.error("key_size", strprintf("%u is not in 1 .. %u", slot.area.key_bytes,
                                                       kMaxAreaKeyBytes))
                          .message;
    if (material > slot.area.size)
        slot.defect =
            area.error("size", strprintf("%" PRIu64 " < %" PRIu64 " (key_size %u * 4000 stripes)",
                                         slot.area.size, material, slot.key_bytes))
                .message;
    return {};
}

Result<std::uint64_t> read_shift(const Node& area) {
    LK_ASSIGN(const std::uint64_t shift, area.digits("shift_size"));
    if (shift == 0 || shift % kSectorSize != 0)
        return area.error("shift_size",
                          strprintf("%" PRIu64 " is not a multiple of 512 above 0", shift));
    return shift;
}

// L2, without its rule about requirements (docs/formats/luks2.md section 3).
Result<void> read_reencrypt(const Node& node, Keyslot& slot) {
    static constexpr std::array<std::string_view, 3> kModes = {"reencrypt", "encrypt", "decrypt"};
    static constexpr std::array<std::string_view, 2> kDirections = {"forward", "backward"};
    if (slot.key_bytes != 1) return node.error("key_size", strprintf("%u != 1", slot.key_bytes));
    LK_ASSIGN(slot.mode, node.text("mode"));
    if (std::ranges::find(kModes, slot.mode) == kModes.end())
        return node.error("mode", "unknown: " + quote(slot.mode));
    LK_ASSIGN(slot.direction, node.text("direction"));
    if (std::ranges::find(kDirections, slot.direction) == kDirections.end())
        return node.error("direction", "unknown: " + quote(slot.direction));

    LK_ASSIGN(const Node area, node.object("area"));
    const std::string& type = slot.area.type;
    if (type == "checksum" || type == "datashift-checksum") {
        LK_ASSIGN(slot.area.hash, area.text("hash"));
        LK_ASSIGN(const std::uint32_t block, area.number32("sector_size"));
        if (block < 512 || (block & (block - 1)) != 0)
            return area.error("sector_size", strprintf("%u is not a power of 2 from 512", block));
        slot.area.block_size = block;
        // The peer checks this only when it continues.
        if (type == "datashift-checksum") {
            if (auto shift = read_shift(area))
                slot.area.shift_size = *shift;
            else
                slot.defect = shift.error().message;
        }
    } else if (type == "datashift" || type == "datashift-journal") {
        LK_ASSIGN(slot.area.shift_size, read_shift(area));
    } else if (type != "none" && type != "journal") {
        slot.defect = area.error("type", "unknown: " + quote(type)).message;
    }
    return {};
}

Result<Priority> read_priority(const Node& node) {
    if (!node.has("priority")) return Priority::Normal;
    LK_ASSIGN(const std::uint64_t priority, node.number("priority"));
    if (priority > static_cast<std::uint64_t>(Priority::Prefer))
        return node.error("priority", strprintf("%" PRIu64 " is not 0, 1 or 2", priority));
    return static_cast<Priority>(priority);
}

}  // namespace

Result<std::vector<Keyslot>> read_keyslots(const Node& root) {
    LK_ASSIGN(const Node keyslots, root.object("keyslots"));
    LK_ASSIGN(const std::vector<Node::Numbered> members, keyslots.numbered());
    std::vector<Keyslot> result;
    for (const auto& [number, node] : members) {
        Keyslot slot{.number = number, .type = {}, .area = {.type = {}}};
        LK_ASSIGN(slot.type, node.text("type"));
        LK_ASSIGN(slot.key_bytes, node.number32("key_size"));
        LK_ASSIGN(slot.priority, read_priority(node));
        LK_ASSIGN(const Node area, node.object("area"));
        LK_ASSIGN(slot.area.type, area.text("type"));
        LK_ASSIGN(slot.area.offset, area.digits("offset"));
        LK_ASSIGN(slot.area.size, area.digits("size"));
        if (slot.is_luks2())
            LK_TRY(read_luks2(node, slot));
        else if (slot.type == "reencrypt")
            LK_TRY(read_reencrypt(node, slot));
        else
            slot.defect = node.error("type", "unknown: " + quote(slot.type)).message;
        result.push_back(std::move(slot));
    }
    return result;
}

Result<void> check_keyslot_digests(const std::vector<Keyslot>& keyslots,
                                   const std::vector<Digest>& digests) {
    std::map<int, int> digests_of;
    for (const Digest& digest : digests)
        for (const int number : std::set<int>(digest.keyslots.begin(), digest.keyslots.end()))
            ++digests_of[number];
    for (const Keyslot& slot : keyslots)
        if (slot.is_luks2() && digests_of[slot.number] != 1)
            return fail(Errc::CorruptHeader, "keyslots.%d: in %d digests, not 1", slot.number,
                        digests_of[slot.number]);
    return {};
}

Result<void> check_reencrypt_keyslot(const std::vector<Keyslot>& keyslots,
                                     const std::vector<std::string>& requirements) {
    const Keyslot* found = nullptr;
    for (const Keyslot& slot : keyslots) {
        if (slot.type != "reencrypt") continue;
        if (found != nullptr)
            return fail(Errc::CorruptHeader, "keyslots.%d and keyslots.%d: both of type reencrypt",
                        found->number, slot.number);
        found = &slot;
    }
    const bool candidate = std::ranges::any_of(requirements, is_online_reencrypt_name);
    const bool known = std::ranges::any_of(requirements, [](const std::string& name) {
        return classify_requirement(name) == Requirement::OnlineReencrypt;
    });
    if (found != nullptr && !candidate)
        return fail(Errc::CorruptHeader,
                    "keyslots.%d: of type reencrypt, without an online-reencrypt requirement",
                    found->number);
    if (found == nullptr && known)
        return fail(Errc::CorruptHeader,
                    "keyslots: none of type reencrypt, with an online-reencrypt requirement");
    return {};
}

bool drop_leftover_kdf_members(Json& document) {
    bool dropped = false;
    if (!document.is_object() || !document.contains("keyslots")) return false;
    for (Json& slot : document["keyslots"]) {
        if (!slot.is_object() || !slot.contains("type") || slot["type"] != "luks2" ||
            !slot.contains("kdf") || !slot["kdf"].is_object())
            continue;
        Json& kdf = slot["kdf"];
        if (!kdf.contains("type") || !kdf["type"].is_string()) continue;
        const auto allowed = allowed_members(kdf["type"].get_ref<const std::string&>());
        if (allowed.empty()) continue;
        for (auto member = kdf.begin(); member != kdf.end();) {
            if (contains(allowed, member.key())) {
                ++member;
                continue;
            }
            member = kdf.erase(member);
            dropped = true;
        }
    }
    return dropped;
}

}  // namespace latchkey::luks2
