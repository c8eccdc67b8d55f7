// SPDX-License-Identifier: LGPL-2.1-or-later
// hashalot 0.3, as measured: each rule was compared with the program's output.
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "latchkey/legacy.h"
#include "legacy/stages.h"

namespace latchkey::legacy {
namespace {

struct Row {
    std::string_view name;
    const char* hash;           // our name for it
    std::size_t default_bytes;  // without -n
    bool two_rounds;  // the second round hashes "A" and the passphrase; false: zeros follow
};
constexpr std::array kRows = {
    Row{"ripemd160", "ripemd160", 20, true},    Row{"rmd160", "ripemd160", 20, true},
    Row{"rmd160compat", "ripemd160", 16, true},  // for kerneli.org's tools
    Row{"sha256", "sha256", 32, false},         Row{"sha384", "sha384", 48, false},
    Row{"sha512", "sha512", 64, false},
};

constexpr std::size_t kMostBytes = 4096;  // more than any cipher needs

SecretBuffer hex_line(ByteView bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    SecretBuffer line(2 * bytes.size() + 1);
    auto out = line.bytes().begin();
    for (const std::byte byte : bytes) {
        *out++ = static_cast<std::byte>(kDigits[std::to_integer<unsigned>(byte) >> 4]);
        *out++ = static_cast<std::byte>(kDigits[std::to_integer<unsigned>(byte) & 15]);
    }
    *out = std::byte{'\n'};
    return line;
}

// hashalot reads a line into a C string.
ByteView first_line(ByteView passphrase) {
    const auto end = std::ranges::find_if(
        passphrase, [](std::byte byte) { return byte == std::byte{'\n'} || byte == std::byte{0}; });
    return passphrase.first(static_cast<std::size_t>(end - passphrase.begin()));
}

}  // namespace

bool is_hashalot(std::string_view tool) {
    return tool == "hashalot" || std::ranges::find(kRows, tool, &Row::name) != kRows.end();
}

Result<Hashalot> parse_hashalot(const Words& stage) {
    constexpr OldOption kHashalotOptions[] = {
        {'n', "", true}, {'s', "", true}, {'x', ""}, {'q', ""}};
    LK_ASSIGN(const OldOptions options, parse_options(stage, kHashalotOptions));
    Hashalot result{.salt = options.text('s'), .hex = options.has('x')};
    // If hashalot runs under one of its other names, the name is the hash.
    const bool by_link = stage[0] != "hashalot";
    if (options.operands.size() != (by_link ? 0U : 1U))
        return fail(Errc::InvalidArgument, "hashalot: one hash must be named, not %zu",
                    options.operands.size());
    result.hash = by_link ? stage[0] : options.operands[0];
    if (std::ranges::find(kRows, result.hash, &Row::name) == kRows.end())
        return fail(Errc::InvalidArgument, "hashalot has no hash '%s'", result.hash.c_str());
    if (options.has('n')) {
        LK_ASSIGN(result.bytes, number_of("hashalot", "-n", options.text('n')));
    }
    return result;
}

namespace {

// Checks for two digits per byte, on one line.
Result<void> check_hexdump(const Words& stage) {
    constexpr OldOption kHexdumpOptions[] = {{'v', ""}, {'e', "", true}};
    LK_ASSIGN(const OldOptions options, parse_options(stage, kHexdumpOptions));
    std::string format = options.text('e');
    std::erase(format, ' ');
    const bool prints_key = format == "/1\"%02x\"" || format == "1/1\"%02x\"";
    if (options.has('v') && prints_key && options.operands.empty()) return {};
    return fail(Errc::InvalidArgument,
                "hexdump: a key is printed by -v -e '/1 \"%%02x\"' alone, as hashalot -x does");
}

}  // namespace

Result<std::optional<Hashalot>> take_hashalot(std::vector<Words>& stages) {
    if (stages.empty()) return std::optional<Hashalot>();
    const bool dumped = stages.back()[0] == "hexdump";
    const std::size_t taken = dumped ? 2 : 1;
    if (stages.size() < taken || !is_hashalot(stages[stages.size() - taken][0]))
        return std::optional<Hashalot>();
    LK_ASSIGN(Hashalot options, parse_hashalot(stages[stages.size() - taken]));
    if (dumped) {
        LK_TRY(check_hexdump(stages.back()));
        if (options.hex)
            return fail(Errc::InvalidArgument,
                        "hashalot -x prints digits, hexdump would print the digits of digits");
        options.hex = true;
    }
    stages.resize(stages.size() - taken);
    return std::optional<Hashalot>(std::move(options));
}

Result<SecretBuffer> hashalot(const Hashalot& options, const Passphrase& passphrase) {
    const auto* row = std::ranges::find(kRows, options.hash, &Row::name);
    if (row == kRows.end())
        return fail(Errc::InvalidArgument, "hashalot has no hash '%s'", options.hash.c_str());
    const std::uint64_t asked = options.bytes != 0 ? options.bytes : row->default_bytes;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(asked, SIZE_MAX));
    LK_ASSIGN(crypto::Hash hash, crypto::Hash::create(row->hash));
    if (row->two_rounds && wanted > 2 * hash.length())
        return fail(
            Errc::NotSupported,
            "%zu bytes of hashalot's %s cannot be made again: behind the first %zu it prints "
            "memory that nobody has written",
            wanted, row->name.data(), 2 * hash.length());
    if (wanted > kMostBytes) return fail(Errc::InvalidArgument, "no key has %zu bytes", wanted);

    SecretBuffer output(wanted);
    const ByteView line = first_line(passphrase.bytes());
    MutableByteView rest = output.bytes();
    for (int round = 0; round < (row->two_rounds ? 2 : 1) && !rest.empty(); ++round) {
        hash.reset();
        if (round == 1) hash.update(as_byte_view("A"));
        hash.update(line);
        hash.update(as_byte_view(options.salt));
        hash.finish(rest);
        rest = rest.subspan(std::min(hash.length(), rest.size()));
    }
    return options.hex ? hex_line(output.bytes()) : std::move(output);
}

}  // namespace latchkey::legacy
