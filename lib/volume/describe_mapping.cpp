// SPDX-License-Identifier: LGPL-2.1-or-later
// `status` as text and JSON, in the layouts of the peer's releases.
#include "activate/flags.h"
#include "base/bytes.h"
#include "base/i18n.h"
#include "latchkey/mapping.h"
#include "latchkey/sectors.h"
#include "latchkey/wording.h"
#include "model/crypt_table.h"

namespace latchkey::mapping {
namespace {

// What follows a number.  The first word stands behind every number of its kind.
struct Units {
    const char* bits;
    const char* bytes;
    const char* sectors;
    bool sectors_in_bytes;  // offset and size are said in bytes, too
};

Units units_of(StatusLayout layout) {
    if (layout == StatusLayout::Bracketed)
        return {" [bits]", " [bytes]", " [512-byte units]", true};
    return {" bits", "", " sectors", false};
}

// Makes a line like "  size:    8 [512-byte units] (4096 [bytes])".
Fact sectors_fact(std::string key, std::string label, std::uint64_t sectors, const Units& units) {
    Fact fact{.key = std::move(key),
              .label = std::move(label),
              .value = sectors,
              .suffix = units.sectors};
    // A size that a table cannot have shows no number that is wrong.
    if (const auto bytes = checked_multiply(sectors, kSectorSize); bytes && units.sectors_in_bytes)
        fact.suffix += " (" + std::to_string(*bytes) + units.bytes + ")";
    return fact;
}

// cryptsetup shows it since 2.7; 2.8 writes a blank behind it.
Fact tag_size_fact(const MappingInfo& info, StatusLayout layout) {
    const bool shown = layout == StatusLayout::TagSize || layout == StatusLayout::Bracketed;
    std::string suffix = layout == StatusLayout::Bracketed ? " [bytes] " : " bytes";
    if (info.inline_tags && layout == StatusLayout::Bracketed) suffix += " (inline HW tags)";
    return {.key = "integrity_tag_bytes",
            .label = "  integrity tag size: ",
            .value = std::uint64_t{info.integrity_tag_bytes},
            .suffix = std::move(suffix),
            .in_text = shown && info.integrity_tag_bytes != 0};
}

std::string state(const MappingInfo& info, StatusLayout layout) {
    if (!info.active) return translate(N_("is inactive."));
    if (layout == StatusLayout::Of2004) return translate(N_("is active:"));
    return translate(info.in_use ? N_("is active and is in use.") : N_("is active."));
}

std::string mode(const MappingInfo& info) {
    const std::string access = info.read_only ? "readonly" : "read/write";
    return info.suspended ? access + " (suspended)" : access;
}

// Returns whether the data device was removed: then the kernel knows its number, but it has no path.
bool is_gone(const MappingInfo& info) {
    return info.backend == "kernel" && !info.device.empty() && !info.device.starts_with('/');
}

// The peer reads the type from the header, which is gone with the device; storage drivers expect its words for that.
bool is_headless(const MappingInfo& info) {
    return is_gone(info) && info.type.starts_with("LUKS");
}

// Makes a fact that appears in JSON only.
Fact hidden(std::string key, std::variant<std::monostate, std::string, std::uint64_t, bool> value) {
    return {.key = std::move(key), .value = std::move(value), .in_text = false};
}

std::string key_location(const MappingInfo& info) {
    if (info.backend == "userspace") return "process";
    return info.key_in_keyring ? "keyring" : "dm-crypt";
}

Fact describe_flags(const ActivationFlags& flags) {
    Fact list{.key = "flags", .in_text = false, .kind = Fact::Kind::Array};
    std::string line;
    for (std::size_t i = 0; i < model::kFlagNames.size(); ++i) {
        if (!(flags.*activate::kFlagMembers[i])) continue;
        const std::string_view table = model::kFlagNames[i].table;
        const std::string word(table == "allow_discards" ? "discards" : table);
        if (!line.empty() && line.back() != ' ') line += ' ';
        line += word + (table == "no_write_workqueue" ? "" : " ");
        list.children.push_back(hidden("", word));
    }
    // The peer's line ends in a blank, except after this flag.
    Fact group{.key = "", .in_text = false};
    group.children.push_back(std::move(list));
    if (!line.empty()) group.children.push_back({.key = "", .label = "  flags:   " + line});
    return group;
}

// A cipher of many keys ("aes:64-cbc-lmk") shows the size of one key; with a seed there are 65 keys.
std::uint64_t bits_of_one_key(const MappingInfo& info) {
    if (info.cipher.find(":64-") == std::string::npos) return info.key_bits;
    constexpr std::uint32_t kKeys = 64;
    const std::uint32_t bytes = info.key_bits / 8;
    return std::uint64_t{bytes / (bytes % kKeys == 0 ? kKeys : kKeys + 1)} * 8;
}

// Appends what encrypts the mapping, and with which key.
void describe_cipher(std::vector<Fact>& facts, const MappingInfo& info, const Units& units,
                     StatusLayout layout) {
    facts.push_back({.key = "cipher", .label = "  cipher:  ", .value = info.cipher});
    facts.push_back({.key = "key_bits",
                     .label = "  keysize: ",
                     .value = bits_of_one_key(info),
                     .suffix = units.bits});
    facts.push_back(
        {.key = "key_location", .label = "  key location: ", .value = key_location(info)});
    if (info.key_in_keyring) facts.push_back(hidden("key_description", info.key_description));
    if (info.integrity.empty()) return;
    facts.push_back({.key = "integrity", .label = "  integrity: ", .value = info.integrity});
    facts.push_back({.key = "integrity_key_bits",
                     .label = "  integrity keysize: ",
                     .value = std::uint64_t{info.integrity_key_bits},
                     .suffix = units.bits,
                     .in_text = info.integrity_key_bits != 0});
    facts.push_back(tag_size_fact(info, layout));
}

}  // namespace

Fact describe(const MappingInfo& info, StatusLayout layout) {
    const Units units = units_of(layout);
    Fact root{.key = "", .in_text = false, .kind = Fact::Kind::Object};
    auto& facts = root.children;
    facts.push_back({.key = "", .label = shown(info.path) + " " + state(info, layout)});
    facts.push_back(hidden("path", info.path));
    facts.push_back(hidden("active", info.active));
    if (!info.active) return root;
    facts.push_back(hidden("in_use", info.in_use));
    if (info.server_ended) facts.push_back(hidden("server_ended", true));
    facts.push_back({.key = "type",
                     .label = "  type:    ",
                     .value = info.type,
                     .text = info.type.empty() || is_headless(info) ? "n/a" : ""});
    if (info.reencrypting) facts.push_back({.key = "", .label = "  reencryption:  in-progress"});
    facts.push_back(hidden("uuid", info.uuid));
    facts.push_back(hidden("dm_uuid", info.dm_uuid));
    facts.push_back(hidden("backend", info.backend));
    if (info.cipher.empty()) return root;
    describe_cipher(facts, info, units, layout);
    facts.push_back({.key = "device",
                     .label = "  device:  ",
                     .value = info.device,
                     .text = is_gone(info) ? "(null)" : ""});
    if (is_gone(info)) facts.push_back(hidden("device_gone", true));
    if (!info.loop_file.empty())
        facts.push_back({.key = "loop", .label = "  loop:    ", .value = info.loop_file});
    facts.push_back({.key = "sector_size_bytes",
                     .label = "  sector size:  ",
                     .value = std::uint64_t{info.sector_size},
                     .suffix = units.bytes});
    facts.push_back(sectors_fact("offset_sectors", "  offset:  ", info.offset_sectors, units));
    facts.push_back(sectors_fact("size_sectors", "  size:    ", info.size_sectors, units));
    facts.push_back({.key = "iv_offset_sectors",
                     .label = "  skipped: ",
                     .value = info.iv_offset_sectors,
                     .suffix = units.sectors,
                     .in_text = info.iv_offset_sectors != 0});
    facts.push_back(hidden("iv_large_sectors", info.iv_large_sectors));
    facts.push_back({.key = "", .label = "  mode:    " + mode(info)});
    facts.push_back(hidden("read_only", info.read_only));
    facts.push_back(hidden("suspended", info.suspended));
    facts.push_back(hidden("deferred_remove", info.deferred_remove));
    facts.push_back(describe_flags(info.flags));
    facts.push_back(hidden("reencrypting", info.reencrypting));
    return root;
}

}  // namespace latchkey::mapping
