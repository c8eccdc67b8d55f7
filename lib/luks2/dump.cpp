// SPDX-License-Identifier: LGPL-2.1-or-later
// Builds the facts of luksDump.  Scripts parse the text, so it is never translated.
#include <algorithm>

#include "base/hex.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "crypto/af_splitter.h"
#include "latchkey/number.h"
#include "luks2/json_text.h"
#include "luks2/loaded_header.h"
#include "luks2/names.h"
#include "luks2/token_types.h"

namespace latchkey::luks2 {
namespace {

constexpr const char* kBytesSuffix = " [bytes]";
constexpr const char* kBitsSuffix = " bits";
constexpr std::size_t kBytesPerLine = 16;

Fact text_fact(const char* key, const char* label, std::string value) {
    return {.key = key, .label = label, .value = std::move(value)};
}

Fact number_fact(const char* key, const char* label, std::uint64_t value, const char* suffix = "") {
    return {.key = key, .label = label, .value = value, .suffix = suffix};
}

Fact json_only(Fact fact) {
    fact.in_text = false;
    return fact;
}

Fact empty_line() {
    return {.key = ""};
}

// Prints sixteen bytes per line, each followed by a blank.
Fact bytes_fact(const char* key, const char* label, ByteView bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += kBytesPerLine) {
        if (at != 0) text += "\n\t            ";
        text += to_hex(bytes.subspan(at, std::min(kBytesPerLine, bytes.size() - at)), " ") + " ";
    }
    return {.key = key, .label = label, .value = to_hex(bytes), .text = std::move(text)};
}

// Returns the first line of an object, "  0: crypt"; its members follow.
Fact object_fact(int number, const std::string& type, const char* suffix = "") {
    return {.key = "",
            .label = strprintf("  %d: ", number),
            .value = type,
            .suffix = suffix,
            .kind = Fact::Kind::Object,
            .children = {json_only(number_fact("number", "", static_cast<std::uint64_t>(number))),
                         json_only(text_fact("type", "", type))}};
}

Fact texts_fact(const char* key, const std::vector<std::string>& texts) {
    Fact fact{.key = key, .in_text = false, .kind = Fact::Kind::Array};
    for (const std::string& text : texts)
        fact.children.push_back(json_only(text_fact("", "", text)));
    return fact;
}

Fact numbers_fact(const char* key, const std::vector<int>& numbers) {
    Fact fact{.key = key, .in_text = false, .kind = Fact::Kind::Array};
    for (const int number : numbers)
        fact.children.push_back(json_only(number_fact("", "", static_cast<std::uint64_t>(number))));
    return fact;
}

Fact list_fact(const char* key, const char* heading) {
    return {.key = key, .label = heading, .kind = Fact::Kind::Array};
}

std::string joined(const std::vector<std::string>& texts, const char* behind_each) {
    std::string line;
    for (const std::string& text : texts) line += text + behind_each;
    return line;
}

template <typename Item>
std::vector<const Item*> by_number(const std::vector<Item>& items) {
    std::vector<const Item*> sorted;
    for (const Item& item : items) sorted.push_back(&item);
    std::sort(sorted.begin(), sorted.end(),
              [](const Item* a, const Item* b) { return a->number < b->number; });
    return sorted;
}

Fact describe_segment(const Segment& segment) {
    Fact fact = object_fact(segment.number, segment.type);
    auto& children = fact.children;
    children.push_back(number_fact("offset", "\toffset: ", segment.offset, kBytesSuffix));
    if (segment.size)
        children.push_back(number_fact("size", "\tlength: ", *segment.size, kBytesSuffix));
    else
        children.push_back({.key = "size", .label = "\tlength: ", .text = "(whole device)"});
    if (segment.type == "crypt" || segment.type == "hw-opal-crypt") {
        children.push_back(text_fact("cipher", "\tcipher: ", segment.encryption));
        children.push_back(
            number_fact("sector_size", "\tsector: ", segment.sector_size, kBytesSuffix));
        children.push_back(json_only(number_fact("iv_tweak", "", segment.iv_tweak)));
    }
    if (segment.has_integrity)
        children.push_back(text_fact("integrity", "\tintegrity: ", segment.integrity_type));
    if (segment.integrity_key_bytes != 0)
        children.push_back(number_fact("integrity_key_bits", "\tintegrity key size: ",
                                       std::uint64_t{segment.integrity_key_bytes} * 8, " [bits]"));
    if (!segment.flags.empty()) {
        std::string line = joined(segment.flags, ", ");
        line.resize(line.size() - 2);
        children.push_back(text_fact("", "\tflags : ", std::move(line)));
    }
    children.push_back(texts_fact("flags", segment.flags));
    if (!segment.defect.empty())
        children.push_back(json_only(text_fact("defect", "", segment.defect)));
    children.push_back(empty_line());
    return fact;
}

void describe_kdf(const Keyslot& keyslot, std::vector<Fact>& facts) {
    const model::KdfParams& kdf = keyslot.kdf;
    facts.push_back(text_fact("kdf", "\tPBKDF:      ", kdf.type));
    if (kdf.type == model::kPbkdf2) {
        facts.push_back(text_fact("kdf_hash", "\tHash:       ", kdf.hash));
        facts.push_back(number_fact("kdf_iterations", "\tIterations: ", kdf.iterations));
    } else {
        facts.push_back(number_fact("kdf_time", "\tTime cost:  ", kdf.iterations));
        facts.push_back(number_fact("kdf_memory_kib", "\tMemory:     ", kdf.memory_kib));
        facts.push_back(number_fact("kdf_lanes", "\tThreads:    ", kdf.lanes));
    }
    facts.push_back(bytes_fact("kdf_salt", "\tSalt:       ", keyslot.kdf_salt));
}

const char* priority_text(Priority priority) {
    switch (priority) {
        case Priority::Ignore: return "ignored";
        case Priority::Normal: return "normal";
        case Priority::Prefer: return "preferred";
    }
    return "";
}

// Returns the names that `config --priority` accepts.
const char* priority_name(Priority priority) {
    switch (priority) {
        case Priority::Ignore: return "ignore";
        case Priority::Normal: return "normal";
        case Priority::Prefer: return "prefer";
    }
    return "";
}

void describe_area(const Metadata& metadata, const Keyslot& keyslot, std::vector<Fact>& facts) {
    facts.push_back(
        number_fact("area_offset", "\tArea offset:", keyslot.area.offset, kBytesSuffix));
    facts.push_back(number_fact("area_size", "\tArea length:", keyslot.area.size, kBytesSuffix));
    if (const Digest* digest = metadata.digest_of_keyslot(keyslot.number))
        facts.push_back(
            number_fact("digest", "\tDigest ID:  ", static_cast<std::uint64_t>(digest->number)));
}

void describe_luks2(const Metadata& metadata, const Keyslot& keyslot, std::vector<Fact>& facts) {
    facts.push_back(text_fact("area_cipher", "\tCipher:     ", keyslot.area.encryption));
    facts.push_back(number_fact(
        "area_key_bits", "\tCipher key: ", std::uint64_t{keyslot.area.key_bytes} * 8, kBitsSuffix));
    describe_kdf(keyslot, facts);
    facts.push_back(number_fact("af_stripes", "\tAF stripes: ", keyslot.af_stripes));
    facts.push_back(text_fact("af_hash", "\tAF hash:    ", keyslot.af_hash));
    describe_area(metadata, keyslot, facts);
}

void describe_reencrypt(const Metadata& metadata, const Keyslot& keyslot,
                        std::vector<Fact>& facts) {
    facts.push_back(text_fact("mode", "\tMode:       ", keyslot.mode));
    facts.push_back(text_fact("direction", "\tDirection:  ", keyslot.direction));
    facts.push_back(text_fact("resilience", "\tResilience: ", keyslot.area.type));
    // The members that only areas of this type have.
    const Json& area =
        metadata.document().at("keyslots").at(std::to_string(keyslot.number)).at("area");
    // The text shows them for the two plain types, but not for the types that combine both.
    const auto add = [&](Fact fact, const char* type_in_text) {
        fact.in_text = keyslot.area.type == type_in_text;
        facts.push_back(std::move(fact));
    };
    if (const auto hash = area.find("hash"); hash != area.end() && hash->is_string())
        add(text_fact("resilience_hash", "\tHash:       ", json_string_bytes(*hash)), "checksum");
    if (const auto block = area.find("sector_size");
        block != area.end() && block->is_number_unsigned())
        add(number_fact("resilience_block", "\tHash data:  ", block->get<std::uint64_t>(),
                        kBytesSuffix),
            "checksum");
    if (const auto shift = area.find("shift_size"); shift != area.end() && shift->is_string()) {
        const std::uint64_t bytes = parse_number(json_string_bytes(*shift)).value_or(0);
        add(number_fact("shift_size", "\tShift size: ", bytes, "[bytes]"), "datashift");
    }
    describe_area(metadata, keyslot, facts);
}

Fact describe_keyslot(const Metadata& metadata, const Keyslot& keyslot) {
    const Digest* digest = metadata.digest_of_keyslot(keyslot.number);
    const bool unbound = digest == nullptr || digest->segments.empty();
    Fact fact = object_fact(keyslot.number, keyslot.type, unbound ? " (unbound)" : "");
    auto& facts = fact.children;
    facts.push_back(json_only({.key = "unbound", .value = unbound}));
    facts.push_back(
        json_only({.key = "held_by_token", .value = held_by_token(metadata, keyslot.number)}));
    const std::string name = keyslot_name(metadata, keyslot.number);
    facts.push_back(json_only(text_fact("name", "", name)));
    if (!name.empty()) facts.push_back(text_fact("", "\tName:       ", name));
    facts.push_back(number_fact("key_bits", "\tKey:        ", std::uint64_t{keyslot.key_bytes} * 8,
                                kBitsSuffix));
    facts.push_back({.key = "priority",
                     .label = "\tPriority:   ",
                     .value = std::string(priority_name(keyslot.priority)),
                     .text = priority_text(keyslot.priority)});
    if (keyslot.is_luks2()) describe_luks2(metadata, keyslot, facts);
    if (keyslot.type == "reencrypt") describe_reencrypt(metadata, keyslot, facts);
    if (!keyslot.defect.empty())
        facts.push_back(json_only(text_fact("defect", "", keyslot.defect)));
    return fact;
}

Fact describe_token(const Metadata& metadata, const Token& token) {
    Fact fact = object_fact(token.number, token.type);
    const TokenType* type = find_token_type(token.type);
    if (type != nullptr && type->describe != nullptr)
        type->describe(metadata.document().at("tokens").at(std::to_string(token.number)),
                       fact.children);
    fact.children.push_back(numbers_fact("keyslots", token.keyslots));
    // The names token lists keyslots for our own use; the peer treats it like any other token.
    for (const int keyslot : token.keyslots)
        fact.children.push_back(
            number_fact("", "\tKeyslot:    ", static_cast<std::uint64_t>(keyslot)));
    return fact;
}

Fact describe_digest(const Digest& digest) {
    Fact fact = object_fact(digest.number, digest.type);
    fact.children.push_back(numbers_fact("keyslots", digest.keyslots));
    fact.children.push_back(numbers_fact("segments", digest.segments));
    fact.children.push_back(text_fact("hash", "\tHash:       ", digest.hash));
    fact.children.push_back(number_fact("iterations", "\tIterations: ", digest.iterations));
    fact.children.push_back(bytes_fact("salt", "\tSalt:       ", digest.salt));
    fact.children.push_back(bytes_fact("digest", "\tDigest:     ", digest.digest));
    return fact;
}

Fact or_none(const char* key, const char* label, const std::string& value, const char* none) {
    return {.key = key, .label = label, .value = value, .text = value.empty() ? none : ""};
}

const char* state_name(CopyState state) {
    switch (state) {
        case CopyState::Good: return "good";
        case CopyState::Obsolete: return "obsolete";
        case CopyState::Damaged: return "damaged";
    }
    return "";
}

}  // namespace

Fact Luks2Header::describe() const {
    const Metadata& header = metadata();
    const Config& config = header.config();
    Fact root{.key = "", .label = "LUKS header information", .kind = Fact::Kind::Object};
    auto& facts = root.children;
    facts.push_back(number_fact("version", "Version:       \t", 2));
    facts.push_back(number_fact("sequence_id", "Epoch:         \t", header.binary.sequence_id));
    facts.push_back(
        number_fact("metadata_size", "Metadata area: \t", header.binary.header_size, kBytesSuffix));
    facts.push_back(
        number_fact("keyslots_size", "Keyslots area: \t", config.keyslots_size, kBytesSuffix));
    facts.push_back(text_fact("uuid", "UUID:          \t", header.binary.uuid));
    facts.push_back(or_none("label", "Label:         \t", header.binary.label, "(no label)"));
    facts.push_back(
        or_none("subsystem", "Subsystem:     \t", header.binary.subsystem, "(no subsystem)"));
    facts.push_back(or_none("", "Flags:       \t", joined(config.flags, " "), "(no flags)"));
    facts.push_back(texts_fact("flags", config.flags));
    if (!config.requirements.empty())
        facts.push_back(text_fact("", "Requirements:\t", joined(config.requirements, " ")));
    facts.push_back(texts_fact("requirements", config.requirements));
    facts.push_back(json_only(text_fact("primary_copy", "", state_name(disk_.stored().primary))));
    facts.push_back(
        json_only(text_fact("secondary_copy", "", state_name(disk_.stored().secondary))));
    facts.push_back(empty_line());

    Fact segments = list_fact("segments", "Data segments:");
    for (const Segment* segment : by_number(header.segments()))
        segments.children.push_back(describe_segment(*segment));
    Fact keyslots = list_fact("keyslots", "Keyslots:");
    for (const Keyslot* keyslot : by_number(header.keyslots()))
        keyslots.children.push_back(describe_keyslot(header, *keyslot));
    Fact tokens = list_fact("tokens", "Tokens:");
    for (const Token* token : by_number(header.tokens()))
        tokens.children.push_back(describe_token(header, *token));
    Fact digests = list_fact("digests", "Digests:");
    for (const Digest* digest : by_number(header.digests()))
        digests.children.push_back(describe_digest(*digest));
    for (Fact* list : {&segments, &keyslots, &tokens, &digests}) facts.push_back(std::move(*list));
    return root;
}

}  // namespace latchkey::luks2
