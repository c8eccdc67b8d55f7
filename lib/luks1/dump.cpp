// SPDX-License-Identifier: LGPL-2.1-or-later
// luksDump: describes a header.  Scripts parse the text, so it is never translated.
#include "base/hex.h"
#include "base/strprintf.h"
#include "crypto/af_splitter.h"
#include "latchkey/wording.h"
#include "luks1/loaded_header.h"

namespace latchkey::luks1 {
namespace {

// Returns hexadecimal digits with a blank after each byte, as the text output has them.
std::string spaced_hex(ByteView bytes) {
    return to_hex(bytes, " ") + " ";
}

Fact bytes_fact(const char* key, const char* label, ByteView bytes) {
    return {.key = key, .label = label, .value = to_hex(bytes), .text = spaced_hex(bytes)};
}

// Writes 32 bytes on two lines of 16; `indent` begins the second.
Fact salt_fact(const char* key, const char* label, const char* indent, ByteView salt) {
    return {.key = key,
            .label = label,
            .value = to_hex(salt),
            .text = spaced_hex(salt.first(16)) + "\n" + indent + spaced_hex(salt.subspan(16))};
}

Fact number_fact(const char* key, const char* label, std::uint64_t value) {
    return {.key = key, .label = label, .value = value};
}

const char* state_name(const Keyslot& keyslot) {
    if (keyslot.enabled()) return "enabled";
    return keyslot.disabled() ? "disabled" : "invalid";
}

Fact describe_keyslot(int number, const Header& header) {
    const Keyslot& keyslot = header.keyslot(number);
    Fact fact{.key = "",
              .label = strprintf("Key Slot %d: ", number),
              .text = keyslot.enabled() ? "ENABLED" : "DISABLED",
              .kind = Fact::Kind::Object};
    Fact id = number_fact("number", "", static_cast<std::uint64_t>(number));
    Fact state{.key = "state", .value = std::string(state_name(keyslot))};
    id.in_text = state.in_text = false;
    fact.children = {
        std::move(id),
        std::move(state),
        number_fact("iterations", "\tIterations:         \t", keyslot.iterations),
        salt_fact("salt", "\tSalt:               \t", "\t                      \t", keyslot.salt),
        number_fact("area_offset_sectors", "\tKey material offset:\t", keyslot.area_offset_sectors),
        number_fact("stripes", "\tAF stripes:            \t", header.stripes)};
    // The text output of an unused keyslot is only its first line.
    if (!keyslot.enabled())
        for (Fact& child : fact.children) child.in_text = false;
    return fact;
}

}  // namespace

Fact describe(const Header& header, const std::string& device_name) {
    Fact keyslots{.key = "keyslots", .in_text = false, .kind = Fact::Kind::Array};
    for (int number = 0; number < kKeyslotCount; ++number)
        keyslots.children.push_back(describe_keyslot(number, header));
    // The text output counts the key in bits.
    const std::uint64_t key_bits = std::uint64_t{header.key_bytes} * 8;
    return {
        .key = "",
        .label = "LUKS header information for " + shown(device_name),
        .kind = Fact::Kind::Object,
        .children = {
            {.key = ""},
            number_fact("version", "Version:       \t", kVersion),
            {.key = "cipher_name", .label = "Cipher name:   \t", .value = header.cipher_name},
            {.key = "cipher_mode", .label = "Cipher mode:   \t", .value = header.cipher_mode},
            {.key = "hash", .label = "Hash spec:     \t", .value = header.hash},
            number_fact("payload_offset_sectors", "Payload offset:\t",
                        header.payload_offset_sectors),
            number_fact("key_bits", "MK bits:       \t", key_bits),
            bytes_fact("digest", "MK digest:     \t", header.digest),
            salt_fact("digest_salt", "MK salt:       \t", "               \t", header.digest_salt),
            number_fact("digest_iterations", "MK iterations: \t", header.digest_iterations),
            {.key = "uuid", .label = "UUID:          \t", .value = header.uuid},
            {.key = ""},
            std::move(keyslots),
        }};
}

}  // namespace latchkey::luks1
